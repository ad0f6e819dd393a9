import type { CatalogStore, Store } from "../catalog/index.ts";
import { LookseeError } from "../errors.ts";
import { assemble } from "./assemble.ts";
import { Committer, type Looked } from "./committer.ts";
import type { Outcome } from "./draft.ts";
import type { FetchOptions } from "./fetch-picture.ts";
import { inOrder } from "./gate.ts";
import { groupingOf } from "./grouping.ts";
import { Hosts } from "./hosts.ts";
import { asJob, type JobRun, type Tally } from "./job-run.ts";
import type { Mapping, MappingChoice } from "./mapping.ts";
import { Pictures } from "./pictures.ts";
import type { Progress } from "./progress.ts";
import { readItems } from "./read-items.ts";
import { removeMissing } from "./remove-missing.ts";
import type { ImportReport } from "./report.ts";
import type { Seeing } from "./seen.ts";
import { type OpenedSource, openSource, type Source } from "./source.ts";
import { mappingFor, type SavedMapping, type Survey, survey } from "./survey.ts";

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
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** Called once, before work begins, for a source that has columns. */
  onMapping?: (mapping: Mapping) => void;
  /** Items a transaction, at most: what a kill can cost. Default 256. */
  batch?: number;
  /** Limits for downloads. */
  fetch?: Omit<FetchOptions, "signal">;
};

/** Items whose pictures are being fetched or seen ahead of the one that is committed next. */
const AHEAD = 64;

/**
 * Brings a source's rows and pictures into a catalog, which is made if it is not there. Broken rows and pictures are
 * set aside with their reason; what is unchanged is left alone. Killed or cancelled, the same call goes on where it
 * stopped. Throws SOURCE_*, MAPPING_COLUMN, DATA_*, REMOVAL_TOO_LARGE, IMPORT_CANCELLED, and what the model throws
 * when it is the model that fails.
 */
export async function importSource(
  store: Store,
  catalogName: string,
  model: Seeing,
  given: Source,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const started = performance.now();
  const source = await openSource(given, options); // a source that cannot be opened makes no catalog
  const catalog = store.createCatalog(catalogName);
  const tally = { counts: {}, failures: {} };
  const work = {
    kind: "import",
    sourceId: catalog.source(source.name),
    spec: specOf(given, options),
    what: `the import of ${source.file}`,
  };
  return asJob(catalog, work, options, tally, (job) => run(catalog, model, source, options, job, tally, started));
}

async function run(
  catalog: CatalogStore,
  model: Seeing,
  source: OpenedSource,
  options: ImportOptions,
  job: JobRun,
  tally: Tally,
  started: number,
): Promise<ImportReport> {
  const { signal } = job;
  const { outcomes, total, save } = await prepare(catalog, source, options, job);
  const sourceId = catalog.source(source.name);
  save(sourceId);
  catalog.sweepDrafts();
  const pictures = new Pictures(catalog, model, source.base, new Hosts({ ...options.fetch, signal }));
  const names = { modelId: model.id, sourceId, job, file: source.file, batch: options.batch ?? 256 };
  const committer = new Committer(catalog, pictures, names);
  tally.counts = committer.counts;
  tally.failures = committer.failures;
  const look = async (outcome: Outcome): Promise<Looked> => {
    signal.throwIfAborted();
    if (outcome.kind !== "draft") return { outcome, fetched: [] };
    return { outcome, fetched: await Promise.all(outcome.draft.pictures.map((p) => pictures.get(p.source))) };
  };
  job.at("importing", 0, total);
  try {
    for await (const looked of inOrder(outcomes, AHEAD, look)) {
      signal.throwIfAborted();
      await committer.take(looked);
      job.at("importing", committer.counts.rows, total);
    }
  } finally {
    await committer.flush(); // also when cancelled: what is done is done
  }
  if (options.full) await removeMissing(catalog, committer, sourceId, options.yes === true, job);
  catalog.keepQuarantine(sourceId, job);
  const { rows, imported, unchanged, deselected } = committer.counts;
  return {
    jobId: job.name,
    ...{ rows, imported, unchanged, deselected },
    ...catalog.counts(sourceId),
    quarantined: committer.faults,
    seconds: (performance.now() - started) / 1000,
  };
}

/** What `jobs resume` and `jobs retry` need to begin the import again; null for rows that came from a program. */
function specOf(given: Source, { images, map, name, full, yes }: ImportOptions): string | null {
  return typeof given === "string"
    ? JSON.stringify({ source: given, from: process.cwd(), images, map, name, full, yes })
    : null;
}

type Prepared = { outcomes: AsyncIterable<Outcome>; total: number | null; save: (sourceId: number) => void };

/** Finds out what the rows mean, before anything is written. */
async function prepare(
  catalog: CatalogStore,
  source: OpenedSource,
  options: ImportOptions,
  job: JobRun,
): Promise<Prepared> {
  if (source.kind === "items" && options.map !== undefined)
    throw new LookseeError("MAPPING_COLUMN", `${source.file} has no columns to map`, "Leave the mapping out");
  if (source.kind === "items") return { outcomes: readItems(source.items), total: source.total, save: () => {} };
  const { table, file, name } = source;
  const surveyed = await survey(table, (rows) => {
    job.signal.throwIfAborted();
    job.at("reading", rows, null);
  });
  job.at("reading", surveyed.rows, surveyed.rows);
  if (table.records && options.map === undefined && areItems(surveyed))
    return { outcomes: readItems(table.records()), total: surveyed.rows, save: () => {} };
  const before = catalog.savedMapping(name);
  const saved = mappingFor(
    surveyed,
    file,
    options.map,
    before === undefined ? undefined : (JSON.parse(before) as SavedMapping),
  );
  options.onMapping?.(saved.mapping);
  const grouping = await groupingOf(table, saved.mapping);
  return {
    outcomes: assemble(table.read(), saved.mapping, grouping),
    total: surveyed.rows,
    save: (sourceId) => catalog.saveMapping(sourceId, JSON.stringify(saved)),
  };
}

const ITEM_FIELDS = new Set(
  "itemId title description url price currency stock category attributes images variants".split(" "),
);

/** Records in an Item's own shape. With fields beside it they are a table, whose other columns become attributes. */
function areItems({ columns, samples }: Survey): boolean {
  const own = columns.includes("variants") || columns.every((column) => ITEM_FIELDS.has(column.split(".")[0]!));
  return own && samples.some(({ itemId, images }) => itemId !== undefined && Array.isArray(images));
}
