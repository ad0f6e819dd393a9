import { readFile } from "node:fs/promises";
import { LookseeError } from "../errors.ts";
import { boxOverlap } from "../vision/index.ts";
import { calibrationError, clusterInterval, quantile, recallAt } from "./measures.ts";
import { type LabelledQuery, readQueries } from "./queries.ts";
import { type SearchResult, STAGES, type Timings } from "./result.ts";
import type { Searcher } from "./searcher.ts";

/** What `looksee eval --json` prints; a part whose column is absent from the query file is left out. */
export type Figures = {
  /** Photos that were answered. */
  queries: number;
  /** Share of photos of known products whose product stands among the first k items. */
  identicalRecall?: Record<"1" | "4" | "20", number>;
  /** 95 %, by resampling products. */
  identicalRecallInterval?: Record<"1" | "4" | "20", [lo: number, hi: number]>;
  /** Share of photos whose likeliest category is the true one; rows without a category of this catalog are left out. */
  categoryAccuracy?: number;
  /** Share of photos whose predicted box overlaps the true one by at least this much. */
  boxIou?: Record<"0.5" | "0.7", number>;
  /** Per search, photo bytes to hits, one at a time; stages are medians. */
  latencyMs: { p50: number; p95: number; stages: Timings };
  /** Share of photos without a product in the catalog that were called so, and of photos with one; null: none such. */
  noGoodMatch: { caught: number | null; falseAlarm: number | null };
  /** Expected calibration error of the first hit's score as the probability that it is the very product. */
  scoreEce: number;
};

export type AnsweredQuery = LabelledQuery & {
  result: SearchResult;
  /** 1-based place of the true item among the first 20; null if it is not there or there is none. */
  rank: number | null;
};

export type UnreadableQuery = { row: number; file: string; code: string; reason: string };

export type Evaluation = {
  catalog: string;
  modelVersion: string;
  queriesFile: string;
  figures: Figures;
  /** In the order of the file. */
  answers: AnsweredQuery[];
  /** Photos that are missing or broken; they count nowhere in the figures. */
  unreadable: UnreadableQuery[];
  /** Bytes of a catalog picture, for the report. */
  picture(imageId: number): Promise<Uint8Array>;
  /** First picture of an item; null if the catalog does not have it. */
  pictureOfItem(itemId: string): number | null;
};

export type EvaluationOptions = {
  /** Of the bootstrap. Default 1. */
  seed?: number | undefined;
  onProgress?:
    | ((event: { stage: string; done: number; total: number; perSecond: number; secondsLeft: number | null }) => void)
    | undefined;
  signal?: AbortSignal | undefined;
};

const DEPTH = 20;

/**
 * Asks every photo of a query file, one after the other, and compares with what the file says.
 * Throws what `readQueries` throws; CATALOG_EMPTY; SOURCE_EMPTY if not one photo could be read.
 */
export async function evaluate(
  searcher: Searcher,
  csvPath: string,
  options: EvaluationOptions = {},
): Promise<Evaluation> {
  const queries = await readQueries(csvPath);
  const answers: AnsweredQuery[] = [];
  const unreadable: UnreadableQuery[] = [];
  const started = performance.now();
  for (const [done, query] of queries.entries()) {
    options.signal?.throwIfAborted();
    const perSecond = (1000 * done) / (performance.now() - started);
    const secondsLeft = done === 0 ? null : (queries.length - done) / perSecond;
    options.onProgress?.({ stage: "evaluate", done, total: queries.length, perSecond, secondsLeft });
    const image = await read(query);
    try {
      if (image instanceof LookseeError) throw image;
      const result = await searcher.search({ image, limit: DEPTH });
      const place = result.hits.findIndex((hit) => hit.itemId === query.itemId);
      answers.push({ ...query, result, rank: query.itemId === null || place < 0 ? null : place + 1 });
    } catch (error) {
      if (!(error instanceof LookseeError) || !error.code.startsWith("PICTURE_")) throw error;
      unreadable.push({ row: query.row, file: query.file, code: error.code, reason: error.message });
    }
  }
  const took = (performance.now() - started) / 1000;
  options.onProgress?.({
    stage: "evaluate",
    done: queries.length,
    total: queries.length,
    perSecond: queries.length / took,
    secondsLeft: 0,
  });
  if (answers.length === 0)
    throw new LookseeError(
      "SOURCE_EMPTY",
      `not one of the ${queries.length} photos of ${csvPath} could be read; the first: ${unreadable[0]!.reason}`,
      "Relative files are looked up beside the query file",
    );
  return {
    catalog: searcher.catalogName,
    modelVersion: answers[0]!.result.modelVersion,
    queriesFile: csvPath,
    figures: figuresOf(answers, searcher.categoryNames(), options.seed ?? 1),
    answers,
    unreadable,
    picture: (imageId) => searcher.picture(imageId),
    pictureOfItem: (itemId) => searcher.pictureOfItem(itemId),
  };
}

