import { Arena, MEMORY_MAX } from "../src/hamming-index/arena.ts";
import {
  ANSWER_K,
  type Compare,
  choose,
  measure,
  Ranker,
  type Reach,
  type Sample,
  type Setting,
  searchLists,
  sortByList,
  trainCentroids,
  trainingCodes,
  type Wish,
} from "../src/hamming-index/coarse/index.ts";
import { COUNTING } from "../src/hamming-index/counting.ts";
import { Crew, NO_LIMIT } from "../src/hamming-index/crew.ts";
import type { Hit } from "../src/hamming-index/index.ts";
import { FRAME_CODES } from "../src/hamming-index/layout.ts";
import { nearestOfLists } from "../src/hamming-index/nearest-of-lists.ts";
import { Pieces } from "../src/hamming-index/pieces.ts";
import { Segment } from "../src/hamming-index/segment.ts";
import type { DenseCodes } from "./dense-codes.ts";
import { inThreads } from "./fill.ts";

/** Codes 0 … count - 1, each asked for twice. Their ids are their numbers and one. */
export type CodeSource = { count: number; dense: DenseCodes };

export type BuildTimes = { train: number; assign: number; place: number; answer: number; measure: number };

const SAMPLES = 192;
/** Exact answers of samples are asked for by so many at once, which share a pass over memory. */
const TOGETHER = 16;

/** A list for every 80 codes while that is few lists; then they grow with the root, for ranking them costs time too. */
export const listsFor = (codes: number): number =>
  Math.max(1, Math.round(Math.min(codes / 80, 16_384 * Math.sqrt(codes / 1_310_720), 65_536)));

/**
 * The coarse search over the engine's own memories and threads, built in one go from codes that need never be in memory
 * twice: what the bench measures at sizes where a catalog would take a day to fill.
 */
export class ListIndex {
  readonly count: number;
  readonly lists: number;
  readonly seconds: BuildTimes;
  settings: Setting[] = [];
  readonly #arena: Arena;
  readonly #crew: Crew;
  readonly #segment: Segment;
  readonly #ranker: Ranker;
  readonly #sizes: Uint32Array;
  #reach!: Reach;

  private constructor(arena: Arena, crew: Crew, segment: Segment, ranker: Ranker, seconds: BuildTimes) {
    this.#arena = arena;
    this.#crew = crew;
    this.#segment = segment;
    this.#ranker = ranker;
    this.count = segment.count;
    this.lists = ranker.lists;
    this.seconds = seconds;
    const { starts } = segment.lists;
    this.#sizes = Uint32Array.from({ length: this.lists }, (_, list) => starts[list + 1]! - starts[list]!);
  }

