/**
 * Fitted on held-out pairs when the model was trained; it travels in the model's card. `lead`, if there is one, says what
 * it adds that a hit is nearer than every other item (or takes away that another is nearer): `most` at the most, three
 * quarters of it for a lead of `within`, a difference of cosines.
 */
export type ScoreCalibration = { slope: number; intercept: number; lead?: { most: number; within: number } };

/**
 * Probability, 0..1, that a hit at this cosine is the very product: 1 / (1 + exp(-(slope * cosine + most * tanh(lead /
 * within) + intercept))). Among near variants each may be as like the photo as the other, and only one is the product, so
 * likeness alone would promise it many times over.
 */
export function scoreOf(cosine: number, calibration: ScoreCalibration, lead = 0): number {
  const { slope, intercept, lead: counted } = calibration;
  const led = counted ? counted.most * Math.tanh(lead / counted.within) : 0;
  return 1 / (1 + Math.exp(-(slope * cosine + led + intercept)));
}

/**
 * How much nearer than the nearest other item a hit of this cosine is, from all hits, an item each; negative for all but
 * the first. 0 where there is no other: nothing is known of how sure it is then.
 */
export function leadAmong(hits: readonly { cosine: number }[]): (cosine: number) => number {
  let [first, second] = [-Infinity, -Infinity];
  for (const { cosine } of hits) {
    if (cosine > first) [first, second] = [cosine, first];
    else if (cosine > second) second = cosine;
  }
  return (cosine) => (hits.length < 2 ? 0 : cosine - (cosine === first ? second : first));
}
