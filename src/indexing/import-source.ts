import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { CatalogStore, Store } from "../catalog/index.ts";
import { LookseeError } from "../errors.ts";
import { Committer, type Looked } from "./committer.ts";
import { findDuplicates } from "./duplicates/find.ts";
import type { FetchOptions } from "./fetch-picture.ts";
import { inOrder } from "./gate.ts";
import { Hosts } from "./hosts.ts";
import { asJob, type JobRun, type Tally } from "./job-run.ts";
import type { MappingChoice } from "./mapping.ts";
import { Pictures } from "./pictures.ts";
import { prepare, type Sourced } from "./prepare.ts";
import type { Progress } from "./progress.ts";
import { removeMissing } from "./remove-missing.ts";
import type { ImportReport } from "./report.ts";
import type { Seeing } from "./seen.ts";
import { selectItems } from "./selection/select.ts";
import { type OpenedSource, openSource, type Source } from "./source.ts";
import type { ReadTable } from "./survey.ts";

export type ImportOptions = {
  /** Folder that relative picture paths start from. Default: the table's own. */
  images?: string;
  /** A person's say over the guessed mapping; remembered with the source. */
  map?: MappingChoice;
  /** What the source is remembered by. Default: its path. */
  name?: string;
  /** The source is complete: remove items that it brought before and no longer lists. */
  full?: boolean;
  /** With `full`: remove even more than 20 % of them. */
  yes?: boolean;
  /** Look only at what this source has in quarantine, if neither it nor the model changed since it was last read. */
  retry?: boolean;
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /**
   * Called once, before work begins, for a source that has columns: how each of its tables is read, and the names of
   * tables that hold no products.
   */
  onMapping?: (tables: readonly ReadTable[], others: readonly string[]) => void;
  /** Items a transaction, at most: what a kill can cost. Default 256. */
  batch?: number;
  /** Limits for downloads. */
  fetch?: Omit<FetchOptions, "signal">;
};

/**
 * Items whose pictures are being fetched or seen ahead of the one that is committed next. Many, so that a picture whose
 * server stalls holds up none behind it; what waits here is rows and codes (3 KB an item), not pictures.
 */
const AHEAD = 1024;

/**
 * New pictures that an import compares with the others, which takes some milliseconds each: what a day brings, in
 * seconds. A first import would take half as long again; `index` compares what it leaves.
 */
const MOST_COMPARED = 2000;

/**
 * Brings a source's rows and pictures into a catalog, which is made if it is not there. Broken rows and pictures are
 * set aside with their reason; what is unchanged is left alone. Killed or cancelled, the same call goes on where it
 * stopped. Throws SOURCE_*, MAPPING_COLUMN, DATA_*, REMOVAL_TOO_LARGE, IMPORT_CANCELLED, and what the model throws
 * when it is the model that fails; MODEL_CHANGED if another was promoted while it waited, which `inUse` tells.
 */
export async function importSource(
  store: Store,
  catalogName: string,
  model: Seeing,
  given: Source,
  options: ImportOptions = {},
  inUse: () => boolean = () => true,
): Promise<ImportReport> {
  const started = performance.now();
  const source = await openSource(given, options); // a source that cannot be opened makes no catalog
  const catalog = store.createCatalog(catalogName);
  const tally = { counts: {}, failures: {} };
  const work = {
    kind: "import",
    sourceId: catalog.source(source.name),
    spec: specOf(given, options, model.id),
    what: `the import of ${source.file}`,
  };
  try {
    return await asJob(catalog, work, options, tally, (job) => {
      if (!inUse()) throw changed(model.id); // no other is promoted from now on: that takes the lock which this job holds
      return run(catalog, model, source, options, job, tally, started, work.spec);
    });
  } finally {
    await source.close();
  }
}

const changed = (modelId: string): LookseeError =>
  new LookseeError(
    "MODEL_CHANGED",
    `model ${modelId} was replaced while the import waited for its turn`,
    "Run the same command again",
  );

