/** Fitted on held-out pairs when the model was trained; it travels in the model's card. */
export type ScoreCalibration = { slope: number; intercept: number };

/** Probability, 0..1, that a hit at this cosine is the very product: 1 / (1 + exp(-(slope * cosine + intercept))). */
export function scoreOf(cosine: number, { slope, intercept }: ScoreCalibration): number {
  return 1 / (1 + Math.exp(-(slope * cosine + intercept)));
}
