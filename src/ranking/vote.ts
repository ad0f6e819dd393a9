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

/** Part of every vote that is spread evenly, so that an unseen class never has likelihood 0. */
export const VOTE_EPSILON = 1e-3;

/** How many neighbours vote among `pictures`: 30, or a quarter of a small catalog, at least 1. */
export function voters(pictures: number): number {
  return Math.max(1, Math.min(30, Math.floor(pictures / 4)));
}

/**
 * Probability of each class, smoothed by VOTE_EPSILON, sum 1; all equal if nobody votes.
 * lambda >= 0: 0 counts heads, larger listens to the nearest only.
 */
export function voteShares(ballot: Ballot, lambda: number, classes: number): Float64Array {
  const shares = new Float64Array(classes);
  if (classes === 0) return shares;
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < ballot.labels.length; i++)
    if (ballot.labels[i]! >= 0) nearest = Math.min(nearest, ballot.distances[i]!);
  let total = 0;
  for (let i = 0; i < ballot.labels.length; i++) {
    const label = ballot.labels[i]!;
    if (label < 0) continue;
    const d = ballot.distances[i]!;
    const weight = Math.exp(-lambda * (d * d - nearest * nearest)); // shifted: shares stay, nothing underflows
    shares[label] = shares[label]! + weight;
    total += weight;
  }
  for (let c = 0; c < classes; c++)
    shares[c] = total === 0 ? 1 / classes : (1 - VOTE_EPSILON) * (shares[c]! / total) + VOTE_EPSILON / classes;
  return shares;
}
