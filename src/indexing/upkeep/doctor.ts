import { existsSync, readdirSync, statfsSync, statSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { type CatalogStore, type Found, openStore, Snapshots, type Store } from "../../catalog/index.ts";
import { config } from "../../config.ts";
import { LookseeError } from "../../errors.ts";
import { HammingIndex } from "../../hamming-index/index.ts";
import { modelFolder, unseen } from "../../search/index.ts";
import { defaultModelFolder, type Model, openModel, readCard } from "../../vision/index.ts";
import { type Progress, Teller } from "../progress.ts";
import { faultInDatabase } from "./fault-in-database.ts";

/** `bad`: something does not work or was lost. `note`: nothing is broken, but a person should know. */
export type Finding = { check: string; state: "good" | "note" | "bad"; detail: string; remedy: string | null };

export type DoctorReport = { ok: boolean; findings: Finding[]; seconds: number };

export type DoctorOptions = {
  /** Delete picture files that no item shows. Skipped, and said so, while an import is at work. */
  sweep?: boolean;
  onProgress?: (progress: Progress) => void;
};

/** Node, SQLite's cache and the program (bytes); each network beside it; each code with its id and place. */
const MEMORY = { base: 250e6, worker: 160e6, code: 80 };
/** Share of the machine's memory that looksee plans with; the rest is the system's page cache, which SQLite needs. */
const BUDGET = 0.75;
/** Picture files read through and compared with their hash. */
const READ_THROUGH = 2000;
const LEAST_FREE = 1e9;

/**
 * Looks at the machine and a data folder and says what is wrong and what to do. Nothing is changed, unless `sweep`.
 * A folder that cannot be opened is a finding, not an error. `modelGiven`: a model folder other than the one in use.
 */
export async function examine(dir: string, modelGiven?: string, options: DoctorOptions = {}): Promise<DoctorReport> {
  const started = performance.now();
  const teller = new Teller(options.onProgress);
  const findings: Finding[] = [];
  const good = (check: string, detail: string) => findings.push({ check, state: "good", detail, remedy: null });
  const say = (check: string, state: "note" | "bad", detail: string, remedy: string) =>
    findings.push({ check, state, detail, remedy });
  const failed = (check: string, error: unknown) => {
    if (!(error instanceof LookseeError)) throw error;
    say(check, "bad", `${error.code}: ${error.problem}`, error.remedy);
  };

  await machine(good, failed);
  const model = await (modelGiven === undefined ? folderInUse(dir) : Promise.resolve(modelGiven))
    .then((folder) => openModel(folder))
    .catch((error) => void failed("model", error));
  if (model) good("model", `${model.id} answers here as where it was made`);
  try {
    const store = openOrNot(dir, failed);
    if (store) {
      try {
        teller.at("checking", 0, null);
        const fault = faultInDatabase(join(dir, "looksee.db"));
        if (fault === null) good("database", `SQLite finds no fault in it (${megabytes(sizeOf(dir, "looksee.db"))})`);
        else
          say("database", "bad", fault, "Restore a snapshot (looksee snapshot restore), or import into a new folder");
        if (modelGiven === undefined) await newDefault(store, say);
        for (const catalog of store.catalogs().map((name) => store.catalog(name))) {
          await catalogFindings(store, catalog, model ?? undefined, good, say, teller);
          if (model) await segments(catalog, model.id, good, say);
        }
        memory(store, good, say);
        pictures(store, options.sweep === true, good, say, teller);
        disk(dir, good, say);
        snapshots(dir, good, say);
      } finally {
        store.close();
      }
    }
  } catch (error) {
    failed("database", error);
  } finally {
    await model?.close();
  }
  const ok = findings.every(({ state }) => state !== "bad");
  return { ok, findings, seconds: (performance.now() - started) / 1000 };
}

/** Of the model that answers; while the folder cannot be opened, which is found out later, of the one that comes with looksee. */
async function folderInUse(dir: string): Promise<string> {
  let store: Store;
  try {
    store = openStore(dir);
  } catch {
    return defaultModelFolder();
  }
  return modelFolder(store, store.models.promoted()).finally(() => store.close());
}

type Good = (check: string, detail: string) => void;
type Say = (check: string, state: "note" | "bad", detail: string, remedy: string) => void;

function openOrNot(dir: string, failed: (check: string, error: unknown) => void): Store | undefined {
  try {
    return openStore(dir);
  } catch (error) {
    failed("data folder", error);
    return undefined;
  }
}

/** Cores, memory, and whether the code index counts right on this processor. */
async function machine(good: Good, failed: (check: string, error: unknown) => void): Promise<void> {
  try {
    const index = await HammingIndex.open();
    const codes = new Uint8Array(192).fill(255, 64, 128);
    codes[128] = 7;
    await index.upsert(Uint32Array.of(1, 2, 3), codes);
    const found = (await index.search(new Uint8Array(64), 3)).map(({ id, distance }) => `${id}:${distance}`).join();
    await index.close();
    if (found !== "1:0,3:3,2:512")
      throw new LookseeError("INTERNAL", `the code index counts wrongly here (${found})`, "Report this processor");
    const { node } = process.versions;
    good("machine", `Node ${node}, ${availableParallelism()} cores, ${megabytes(limit())} of memory, code index exact`);
  } catch (error) {
    failed("machine", error);
  }
}

/** What a container allows, or the machine has (bytes). */
const limit = (): number => Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);

