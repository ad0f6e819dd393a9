/**
 * The search branch of the category guess: the nearest pictures vote, near ones louder.
 * Source: Visual Search at Alibaba (KDD'18), section on category prediction: w = exp(-lambda d^2) over the 30 nearest.
 */

/** What one query's neighbours say; both arrays have one entry a neighbour, in any order. */
export type Ballot = {
  /** Hamming distance / code bits, 0..1, so that lambda does not depend on the code's width. */
  distances: Float64Array;
  /** Class of the neighbour, 0..classes-1; -1 for one without a category, which does not vote. */
  labels: Int32Array;
};

/** How many neighbours vote among `pictures`: 30, or a quarter of a small catalog, at least 1. */
export function voters(pictures: number): number {
  return Math.max(1, Math.min(30, Math.floor(pictures / 4)));
}
