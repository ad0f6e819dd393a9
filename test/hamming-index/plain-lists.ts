import { assign, type Centroids, Ranker, type Sample, sortByList } from "../../src/hamming-index/coarse/index.ts";
import type { Compare } from "../../src/hamming-index/coarse/search.ts";
import { everyDistance, type Hit } from "../../src/hamming-index/index.ts";
import { oracleOf } from "./random-codes.ts";

/** Codes in lists, in plain arrays: what the coarse search walks through, by loops that anyone can check. */
export class PlainLists {
  readonly ranker: Ranker;
  readonly listOf: Uint32Array;
  readonly order: Uint32Array;
  readonly starts: Uint32Array;
  readonly #codes: Uint8Array;
  readonly #ids: Uint32Array;

  constructor(codes: Uint8Array, ids: Uint32Array, centroids: Centroids) {
    const lists = centroids.lists.length / 64;
    this.#codes = codes;
    this.#ids = ids;
    this.ranker = new Ranker(centroids.lists);
    this.listOf = assign(codes, centroids);
    ({ order: this.order, starts: this.starts } = sortByList(this.listOf, lists));
  }

  /** Codes in each list, or those allowed. */
  sizes(allow: (id: number) => boolean = () => true): Uint32Array {
    const sizes = new Uint32Array(this.starts.length - 1);
    for (const [i, list] of this.listOf.entries()) if (allow(this.#ids[i]!)) sizes[list]!++;
    return sizes;
  }

  compare(query: Uint8Array, k: number, allow: (id: number) => boolean = () => true): Compare {
    const distances = everyDistance(this.#codes, query);
    return async (lists, limit) => {
      const keys: number[] = [];
      for (const list of lists)
        for (const at of this.order.subarray(this.starts[list]!, this.starts[list + 1]!))
          if (distances[at]! <= limit && allow(this.#ids[at]!)) keys.push(distances[at]! * 2 ** 32 + this.#ids[at]!);
      const compared = lists.reduce((sum, list) => sum + this.starts[list + 1]! - this.starts[list]!, 0);
      return { hits: Array.from(Float64Array.from(keys).sort().subarray(0, k), hitOf), compared };
    };
  }

  /** Own codes as queries, with the exact answer of each. */
  samples(count: number, k: number): Sample[] {
    const sizes = this.sizes();
    return Array.from({ length: count }, (_, i) => {
      const at = Math.floor(((i + 0.5) * this.#ids.length) / count);
      const query = this.#codes.subarray(at * 64, (at + 1) * 64);
      const self = this.#ids[at]!;
      const hits = oracleOf(this.#ids, this.#codes, query, k + 1).filter(({ id }) => id !== self);
      const places = new Map(Array.from(this.#ids, (id, place) => [id, place]));
      return {
        query,
        self,
        ids: Uint32Array.from(hits, ({ id }) => id),
        distances: Uint16Array.from(hits, ({ distance }) => distance),
        lists: Uint32Array.from(hits, ({ id }) => this.listOf[places.get(id)!]!),
        sizes,
      };
    });
  }
}

const hitOf = (key: number): Hit => ({ id: key % 2 ** 32, distance: Math.floor(key / 2 ** 32) });
