import { CODE_BITS } from "../layout.ts";
import type { Ranking } from "./ranker.ts";
import type { Reach } from "./reach.ts";

/** Codes compared before the first look at how near the k-th is: this many, or FIRST_PER_K for each of the k. */
const FIRST = 2048;
const FIRST_PER_K = 4;
/** What is left is compared in one go if it is no more than this: 512 KB of codes. */
const LAST = 8192;

/**
 * Which lists a query still needs. Lists are taken in shells: all whose centroids are equally far. After each part the
 * k-th distance t found so far says, by `reach`, which share of the codes within t lies in the lists taken; when that is
 * the `target`, the walk ends. A query in a crowd stops early, one in the open goes on: nothing is fixed beforehand but
 * the target. Parts grow so that few looks are needed, and stop half-way to where t now says the end is, because t falls.
 */
export class Walk {
  readonly #order: Uint32Array;
  readonly #shells: Uint32Array;
  readonly #reach: Reach;
  readonly #target: number;
  readonly #k: number;
  readonly #codes = new Float64Array(CODE_BITS + 1);
  #below = 0;

  /** `sizes`: codes that may match in each list; `target` 0 … 1, where 1 is every list. */
  constructor(ranking: Ranking, sizes: Uint32Array, reach: Reach, target: number, k: number) {
    this.#order = ranking.order;
    this.#shells = ranking.shells;
    this.#reach = reach;
    this.#target = target;
    this.#k = k;
    // List by list, not by their order, which would jump about: half the time.
    const { distances } = ranking;
    const codes = this.#codes;
    for (let list = 0; list < sizes.length; list++) codes[distances[list]!]! += sizes[list]!;
  }

  /** The lists to compare next, none with codes among them when the walk has ended; `t` is the k-th distance, undefined below k codes. */
  next(t: number | undefined): Uint32Array {
    const from = this.#below;
    if (t === undefined) this.#take(Math.max(FIRST, this.#k * FIRST_PER_K, 2 * this.#between(0, from)), CODE_BITS + 1);
    else {
      const end = this.#end(t);
      const left = this.#between(from, end);
      this.#take(left <= LAST ? left : Math.max(LAST, left / 2), end);
    }
    return this.#order.subarray(this.#shells[from]!, this.#shells[this.#below]!);
  }

  /** The share of the answer that the lists taken so far should hold, 0 … 1. */
  covered(t: number | undefined): number {
    if (this.#below > CODE_BITS) return 1;
    return t === undefined ? 0 : this.#reach.covered(this.#codes, t, this.#below);
  }

  /** The first shell that need not be taken. */
  #end(t: number): number {
    if (this.#target >= 1) return CODE_BITS + 1;
    let [low, high] = [this.#below, CODE_BITS + 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#reach.covered(this.#codes, t, middle) >= this.#target) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Shells until they have so many codes, or to `end`, with the empty ones that follow. */
  #take(codes: number, end: number): void {
    for (let taken = 0; this.#below < end; this.#below++) {
      const here = this.#codes[this.#below]!;
      if (here > 0 && taken >= codes) break;
      taken += here;
    }
  }

  #between(from: number, to: number): number {
    let codes = 0;
    for (let distance = from; distance < Math.min(to, CODE_BITS + 1); distance++) codes += this.#codes[distance]!;
    return codes;
  }
}
