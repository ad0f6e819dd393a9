import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openStore, type Snapshot, type SnapshotAnswers, Snapshots, type Store } from "../../catalog/index.ts";
import { LookseeError } from "../../errors.ts";
import { answersOf } from "../../search/index.ts";
import { type Progress, Teller } from "../progress.ts";
import { faultInDatabase } from "./fault-in-database.ts";

/** Questions asked of each catalog and model; the answers travel with the snapshot. */
const QUESTIONS = 1000;

/** What `snapshot create` answers; `newBytes` is what it added to the folder, `bytes` what a restore will take. */
export type SnapshotReport = {
  snapshotId: string;
  created: string;
  folder: string;
  bytes: number;
  newBytes: number;
  pictures: number;
  /** Pictures that the data folder itself no longer has. */
  missing: number;
  questions: number;
  seconds: number;
};

/** What `snapshot verify` answers. */
export type SnapshotCheck = {
  snapshotId: string;
  ok: boolean;
  checks: { name: "restore" | "database" | "contents" | "answers"; ok: boolean; detail: string }[];
  seconds: number;
};

export type SnapshotOptions = { onProgress?: (progress: Progress) => void };

/**
 * Takes a snapshot of a data folder as of one moment, while others may go on writing to it. `folder`: where snapshots
 * are kept; only what it does not hold yet is written. Throws CATALOG_UNKNOWN, DATA_*.
 */
export async function createSnapshot(
  dir: string,
  folder: string,
  options: SnapshotOptions = {},
): Promise<SnapshotReport> {
  const started = performance.now();
  const teller = new Teller(options.onProgress);
  const frozen = openStore(dir, { frozen: true });
  try {
    const answers: SnapshotAnswers[] = [];
    for (const name of frozen.catalogs()) {
      const catalog = frozen.catalog(name);
      const items = catalog.someItems(QUESTIONS);
      for (const modelId of catalog.models()) {
        const given = await answersOf(frozen, name, modelId, items, (n) => teller.at("asking", n, items.length));
        answers.push({ catalog: name, modelId, questions: items.map((itemId, i) => [itemId, given[i]!]) });
      }
    }
    const kept = await new Snapshots(folder).write(frozen, answers, (stage, done, total) =>
      teller.at(stage, done, total),
    );
    const { snapshotId, created, database, pictures } = kept.snapshot;
    return {
      snapshotId,
      created,
      folder: resolve(folder),
      bytes: database.bytes + pictures.bytes,
      newBytes: kept.newBytes,
      pictures: pictures.count - pictures.missing.length,
      missing: pictures.missing.length,
      questions: answers.reduce((sum, { questions }) => sum + questions.length, 0),
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    frozen.close();
  }
}

/**
 * Restores a snapshot into a scratch folder beside it, checks database and contents, asks it the questions that were
 * asked at its moment, and compares. Without an id: the newest. The scratch folder is gone afterwards. Throws SNAPSHOT_UNKNOWN; damage is an answer.
 */
export async function verifySnapshot(
  folder: string,
  given?: string,
  options: SnapshotOptions = {},
): Promise<SnapshotCheck> {
  const started = performance.now();
  const teller = new Teller(options.onProgress);
  const snapshots = new Snapshots(folder);
  const snapshotId = given ?? newestIn(snapshots);
  const checks: SnapshotCheck["checks"] = [];
  const note = (name: SnapshotCheck["checks"][number]["name"], fault: string | null, fine: string) =>
    checks.push({ name, ok: fault === null, detail: fault ?? fine });
  await mkdir(snapshots.folder, { recursive: true });
  const scratch = await mkdtemp(join(snapshots.folder, "verify-"));
  try {
    const onStep = (stage: "database" | "pictures", done: number, total: number) => teller.at(stage, done, total);
    const snapshot = await snapshots.restore(snapshotId, scratch, { link: true, onStep });
    const { count, missing } = snapshot.pictures;
    note(
      "restore",
      null,
      `${count - missing.length} pictures and ${snapshot.database.blocks.length} blocks as written`,
    );
    note("database", faultInDatabase(join(scratch, "looksee.db")), "SQLite finds no fault in it");
    const store = openStore(scratch);
    try {
      note("contents", otherContents(store, snapshot), "every catalog holds what it held");
      const { asked, different } = await compareAnswers(store, snapshot, teller);
      note(
        "answers",
        different === 0 ? null : `${different} of ${asked} questions are answered differently`,
        `${asked} questions answered as at its moment`,
      );
    } finally {
      store.close();
    }
  } catch (error) {
    if (!(error instanceof LookseeError) || !/^(?:SNAPSHOT_DAMAGED|DATA_FORMAT)$/.test(error.code)) throw error;
    note(checks.length === 0 ? "restore" : "database", error.problem, "");
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return { snapshotId, ok: checks.every(({ ok }) => ok), checks, seconds: (performance.now() - started) / 1000 };
}

/** Restores a snapshot, the newest unless told, as a new data folder. Throws SNAPSHOT_UNKNOWN, SNAPSHOT_DAMAGED, SNAPSHOT_TARGET, DATA_UNWRITABLE. */
export async function restoreSnapshot(
  folder: string,
  snapshotId: string | undefined,
  target: string,
  options: SnapshotOptions = {},
): Promise<Snapshot> {
  const snapshots = new Snapshots(folder);
  const teller = new Teller(options.onProgress);
  const onStep = (stage: "database" | "pictures", done: number, total: number) => teller.at(stage, done, total);
  return snapshots.restore(snapshotId ?? newestIn(snapshots), target, { onStep });
}

/** Oldest first. */
export function listSnapshots(folder: string): Snapshot[] {
  return new Snapshots(folder).list();
}

function newestIn(snapshots: Snapshots): string {
  const newest = snapshots.ids().at(-1);
  if (newest !== undefined) return newest;
  throw new LookseeError(
    "SNAPSHOT_UNKNOWN",
    `${snapshots.folder} holds no snapshot`,
    "Take one with `looksee snapshot create`, or name the folder with --in",
  );
}

function otherContents(store: Store, snapshot: Snapshot): string | null {
  const held = store.catalogs().map((name) => {
    const catalog = store.catalog(name);
    return { name, version: catalog.version(), ...catalog.counts() };
  });
  for (const expected of snapshot.catalogs) {
    const found = held.find(({ name }) => name === expected.name);
    if (JSON.stringify(found) !== JSON.stringify(expected))
      return `catalog ${expected.name}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found ?? null)}`;
  }
  return held.length === snapshot.catalogs.length ? null : `${held.length} catalogs, not ${snapshot.catalogs.length}`;
}

async function compareAnswers(store: Store, snapshot: Snapshot, teller: Teller) {
  let [asked, different] = [0, 0];
  for (const { catalog, modelId, questions } of snapshot.answers) {
    const items = questions.map(([itemId]) => itemId);
    const given = await answersOf(store, catalog, modelId, items, (n) => teller.at("asking", n, items.length));
    asked += questions.length;
    different += questions.filter(([, answer], i) => given[i] !== answer).length;
  }
  return { asked, different };
}