async function read({ path, file }: LabelledQuery): Promise<Uint8Array | LookseeError> {
  try {
    return await readFile(path);
  } catch (cause) {
    return new LookseeError("PICTURE_MISSING", `${file || "(no file named)"} cannot be read`, "Check the path", {
      cause,
    });
  }
}

/** The figures of a list of answers; `categories` are the catalog's. */
export function figuresOf(answers: readonly AnsweredQuery[], categories: readonly string[], seed: number): Figures {
  const known = answers.filter(({ itemId }) => itemId !== null);
  const absent = answers.filter(({ itemId }) => itemId === null);
  const categorised = answers.filter(({ category }) => category !== null && categories.includes(category));
  const boxed = answers.filter(({ box }) => box !== null);
  const ranks = known.map(({ rank }) => rank);
  const products = known.map(({ itemId }) => itemId!);
  const interval = (k: number) =>
    clusterInterval(
      ranks.map((rank) => (rank !== null && rank <= k ? 1 : 0)),
      products,
      seed,
    );
  const share = (list: readonly AnsweredQuery[], holds: (answer: AnsweredQuery) => boolean) =>
    list.filter(holds).length / list.length;
  const alarm = (list: readonly AnsweredQuery[]) =>
    list.length === 0 ? null : share(list, ({ result }) => result.noGoodMatch);
  const overlaps = (least: number) =>
    share(boxed, ({ box, result }) => boxOverlap(box!, result.objects[0]!.box) >= least);
  const scored = answers.filter(({ result }) => result.hits.length > 0);
  return {
    queries: answers.length,
    ...(known.length > 0 && {
      identicalRecall: { "1": recallAt(ranks, 1), "4": recallAt(ranks, 4), "20": recallAt(ranks, 20) },
      identicalRecallInterval: { "1": interval(1), "4": interval(4), "20": interval(20) },
    }),
    ...(categorised.length > 0 && {
      categoryAccuracy: share(categorised, ({ category, result }) => result.categories[0]?.name === category),
    }),
    ...(boxed.length > 0 && { boxIou: { "0.5": overlaps(0.5), "0.7": overlaps(0.7) } }),
    latencyMs: latencyOf(answers.map(({ result }) => result.timings)),
    noGoodMatch: { caught: alarm(absent), falseAlarm: alarm(known) },
    scoreEce: calibrationError(
      scored.map(({ result }) => result.hits[0]!.score),
      scored.map(({ rank }) => rank === 1),
    ),
  };
}

/** p50 and p95 of the whole search, and the median of each stage, ms. */
export function latencyOf(timings: readonly Timings[]): { p50: number; p95: number; stages: Timings } {
  const sorted = (stage: (typeof STAGES)[number]) => Float64Array.from(timings, (timing) => timing[stage]).sort();
  const stages = Object.fromEntries(STAGES.map((stage) => [stage, quantile(sorted(stage), 0.5)])) as Timings;
  return { p50: stages.total, p95: quantile(sorted("total"), 0.95), stages };
}
