import { CODE_BITS } from "../layout.ts";
import type { Ranking } from "./ranker.ts";
import type { SampledCodes } from "./sampled.ts";

/** Distances of centroids, and of codes, are told apart in steps of this many bits. */
const STEP = 4;
const ROWS = CODE_BITS / STEP + 1;

/** A query of which it is known where its nearest codes lie: list `lists[i]` has the i-th, at `distances[i]`, ascending. */
export type Answered = {
  readonly query: Uint8Array;
  readonly distances: Uint16Array;
  readonly lists: Uint32Array;
  /** Codes that it could have found in each list. */
  readonly sizes: Uint32Array;
  /** The only group that it could have found; undefined: any. */
  readonly group?: number | undefined;
};

/**
 * How many codes within t of a query are to be expected in a list, by the distance D of its centroid: the share of all
 * codes in lists at D that lay within t, over queries that were answered exactly. What counts are ratios between lists,
 * so that a query with far neighbours and one with near ones are served by the same table, each at its own t.
 */
export class Reach {
  readonly #share: Float32Array; // by t, then D

  private constructor(share: Float32Array) {
    this.#share = share;
  }

  /**
   * `rank` puts the lists in order for a query. An answer tells of distances up to its last code's; for those beyond, where a
   * stranger's photo may well have its neighbours, `sampled` is looked at, if there is any.
   */
  static of(
    answered: readonly Answered[],
    rank: (query: Uint8Array) => Ranking,
    sampled: SampledCodes | undefined,
  ): Reach {
    const within = new Float64Array(ROWS * ROWS);
    const looked = new Float64Array(ROWS * ROWS);
    for (const { query, distances, lists, sizes, group } of answered) {
      const { distances: distanceOf } = rank(query);
      const codes = new Float64Array(ROWS);
      for (let list = 0; list < sizes.length; list++) codes[Math.floor(distanceOf[list]! / STEP)]! += sizes[list]!;
      // Below the last distance known, every code within is among those known.
      const farthest = Math.floor((distances.at(-1) ?? 0) / STEP);
      const near = new Float64Array(ROWS);
      let next = 0;
      for (let t = 0; t < farthest; t++) {
        for (; next < distances.length && distances[next]! < (t + 1) * STEP; next++)
          near[Math.floor(distanceOf[lists[next]!]! / STEP)]!++;
        for (let row = 0; row < ROWS; row++) {
          within[t * ROWS + row]! += near[row]!;
          looked[t * ROWS + row]! += codes[row]!;
        }
      }
      if (!sampled) continue;
      const { counts, scale } = spread(sampled, query, group, distanceOf, sizes);
      near.fill(0);
      for (let t = 0; t < ROWS; t++)
        for (let row = 0; row < ROWS; row++) {
          near[row]! += counts[t * ROWS + row]! * scale;
          if (t < farthest) continue;
          within[t * ROWS + row]! += near[row]!;
          looked[t * ROWS + row]! += codes[row]!;
        }
    }
    return new Reach(Float32Array.from(within, (count, i) => (count > 0 ? count / looked[i]! : 0)));
  }

  /**
   * The share of the codes within `t` that lies in lists at centroid distances below `below`; `codes`: how many codes lie
   * at each distance 0 … 512. Where nothing is known of such lists at t, the next larger t at which something is; 0 where
   * there is none.
   */
  covered(codes: Float64Array, t: number, below: number): number {
    for (let row = Math.floor(t / STEP); row < ROWS; row++) {
      let near = 0;
      let all = 0;
      for (let distance = 0; distance <= CODE_BITS; distance++) {
        const expected = codes[distance]! * this.#share[row * ROWS + Math.floor(distance / STEP)]!;
        all += expected;
        if (distance < below) near += expected;
      }
      if (all > 0) return near / all;
    }
    return 0;
  }

  /** As it is stored: rows x rows float32. */
  get table(): Float32Array {
    return this.#share;
  }

  /** Floats of a table. */
  static readonly SIZE = ROWS * ROWS;

  static from(table: Float32Array): Reach {
    return new Reach(table);
  }
}

/** How many of the sampled codes are at each distance in lists at each distance, and how many codes each stands for. */
function spread(
  sampled: SampledCodes,
  query: Uint8Array,
  group: number | undefined,
  distanceOf: Uint16Array,
  sizes: Uint32Array,
): { counts: Uint32Array; scale: number } {
  const { lists, groups } = sampled;
  const distances = sampled.distances(query);
  const counts = new Uint32Array(ROWS * ROWS);
  let counted = 0;
  for (let i = 0; i < lists.length; i++) {
    if (sizes[lists[i]!] === 0 || (group !== undefined && groups[i] !== group)) continue;
    counts[Math.floor(distances[i]! / STEP) * ROWS + Math.floor(distanceOf[lists[i]!]! / STEP)]!++;
    counted++;
  }
  return { counts, scale: counted > 0 ? sizes.reduce((sum, size) => sum + size, 0) / counted : 0 };
}