function memory(store: Store, good: Good, say: Say): void {
  const codes = store.catalogs().reduce((sum, name) => sum + store.catalog(name).counts().pictures, 0);
  const need = MEMORY.base + MEMORY.worker * config.modelWorkers + MEMORY.code * codes;
  const budget = BUDGET * limit();
  const detail = `serving ${codes} pictures takes about ${megabytes(need)} of ${megabytes(budget)} (${BUDGET * 100} % of what is there)`;
  if (need <= budget) good("memory", detail);
  else
    say("memory", "bad", detail, "Give the machine or container more memory, or serve fewer catalogs from one folder");
}

/** The model that comes with this looksee, where another answers and nobody has let it. */
async function newDefault(store: Store, say: Say): Promise<void> {
  const inUse = store.models.promoted();
  const own = (await readCard(defaultModelFolder())).id;
  if (inUse === null || store.models.wasPromoted(own)) return;
  const index = store.catalogs().map((name) => `\`looksee index --model ${own} --catalog ${name}\``);
  say(
    "new model",
    "note",
    `${own} comes with this version of looksee and is not in use; ${inUse} answers`,
    `To move to it without a pause: ${[...index, `\`looksee models promote ${own}\``].join(", then ")}`,
  );
}

async function catalogFindings(
  store: Store,
  catalog: CatalogStore,
  model: Model | undefined,
  good: Good,
  say: Say,
  teller: Teller,
): Promise<void> {
  const check = `catalog ${catalog.name}`;
  const { items, pictures } = catalog.counts();
  if (items === 0) say(check, "note", "it is empty", "Import a source (looksee import)");
  if (model && pictures > 0) {
    const missing = catalog.countMissingCodes(model.id);
    const wrong: number[] = [];
    const onPage = (codes: number) => teller.at("checking", codes, pictures - missing);
    for (const imageId of catalog.disagreeingCodes(model.id, model.card.codeThresholds, onPage)) wrong.push(imageId);
    const fault = missing > 0 ? await unseen(store, catalog, model.id) : null;
    if (fault) say(check, "bad", `${fault.code}: ${fault.problem}`, fault.remedy);
    else if (missing > 0)
      say(
        check,
        missing === pictures ? "bad" : "note",
        `${missing} of ${pictures} pictures have no code of model ${model.id}, so no search finds them`,
        `Run \`looksee index --catalog ${catalog.name}\``,
      );
    if (wrong.length > 0)
      say(
        check,
        "bad",
        `${wrong.length} codes do not fit their features (images ${wrong.slice(0, 10).join(", ")})`,
        "Restore a snapshot, or import into a new data folder",
      );
    if (missing === 0 && wrong.length === 0)
      good(check, `${items} items, ${pictures} pictures, every code there and fitting its feature`);
  }
  const aside = catalog.quarantine().length;
  if (aside > 0)
    say(
      check,
      "note",
      `${aside} rows or pictures are set aside`,
      `See \`looksee quarantine ls --catalog ${catalog.name}\``,
    );
  const stopped = catalog.jobs.list().filter(({ state }) => state === "interrupted");
  if (stopped.length > 0)
    say(
      check,
      "note",
      `${stopped.map(({ jobId, kind }) => `${jobId} (${kind})`).join(", ")} was interrupted`,
      "Run the same command again; it goes on where it stopped",
    );
}

