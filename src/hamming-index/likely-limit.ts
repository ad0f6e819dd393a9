import { CODE_BITS } from "./layout.ts";

/**
 * A distance within which at least `wanted` codes lie, all but certainly, by the counts of a sample that has `share` of
 * them (0 … 1); 512 where the sample is too small to say. It spares the scan its first ten thousand candidates, each of
 * which costs a mispredicted branch.
 *
 * Were the codes in no order, the nearest would put Poisson(wanted x share) codes in the sample; the rank taken lies
 * four standard deviations and four codes above that, so one search in more than 10,000 is done twice.
 */
export function likelyLimit(counts: Uint32Array, wanted: number, share: number): number {
  const mean = wanted * share;
  const rank = Math.ceil(mean + 4 * Math.sqrt(mean) + 4);
  for (let limit = 0, sum = 0; limit < CODE_BITS; limit++) {
    sum += counts[limit]!;
    if (sum >= rank) return limit;
  }
  return CODE_BITS;
}
