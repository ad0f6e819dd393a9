import type { Clusters } from "./clusters.ts";
import { type Compare, choose, searchLists, type Wish } from "./coarse/index.ts";
import type { Counting } from "./counting.ts";
import { Crew, NO_LIMIT } from "./crew.ts";
import type { Hit } from "./every-distance.ts";
import type { Filter } from "./filter.ts";
import type { Holdings } from "./holdings.ts";
import { K_MAX, SAMPLE_STEP } from "./layout.ts";
import { likelyLimit } from "./likely-limit.ts";
import { ListSearch } from "./list-search.ts";
import { nearestOfLists } from "./nearest-of-lists.ts";
import { Pieces } from "./pieces.ts";
import { Segment } from "./segment.ts";
import type { Slots } from "./slots.ts";

/** Codes of the sample that are looked at: as many as tell the limit well, some 100 µs of the calling thread. */
const SAMPLED = 65_536;

/**
 * `compared`: codes that the query was compared with, dead ones among them. `recall`, `recallP5`: share of the k nearest that such searches found on the index's own codes, by the mean and by the
 * query that only 5 % do worse than; `covered`: what is expected of this very one. All 1 where every code was compared.
 */
export type Answer = { hits: Hit[]; compared: number; recall: number; recallP5: number; covered: number };
const EXACT = { recall: 1, recallP5: 1, covered: 1 } as const;

/** `limit`: codes beyond are passed over; undefined: whatever it takes to find k. */
type Asked = { code: Uint8Array; k: number; limit: number | undefined; filter: Filter };
type PiecesOfPass = Pick<Pieces, "words" | "codes">;
type Found = { hits: Hit[]; compared: number };
type Waiting = Asked & { resolve(found: Found): void; reject(error: unknown): void };

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

  async nearest(code: Uint8Array, k: number, filter: Filter): Promise<Answer> {
    return { ...(await this.#ask({ code, k, limit: undefined, filter })), ...EXACT };
  }

  async within(code: Uint8Array, limit: number, filter: Filter): Promise<Hit[]> {
    return (await this.#ask({ code, k: K_MAX, limit, filter })).hits;
  }

  /** The nearest in as few lists as the wish needs, by what was measured; exactly, where nothing was. */
  async coarse(code: Uint8Array, k: number, wish: Wish, filter: Filter): Promise<Answer> {
    const { clusters } = this.#holdings;
    const measured = filter.group === undefined ? clusters?.measured?.all : clusters?.measured?.groups;
    const choice = measured && choose(measured.settings, k, wish);
    if (!clusters || !choice || choice.target >= 1) return this.nearest(code, k, filter);
    return this.#exclusive(async () => {
      const lists = new ListSearch(this.#settled(), clusters, filter);
      const walkable = { ranker: clusters.ranker, reach: measured.reach };
      const compare = this.#comparing(lists, { code, k, filter });
      const { hits, compared, covered } = await searchLists(code, k, choice.target, walkable, lists.sizes, compare);
      return { hits, compared, recall: choice.recall, recallP5: choice.recallP5, covered };
    });
  }

  /** Compares a query with lists, each time in a pass of its own. */
  comparing(clusters: Clusters, code: Uint8Array, k: number, filter: Filter): Compare {
    let compare: Compare | undefined;
    return (lists, limit) =>
      this.#exclusive(() => {
        compare ??= this.#comparing(new ListSearch(this.#settled(), clusters, filter), { code, k, filter });
        return compare(lists, limit);
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

  #ask(asked: Asked): Promise<Found> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...asked, resolve, reject });
      this.#serving ??= this.#serve();
    });
  }

  async #serve(): Promise<void> {
    await undefined; // all that is asked for in one go is there before the first pass
    while (this.#waiting.length > 0)
      await this.#exclusive(async () => {
        const { k, limit, filter } = this.#waiting[0]!;
        const alike = this.#waiting
          .filter(
            (one) =>
              one.k === k &&
              one.filter.allow === filter.allow &&
              one.filter.group === filter.group &&
              (one.limit === undefined) === (limit === undefined),
          )
          .slice(0, Crew.most(k));
        for (const one of alike) this.#waiting.splice(this.#waiting.indexOf(one), 1);
        try {
          const found = await this.#answer(alike);
          for (const [i, one] of alike.entries()) one.resolve(found[i]!);
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

  #comparing(lists: ListSearch, asked: Omit<Asked, "limit">): Compare {
    return async (some, limit) => {
      const pieces = lists.pieces(some);
      const [hits] = await this.#pass([{ ...asked, limit }], [limit], pieces);
      return { hits: hits!, compared: pieces.codes };
    };
  }

  /** What each of the queries, which ask alike, finds. */
  async #answer(asked: readonly Asked[]): Promise<Found[]> {
    const pieces = new Pieces();
    for (const part of this.#settled()) part.addTo(pieces, asked[0]!.filter);
    const limits = asked.map((one) => one.limit ?? this.#likely(one));
    const answers = await this.#pass(asked, limits, pieces);
    const k = Math.min(asked[0]!.k, pieces.codes);
    for (const [i, one] of asked.entries()) {
      const short = answers[i]!.length < k;
      // A likely limit is a guess and the answer is not: where fewer than k lie within it, look again without.
      if (one.limit === undefined && limits[i]! < NO_LIMIT && short)
        [answers[i]] = (await this.#pass([one], [NO_LIMIT], pieces)) as [Hit[]];
      else if (one.limit !== undefined && answers[i]!.length === K_MAX)
        answers[i] = await this.#all(one, one.limit, pieces);
    }
    return answers.map((hits) => ({ hits, compared: pieces.codes }));
  }

  async #pass(asked: readonly Asked[], limits: readonly number[], pieces: PiecesOfPass): Promise<Hit[][]> {
    const { k } = asked[0]!;
    const queries = asked.map(({ code }) => code);
    const pass = { k, counting: this.#counting, queries, limits };
    const lists = await this.#crew.scan(pass, pieces.words, pieces.codes);
    return lists.map((of) => nearestOfLists(of, k));
  }

  /** More than a search can keep lie within the limit: part by part, none of which has so many. */
  async #all(asked: Asked, limit: number, pieces: Pieces): Promise<Hit[]> {
    const keys: number[] = [];
    for (const part of pieces.parts(K_MAX)) {
      const [hits] = await this.#pass([asked], [limit], part);
      for (const { id, distance } of hits!) keys.push(distance * 2 ** 32 + id);
    }
    return Array.from(Float64Array.from(keys).sort(), (key) => ({
      id: key % 2 ** 32,
      distance: Math.floor(key / 2 ** 32),
    }));
  }

  /** A limit that all but certainly leaves k: none under a filter, of which the sample knows nothing. */
  #likely({ code, k, filter }: Asked): number {
    if (filter.allow || filter.group !== undefined) return NO_LIMIT;
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
