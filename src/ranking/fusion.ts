/** What both branches gave the right answer for one held-out picture, each in (0, 1]. */
export type Testimony = { model: number; vote: number };

/** Used when there is nothing to learn from. */
export const DEFAULT_MODEL_WEIGHT = 0.5;

/** p = a p_model + (1 - a) p_search (KDD'18: a weighted sum, weights unpublished). Both sum to 1, and so does the result. */
export function fuse(model: Float64Array, vote: Float64Array, modelWeight: number): Float64Array {
  return model.map((p, c) => modelWeight * p + (1 - modelWeight) * vote[c]!);
}

/**
 * The model's weight a in [0, 1] that makes held-out truths most likely. Likelihood rather than accuracy: it is concave
 * in a, so the answer is one and does not jump with a single picture. Found by bisection of its derivative.
 */
export function fitModelWeight(testimonies: readonly Testimony[]): number {
  if (testimonies.length === 0) return DEFAULT_MODEL_WEIGHT;
  const slope = (a: number) => {
    let sum = 0;
    for (const { model, vote } of testimonies) sum += (model - vote) / Math.max(1e-12, a * model + (1 - a) * vote);
    return sum;
  };
  if (slope(0) === 0 && slope(1) === 0) return DEFAULT_MODEL_WEIGHT; // both always agree
  if (slope(0) <= 0) return 0;
  if (slope(1) >= 0) return 1;
  let low = 0;
  let high = 1;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (slope(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
