import type { Bitmap } from "./bitmap.ts";
import type { Clusters } from "./clusters.ts";
import {
  ANSWER_K,
  type Compare,
  choose,
  type Measured,
  measure,
  type Sample,
  searchLists,
  type Wish,
} from "./coarse/index.ts";
import type { Counting } from "./counting.ts";
import { Crew, NO_LIMIT } from "./crew.ts";
import type { Hit } from "./every-distance.ts";
import type { Holdings } from "./holdings.ts";
import { FRAME_CODES, K_MAX, SAMPLE_STEP } from "./layout.ts";
import { likelyLimit } from "./likely-limit.ts";
import { ListSearch } from "./list-search.ts";
import { listAt } from "./merge.ts";
import { nearestOfLists } from "./nearest-of-lists.ts";
import { Pieces } from "./pieces.ts";
import { Segment } from "./segment.ts";
import type { Slots } from "./slots.ts";

/** Codes of the sample that are looked at: as many as tell the limit well, some 100 µs of the calling thread. */
const SAMPLED = 65_536;

/** Own codes asked as queries, half to learn from, half to measure: so many, or fewer where there are few codes. */
const SAMPLES = { most: 200, least: 40, share: 1 / 500 };

/**
 * `recall`, `recallP5`: share of the k nearest that such searches found on the index's own codes, by the mean and by the
 * query that only 5 % do worse than; `covered`: what is expected of this very one. All 1 where every code was compared.
 */
export type Answer = { hits: Hit[]; recall: number; recallP5: number; covered: number };
export const EXACT = { recall: 1, recallP5: 1, covered: 1 } as const;

/** `limit`: codes beyond are passed over; undefined: whatever it takes to find k. */
type Asked = { code: Uint8Array; k: number; limit: number | undefined; allow: Bitmap | undefined };
type SlotRange = { part: Slots; from: number; to: number };
type Waiting = Asked & { resolve(hits: Hit[]): void; reject(error: unknown): void };

/** Searches one after the other; those that wait and ask alike share a pass over memory. */
export class Searches {
  readonly #holdings: Holdings;
  readonly #crew: Crew;
  readonly #counting: Counting;
  readonly #waiting: Waiting[] = [];
  #serving: Promise<void> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #inPass = false;
  readonly #after: (() => void)[] = [];

  constructor(holdings: Holdings, crew: Crew, counting: Counting) {
    this.#holdings = holdings;
    this.#crew = crew;
    this.#counting = counting;
  }

  nearest(code: Uint8Array, k: number, allow: Bitmap | undefined): Promise<Hit[]> {
    return this.#ask({ code, k, limit: undefined, allow });
  }

  within(code: Uint8Array, limit: number, allow: Bitmap | undefined): Promise<Hit[]> {
    return this.#ask({ code, k: K_MAX, limit, allow });
  }