  static async build(source: CodeSource, threads: number, lists = listsFor(source.count)): Promise<ListIndex> {
    const { count } = source;
    const lap = stopwatch();
    const centroids = trainCentroids(spread(source, Math.min(count, trainingCodes(lists))), lists);
    const train = lap();
    const listOf = new Uint32Array(new SharedArrayBuffer(count * 4));
    await inThreads(source, threads, { kind: "assign", centroids, listOf });
    const assigned = lap();
    const { order, starts } = sortByList(listOf, lists);
    const arena = new Arena(Crew.scratches(threads), Number.POSITIVE_INFINITY, MEMORY_MAX);
    const frames = arena.take(Math.ceil(count / FRAME_CODES), true);
    const slotOf = listOf; // no longer needed as such
    for (let slot = 0; slot < count; slot++) slotOf[order[slot]!] = slot;
    await inThreads(source, threads, { kind: "place", memories: arena.memories, frames, slotOf });
    const place = lap();
    const crew = await Crew.of(threads);
    for (const memory of arena.memories) crew.add(memory);
    const parts = { count, minId: 1, maxId: count, order: undefined, lists: { starts, centroids: centroids.lists } };
    const segment = new Segment(arena, frames, parts);
    const seconds = { train, assign: assigned, place, answer: 0, measure: 0 };
    const index = new ListIndex(arena, crew, segment, new Ranker(centroids.lists), seconds);
    const samples = await index.#samples(slotOf);
    seconds.answer = lap();
    const compare = (query: Uint8Array, k: number): Compare => index.#compare(query, k);
    const measured = await measure(samples, index.#ranker, index.#sizes, compare);
    index.#reach = measured.reach;
    index.settings = measured.settings;
    seconds.measure = lap();
    return index;
  }

  /** The k nearest, and what share of the true k to expect among them. */
  async search(query: Uint8Array, k: number, wish: Wish): Promise<{ hits: Hit[]; recall: number; compared: number }> {
    const { target, recall } = choose(this.settings, k, wish);
    const walkable = { ranker: this.#ranker, reach: this.#reach };
    const answer = await searchLists(query, k, target, walkable, this.#sizes, this.#compare(query, k));
    return { hits: answer.hits, recall, compared: answer.compared };
  }

  /** Exact, over all lists in one pass. */
  async exact(queries: readonly Uint8Array[], k: number): Promise<Hit[][]> {
    const pieces = new Pieces();
    pieces.add(this.#segment, 0, this.count);
    const limits = queries.map(() => NO_LIMIT);
    const found = await this.#crew.scan({ k, mode: COUNTING, queries, limits }, pieces.words, pieces.codes);
    return found.map((lists) => nearestOfLists(lists, k));
  }

  get bytes(): number {
    return this.#arena.inUse + this.#segment.bytes;
  }

  async close(): Promise<void> {
    await this.#crew.close();
  }

  #compare(query: Uint8Array, k: number): Compare {
    const { starts } = this.#segment.lists;
    return async (lists, limit) => {
      const pieces = new Pieces();
      for (const list of lists) pieces.add(this.#segment, starts[list]!, starts[list + 1]!);
      const job = { k, mode: COUNTING, queries: [query], limits: [limit] } as const;
      const [found] = await this.#crew.scan(job, pieces.words, pieces.codes);
      return nearestOfLists(found!, k);
    };
  }

  async #samples(slotOf: Uint32Array): Promise<Sample[]> {
    const wanted = Math.min(SAMPLES, this.count);
    const places = Array.from({ length: wanted }, (_, i) => Math.floor(((i + 0.5) * this.count) / wanted));
    const queries = places.map((place) => this.#segment.codeAt(slotOf[place]!));
    const samples: Sample[] = [];
    const together = Math.min(TOGETHER, Crew.most(ANSWER_K + 1));
    for (let from = 0; from < wanted; from += together) {
      const some = queries.slice(from, from + together);
      for (const [i, hits] of (await this.exact(some, ANSWER_K + 1)).entries()) {
        const self = places[from + i]! + 1;
        const others = hits.filter(({ id }) => id !== self);
        samples.push({
          query: some[i]!,
          self,
          ids: Uint32Array.from(others, ({ id }) => id),
          distances: Uint16Array.from(others, ({ distance }) => distance),
          lists: Uint32Array.from(others, ({ id }) => this.#listAt(slotOf[id - 1]!)),
        });
      }
    }
    return samples;
  }

  #listAt(slot: number): number {
    const { starts } = this.#segment.lists;
    let [low, high] = [0, this.lists - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= slot) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** `wanted` codes from all over the source, in runs of sixteen. */
function spread(source: CodeSource, wanted: number): Uint8Array {
  const run = 16;
  const sample = new Uint8Array(wanted * 64);
  for (let at = 0; at < wanted; at += run) {
    const n = Math.min(run, wanted - at);
    const from = Math.min(source.count - n, Math.floor((at / wanted) * source.count));
    sample.set(source.dense.codes(from, n), at * 64);
  }
  return sample;
}

function stopwatch(): () => number {
  let since = performance.now();
  return () => {
    const seconds = (performance.now() - since) / 1000;
    since = performance.now();
    return seconds;
  };
}
