import { CODE_BITS, SAMPLE_STEP } from "./layout.ts";

/**
 * A distance within which at least `k` codes lie, all but certainly, by the counts of a sample of one code in
 * SAMPLE_STEP; 512 where the sample is too small to say. It spares the scan its first ten thousand candidates, each of
 * which costs a mispredicted branch.
 *
 * Were the codes in no order, the k nearest would put Poisson(k / SAMPLE_STEP) codes in the sample; the rank taken lies
 * four standard deviations and four codes above that, so one search in more than 10,000 is done twice.
 */
export function likelyLimit(counts: Uint32Array, k: number): number {
  const mean = k / SAMPLE_STEP;
  const rank = Math.ceil(mean + 4 * Math.sqrt(mean) + 4);
  for (let limit = 0, sum = 0; limit < CODE_BITS; limit++) {
    sum += counts[limit]!;
    if (sum >= rank) return limit;
  }
  return CODE_BITS;
}