async function run(
  catalog: CatalogStore,
  model: Seeing,
  source: OpenedSource,
  options: ImportOptions,
  job: JobRun,
  tally: Tally,
  started: number,
  spec: string | null,
): Promise<ImportReport> {
  const { signal } = job;
  const { outcomes, total, tables, save } = await prepare(catalog, source, { ...options, signal }, job);
  const others = source.kind === "tables" ? source.others : [];
  if (tables.length > 0) options.onMapping?.(tables, others);
  const sourceId = catalog.source(source.name);
  save(sourceId);
  catalog.sweepDrafts();
  const hosts = new Hosts({ ...options.fetch, signal });
  const pictures = new Pictures(catalog, model, source.base, hosts, signal);
  const names = { modelId: model.id, sourceId, job, batch: options.batch ?? 256 };
  const committer = new Committer(catalog, pictures, names);
  tally.counts = committer.counts;
  tally.failures = committer.failures;
  const failed = options.retry ? rowsToRetry(catalog, source.name, sourceId, spec) : null;
  const look = async ({ outcome, file }: Sourced): Promise<Looked> => {
    signal.throwIfAborted();
    if (outcome.kind !== "draft") return { outcome, file, fetched: [] };
    if (failed && !outcome.draft.rows.some(({ row }) => failed.has(`${file}\0${row}`)))
      return { outcome, file, fetched: null };
    return { outcome, file, fetched: await Promise.all(outcome.draft.pictures.map((p) => pictures.get(p.source))) };
  };
  job.at("importing", 0, total);
  try {
    for await (const looked of inOrder(outcomes, AHEAD, look)) {
      signal.throwIfAborted();
      await committer.take(looked);
      job.at("importing", committer.counts.rows, total);
    }
  } finally {
    hosts.close();
    await committer.flush(); // also when cancelled: what is done is done
  }
  const removed = options.full
    ? { removed: await removeMissing(catalog, committer, sourceId, options.yes === true, job) }
    : {};
  catalog.keepQuarantine(sourceId, job);
  await selectItems(catalog, job);
  const duplicates = await findDuplicates(catalog, model.id, job, MOST_COMPARED);
  const { rows, imported, unchanged, deselected } = committer.counts;
  return {
    jobId: job.name,
    ...{ rows, imported, unchanged, deselected },
    ...catalog.counts(sourceId),
    quarantined: committer.faults,
    ...removed,
    duplicates,
    seconds: (performance.now() - started) / 1000,
  };
}

type Spec = { source: string; from: string; stamp: string | null } & Pick<
  ImportOptions,
  "images" | "map" | "name" | "full" | "yes"
>;

/** What begins the import again; null for rows that came from a program. `stamp`: the table and the model as they are. */
function specOf(given: Source, { images, map, name, full, yes }: ImportOptions, modelId: string): string | null {
  if (typeof given !== "string") return null;
  const stats = statSync(given, { bigint: true, throwIfNoEntry: false });
  const stamp = stats?.isFile() ? `${stats.size}:${stats.mtimeNs}:${stats.ino}:${modelId}` : null;
  return JSON.stringify({ source: given, from: process.cwd(), stamp, images, map, name, full, yes } satisfies Partial<
    Record<keyof Spec, unknown>
  >);
}

/** The source and options of a job, to begin it again. Throws JOB_STATE for one that only a program can begin. */
export function sourceOfJob(catalog: CatalogStore, jobId: string): { source: string; options: ImportOptions } {
  const { kind } = catalog.jobs.get(jobId);
  const spec = catalog.jobs.spec(jobId);
  if (kind !== "import" || spec === null)
    throw new LookseeError(
      "JOB_STATE",
      `${jobId} ${kind === "import" ? "brought in a program's own rows" : `is no import but ${kind}`}`,
      "Begin it again as it was begun",
    );
  const { source, from, stamp: _, ...options } = JSON.parse(spec) as Spec;
  // Named as it was, so that the quarantine keeps its names; from elsewhere, by its whole path.
  const there = from === process.cwd() || /^[a-z]+:\/\//i.test(source);
  return { source: there ? source : resolve(from, source), options };
}

/** Rows of the source in quarantine, as `file\0row`; null: the source or the model is another, look at everything. */
function rowsToRetry(
  catalog: CatalogStore,
  name: string,
  sourceId: number,
  spec: string | null,
): ReadonlySet<string> | null {
  const stampOf = (json: string | null) => (json === null ? null : (JSON.parse(json) as Spec).stamp);
  const before = stampOf(catalog.jobs.lastDoneSpec("import", sourceId));
  if (before === null || before !== stampOf(spec)) return null;
  const own = catalog.quarantine().filter(({ source }) => source === name);
  return new Set(own.map(({ file, row }) => `${file}\0${row}`));
}