/** The index keeps its codes in segments of its own, each under its checksums; what is damaged the catalog gives again. */
async function segments(catalog: CatalogStore, modelId: string, good: Good, say: Say): Promise<void> {
  const check = `index of ${catalog.name}`;
  const index = await HammingIndex.open({ dir: catalog.indexFolder(modelId), modelId, write: false });
  try {
    const { files } = index.stats().bytes;
    const problems = index.refused.map(({ problem }) => problem);
    if (problems.length > 0)
      say(check, "note", problems.slice(0, 3).join("; "), "The next search makes them again from the catalog");
    else if (files > 0) good(check, `${index.size} codes in ${megabytes(files)} of segments, checksums right`);
  } finally {
    await index.close();
  }
}

const named = ({ count, bytes, first }: Found): string =>
  `${count} files, ${megabytes(bytes)} (${first.slice(0, 3).join(", ")}${count > 3 ? ", …" : ""})`;

function pictures(store: Store, sweep: boolean, good: Good, say: Say, teller: Teller): void {
  const locks = sweep ? store.catalogs().map((name) => store.catalog(name).tryWriterLock()) : [];
  try {
    const idle = locks.every((lock) => lock !== undefined);
    const { shown, missing, damaged, orphans, readThrough } = store.inventory({
      read: READ_THROUGH,
      sweep: sweep && idle,
      onFolder: (done, total) => teller.at("checking", done, total),
    });
    const again = "Import its source again, which brings it back";
    if (missing.count > 0) say("pictures", "bad", `gone or cut short: ${named(missing)}`, again);
    if (damaged.count > 0)
      say("pictures", "bad", `changed since they were stored: ${named(damaged)}`, `Delete them; then: ${again}`);
    if (missing.count + damaged.count === 0)
      good("pictures", `${shown.count} files, ${megabytes(shown.bytes)}; ${readThrough} of them read through`);
    if (orphans.count === 0) good("orphan files", "none");
    else if (sweep && idle) good("orphan files", `deleted ${named(orphans)}`);
    else if (sweep)
      say("orphan files", "note", named(orphans), "An import is at work; run `looksee doctor --sweep` after it");
    else say("orphan files", "note", `no item shows ${named(orphans)}`, "`looksee doctor --sweep` deletes them");
  } finally {
    for (const lock of locks) lock?.release();
  }
}

function disk(dir: string, good: Good, say: Say): void {
  const { bavail, bsize } = statfsSync(dir);
  const free = bavail * bsize;
  const [database, log] = [sizeOf(dir, "looksee.db"), sizeOf(dir, "looksee.db-wal")];
  const wanted = Math.max(LEAST_FREE, database); // a snapshot copies the database before it stores what is new
  const detail = `${megabytes(free)} free; database ${megabytes(database)}, its log ${megabytes(log)}`;
  if (free < wanted) say("disk", "bad", detail, `Free some space: ${megabytes(wanted)} should be`);
  else if (log > LEAST_FREE && log > database)
    say("disk", "note", detail, "A reader holds the log open: restart long-running looksee processes");
  else good("disk", detail);
}

function snapshots(dir: string, good: Good, say: Say): void {
  const folder = join(dir, "snapshots");
  const newest = new Snapshots(folder).ids().at(-1);
  if (newest === undefined)
    say(
      "snapshots",
      "note",
      `none in ${folder}`,
      "Take one (looksee snapshot create), best onto another disk with --in",
    );
  else good("snapshots", `the newest is ${newest}; \`looksee snapshot verify\` tries it`);
  const left = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith("verify-")) : [];
  if (left.length > 0)
    say("snapshots", "note", `a verification was killed and left ${left.join(", ")}`, `Delete them from ${folder}`);
}

const sizeOf = (dir: string, name: string): number => statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0;

const megabytes = (bytes: number): string =>
  bytes < 1e9 ? `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