  /** The nearest in as few lists as the wish needs, by what was measured; exactly, where nothing was. */
  async coarse(code: Uint8Array, k: number, wish: Wish, allow: Bitmap | undefined): Promise<Answer> {
    const { clusters } = this.#holdings;
    const choice = clusters?.measured && choose(clusters.measured.settings, k, wish);
    if (!choice || choice.target >= 1) return { hits: await this.nearest(code, k, allow), ...EXACT };
    const { reach } = clusters.measured!;
    return this.#exclusive(async () => {
      const lists = new ListSearch(this.#settled(), clusters, allow);
      const compare: Compare = (some, limit) => this.#inLists(lists, some, limit, code, k, allow);
      const { ranker } = clusters;
      const { hits, covered } = await searchLists(code, k, choice.target, { ranker, reach }, lists.sizes, compare);
      return { hits, recall: choice.recall, recallP5: choice.recallP5, covered };
    });
  }

  /** Measures on the index's own codes how far queries must look. */
  async measure(clusters: Clusters): Promise<Measured> {
    const samples: Sample[] = [];
    const wanted = Math.min(SAMPLES.most, Math.max(SAMPLES.least, this.#holdings.size * SAMPLES.share));
    for (const { id, code } of this.#holdings.spread(wanted)) {
      const exact = (await this.nearest(code, ANSWER_K + 1, undefined)).filter((hit) => hit.id !== id);
      const placed = exact.flatMap(({ id, distance }) => {
        const held = this.#holdings.locate(id);
        const starts = held?.part instanceof Segment && clusters.hold(held.part) && held.part.lists.starts;
        return starts ? [{ distance, list: listAt(starts, held.slot) }] : []; // others are compared in any case
      });
      samples.push({
        query: code,
        self: id,
        ids: Uint32Array.from(exact, (hit) => hit.id),
        distances: Uint16Array.from(placed, ({ distance }) => distance),
        lists: Uint32Array.from(placed, ({ list }) => list),
      });
    }
    const { sizes } = new ListSearch(this.#holdings.parts, clusters, undefined);
    return measure(samples, clusters.ranker, sizes, (code, k) => {
      let lists: ListSearch | undefined;
      return (some, limit) =>
        this.#exclusive(() => {
          lists ??= new ListSearch(this.#settled(), clusters, undefined);
          return this.#inLists(lists, some, limit, code, k, undefined);
        });
    });
  }

  /** Runs `work` once no pass is in progress. */
  after(work: () => void): void {
    if (this.#inPass) this.#after.push(work);
    else work();
  }

  async finished(): Promise<void> {
    await this.#serving;
    await this.#last;
  }

  #ask(asked: Asked): Promise<Hit[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...asked, resolve, reject });
      this.#serving ??= this.#serve();
    });
  }

  async #serve(): Promise<void> {
    await undefined; // all that is asked for in one go is there before the first pass
    while (this.#waiting.length > 0)
      await this.#exclusive(async () => {
        const { k, limit, allow } = this.#waiting[0]!;
        const alike = this.#waiting
          .filter((one) => one.k === k && one.allow === allow && (one.limit === undefined) === (limit === undefined))
          .slice(0, Crew.most(k));
        for (const one of alike) this.#waiting.splice(this.#waiting.indexOf(one), 1);
        try {
          const answers = await this.#answer(alike);
          for (const [i, one] of alike.entries()) one.resolve(answers[i]!);
        } catch (error) {
          for (const one of alike) one.reject(error);
        }
      });
    this.#serving = undefined; // in one go with the last look at who waits, or the next to ask would not be served
  }

  /** Searches follow one another; what they see does not change meanwhile. */
  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(async () => {
      this.#inPass = true;
      try {
        return await work();
      } finally {
        this.#inPass = false;
        for (const after of this.#after.splice(0)) after();
      }
    });
    this.#last = done.catch(() => {});
    return done;
  }

  /** All parts, with every death where the kernel sees it. */
  #settled(): readonly Slots[] {
    const { parts } = this.#holdings;
    for (const part of parts) part.settle();
    return parts;
  }

  async #inLists(
    lists: ListSearch,
    some: Uint32Array,
    limit: number,
    code: Uint8Array,
    k: number,
    allow: Bitmap | undefined,
  ): Promise<Hit[]> {
    const [hits] = await this.#pass([{ code, k, limit, allow }], [limit], lists.pieces(some));
    return hits!;
  }

  /** Hits of each of the queries, which ask alike. */
  async #answer(asked: readonly Asked[]): Promise<Hit[][]> {
    const frames = this.#frames(this.#settled(), asked[0]!.allow);
    const pieces = new Pieces();
    for (const { part, from, to } of frames) pieces.add(part, from, to);
    const limits = asked.map((one) => one.limit ?? this.#likely(one));
    const answers = await this.#pass(asked, limits, pieces);
    const k = Math.min(asked[0]!.k, pieces.codes);
    for (const [i, one] of asked.entries()) {
      const short = answers[i]!.length < k;
      // A likely limit is a guess and the answer is not: where fewer than k lie within it, look again without.
      if (one.limit === undefined && limits[i]! < NO_LIMIT && short)
        [answers[i]] = (await this.#pass([one], [NO_LIMIT], pieces)) as [Hit[]];
      else if (one.limit !== undefined && answers[i]!.length === K_MAX)
        answers[i] = await this.#all(one, one.limit, frames);
    }
    return answers;
  }

  async #pass(asked: readonly Asked[], limits: readonly number[], pieces: Pieces): Promise<Hit[][]> {
    const { k, allow } = asked[0]!;
    const mode = allow ? "allowed" : this.#counting;
    const queries = asked.map(({ code }) => code);
    const lists = await this.#crew.scan({ k, mode, queries, limits }, pieces.words, pieces.codes);
    return lists.map((of) => nearestOfLists(of, k));
  }

  /** More than a search can keep lie within the limit: frame by frame, none of which has so many. */
  async #all(asked: Asked, limit: number, frames: readonly SlotRange[]): Promise<Hit[]> {
    const keys: number[] = [];
    for (const { part, from, to } of frames) {
      const pieces = new Pieces();
      pieces.add(part, from, to);
      const [hits] = await this.#pass([asked], [limit], pieces);
      for (const { id, distance } of hits!) keys.push(distance * 2 ** 32 + id);
    }
    return Array.from(Float64Array.from(keys).sort(), (key) => ({
      id: key % 2 ** 32,
      distance: Math.floor(key / 2 ** 32),
    }));
  }

  /** Frame by frame, what a search is to compare; under a filter, the frames of which it allows any. */
  #frames(parts: readonly Slots[], allow: Bitmap | undefined): SlotRange[] {
    return parts.flatMap((part) => {
      const bits = allow && part.place(allow);
      const ranges = part.frames.map((_, frame) => ({
        part,
        from: frame * FRAME_CODES,
        to: Math.min(part.count, (frame + 1) * FRAME_CODES),
      }));
      return ranges.filter(({ from, to }, frame) => from < to && (!bits || bits[frame]));
    });
  }

  /** A limit that all but certainly leaves k: none under a filter, of which the sample knows nothing. */
  #likely({ code, k, allow }: Asked): number {
    if (allow) return NO_LIMIT;
    const { parts } = this.#holdings;
    const inMemory = parts.filter((part) => !(part instanceof Segment && part.file?.fd !== undefined));
    const samples = inMemory.flatMap((part) => part.samples());
    const sampled = samples.reduce((sum, { n }) => sum + n, 0);
    const stride = Math.max(1, Math.floor(sampled / SAMPLED));
    const [slots, live] = [sum(inMemory.map(({ count }) => count)), sum(inMemory.map((part) => part.live))];
    if (live === 0) return NO_LIMIT;
    return likelyLimit(this.#crew.own.sample(code, samples, stride), (k * slots) / live, 1 / (SAMPLE_STEP * stride));
  }
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
