import type { SightRecord, Store } from "../catalog/index.ts";
import { config } from "../config.ts";
import { LookseeError } from "../errors.ts";
import { modelInUse, type WrittenSegments, writeSegments } from "../search/index.ts";
import { findDuplicates } from "./duplicates/find.ts";
import { inOrder } from "./gate.ts";
import { asJob } from "./job-run.ts";
import type { Progress } from "./progress.ts";
import type { FoundDuplicates } from "./report.ts";
import { recordOf, type Seeing } from "./seen.ts";

/** What `index` answers. */
export type IndexReport = {
  jobId: string;
  /** Codes that the catalog has under this model now, and how many of them this run made. */
  codes: number;
  made: number;
  /** Pictures that have no code, since their file is gone or can no longer be read. */
  failed: number;
  failures: { imageId: number; code: string; reason: string }[];
  duplicates: FoundDuplicates;
  /** What `serve` will start from; null where there is too little to keep, or another process keeps it. */
  segments: WrittenSegments | null;
  seconds: number;
};

const IN_FLIGHT = 8;
const BATCH = 64;

/**
 * Makes the codes that a catalog lacks under this model, after a new model or for images that came in under another, and
 * writes them down as the search reads them when it starts.
 * Interrupted, it goes on with those still missing. Throws CATALOG_UNKNOWN, IMPORT_CANCELLED, DATA_*.
 */
export async function bringUpToDate(
  store: Store,
  catalogName: string,
  model: Seeing,
  options: { signal?: AbortSignal; onProgress?: (progress: Progress) => void } = {},
): Promise<IndexReport> {
  const started = performance.now();
  let signal: AbortSignal | undefined;
  const catalog = store.catalog(catalogName);
  const failures: IndexReport["failures"] = [];

  async function* missing(): AsyncGenerator<number> {
    for (let last = 0; ; ) {
      const page = catalog.missingCodes(model.id, last, 1000);
      yield* page;
      if (page.length < 1000) return;
      last = page.at(-1)!;
    }
  }
  const look = async (imageId: number): Promise<[number, SightRecord] | null> => {
    signal?.throwIfAborted();
    try {
      return [imageId, recordOf(await model.see(catalog.picture(imageId).bytes(true)))];
    } catch (error) {
      if (!(error instanceof LookseeError) || !/^(?:PICTURE|IMAGE)_/.test(error.code)) throw error;
      failures.push({ imageId, code: error.code, reason: error.problem });
      return null;
    }
  };

  const tally = { counts: {} as Record<string, number>, failures: {} as Record<string, number> };
  const work = { kind: "index", sourceId: null, spec: "{}", what: "indexing" };
  return asJob(catalog, work, options, tally, async (job) => {
    signal = job.signal;
    const total = catalog.countMissingCodes(model.id);
    let made = 0;
    let batch = new Map<number, SightRecord>();
    const flush = () => {
      if (batch.size > 0) catalog.addSights(model.id, batch);
      made += batch.size;
      batch = new Map();
      tally.counts = { made, failed: failures.length };
    };
    job.at("indexing", 0, total);
    try {
      for await (const seen of inOrder(missing(), IN_FLIGHT, look)) {
        if (seen) batch.set(...seen);
        if (batch.size >= BATCH) flush();
        job.at("indexing", made + batch.size + failures.length, total);
      }
    } finally {
      flush(); // also when stopped: what is done is done
      for (const { code } of failures) tally.failures[code] = (tally.failures[code] ?? 0) + 1;
    }
    const codes = catalog.countCodes(model.id);
    // Codes beside those in use may be of a model that takes other pictures for near.
    const inUse = model.id === (await modelInUse(store));
    const duplicates = inUse
      ? await findDuplicates(catalog, model.id, job)
      : { compared: 0, waiting: catalog.duplicates.unchecked().length, groups: catalog.duplicates.groups().length };
    const segments = await writeSegments(catalog, model.id, config.scanThreads);
    const seconds = (performance.now() - started) / 1000;
    return { jobId: job.name, codes, made, failed: failures.length, failures, duplicates, segments, seconds };
  });
}
