import { type Answer, HammingIndex, type SearchOptions } from "../src/hamming-index/index.ts";
import type { DenseCodes } from "./dense-codes.ts";
import type { Query } from "./set-up.ts";

/** Codes 0 … count - 1, under their number and one as id. */
export type CodeSource = {
  count: number;
  dense: DenseCodes;
  /** The category of code i, counted from 1; with it, searches within the query's category are measured too. */
  categoryOf?: (i: number) => number;
};

/** Seconds: drawing the codes, taking them in, sorting them into lists with all that is measured. */
export type BuildTimes = { draw: number; insert: number; cluster: number };

/** Codes upserted at once. */
const RUN = 65_536;

/** Depth of every answer: the survivors of the coarse stage. */
export const K = 1200;
export const DEPTHS = [1, 10, 60, 1200] as const;

/** One way of asking one engine, as it stands in the figures. */
export type PeersRun = {
  engine: string;
  version: string;
  build: string;
  /** False for an engine built without SIMD: named, not counted as beaten. */
  counted: boolean;
  mode: string;
  /** Whether only codes of the query's own category counted. */
  inCategory?: boolean;
  settings: string;
  codes: number;
  threads: number;
  msP50: number;
  msP95: number;
  qps: number;
  /** By id against the exact answer, ties by ascending id: the share of the first k that are among its first k. */
  recall: Record<`${(typeof DEPTHS)[number]}`, number>;
  /** Recall@60 of the query that only 5 % do worse than. */
  recallP5: number;
  /** looksee coarse: the recall it said to expect. */
  expected?: number;
  /** looksee: median number of codes that a query was compared with. */
  compared?: number;
  bytesPerItem: number;
  buildSeconds: number;
};

/** Exact, then coarse at each floor of recall, over the same index. */
export async function looksee(
  source: CodeSource,
  queries: readonly Query[],
  threads: number,
  floors: readonly number[],
): Promise<{ runs: PeersRun[]; exact: number[][]; seconds: BuildTimes }> {
  const { index, seconds } = await filled(source, threads);
  const { codes, bytes } = index.stats();
  const { codes: inCodes, ids, masks, sample, tables } = bytes;
  const facts = { engine: "looksee", version: "here", build: "WASM SIMD", counted: true, codes, threads };
  const bytesPerItem = (inCodes + ids + masks + sample + tables) / codes;
  const cost = { bytesPerItem, buildSeconds: seconds.insert + seconds.cluster };
  const runs: PeersRun[] = [];
  let first: number[][] | undefined;
  for (const inCategory of source.categoryOf ? [false, true] : [false]) {
    let exact: number[][] | undefined;
    for (const floor of [1, ...floors]) {
      const options = ({ category }: Query): SearchOptions =>
        inCategory ? { recall: floor, group: category } : { recall: floor };
      const answers = await timed(queries, (query) => index.answer(query.code, K, options(query)));
      exact ??= answers.ids;
      runs.push({
        ...facts,
        ...cost,
        mode: floor === 1 ? "exact" : "coarse",
        inCategory,
        settings: floor === 1 ? `k=${K}; qps of all queries asked at once` : `recall: ${floor}, k=${K}`,
        ...answers.figures,
        ...(floor === 1 && { qps: await together(queries, (query) => index.search(query.code, K, options(query))) }),
        ...recallOf(answers.ids, exact),
      });
    }
    first ??= exact;
  }
  await index.close();
  return { runs, exact: first!, seconds };
}

async function timed(queries: readonly Query[], ask: (query: Query) => Promise<Answer>) {
  const ms: number[] = [];
  const answers: Answer[] = [];
  await ask(queries[0]!);
  for (const query of queries) {
    const start = performance.now();
    answers.push(await ask(query));
    ms.push(performance.now() - start);
  }
  const ids = answers.map(({ hits }) => hits.map(({ id }) => id));
  const figures = {
    msP50: quantile(ms, 0.5),
    msP95: quantile(ms, 0.95),
    qps: (1000 * ms.length) / ms.reduce((sum, value) => sum + value, 0),
    expected: Math.min(...answers.map(({ recall }) => recall)),
    compared: quantile(
      answers.map(({ compared }) => compared),
      0.5,
    ),
  };
  return { ids, figures };
}

/** Queries a second. */
async function together(queries: readonly Query[], ask: (query: Query) => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await Promise.all(queries.map(ask));
  return queries.length / ((performance.now() - start) / 1000);
}

async function filled(
  { count, dense, categoryOf }: CodeSource,
  threads: number,
): Promise<{ index: HammingIndex; seconds: BuildTimes }> {
  const index = await HammingIndex.open({ threads });
  const seconds: BuildTimes = { draw: 0, insert: 0, cluster: 0 };
  let since = performance.now();
  const lap = (stage: keyof BuildTimes): void => {
    seconds[stage] += (performance.now() - since) / 1000;
    since = performance.now();
  };
  for (let from = 0; from < count; from += RUN) {
    const codes = dense.codes(from, Math.min(RUN, count - from));
    const ids = Uint32Array.from({ length: codes.length / 64 }, (_, i) => from + i + 1);
    const categories = categoryOf && Uint16Array.from(ids, (id) => categoryOf(id - 1));
    lap("draw");
    await index.upsert(ids, codes, categories);
    lap("insert");
  }
  await index.cluster();
  lap("cluster");
  return { index, seconds };
}

/** Recall by id of answers, each nearest first, against the true ones. */
export function recallOf(
  found: readonly (readonly number[])[],
  truth: readonly (readonly number[])[],
): Pick<PeersRun, "recall" | "recallP5"> {
  const at = (k: number): number[] =>
    truth.map((ids, i) => {
      const wanted = new Set(ids.slice(0, k));
      if (wanted.size === 0) return 1;
      return found[i]!.slice(0, k).filter((id) => wanted.has(id)).length / wanted.size;
    });
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const recall = Object.fromEntries(DEPTHS.map((k) => [String(k), mean(at(k))])) as PeersRun["recall"];
  return { recall, recallP5: quantile(at(60), 0.05) };
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
}
