import { align, HOPELESS } from "./align.ts";
import { type Comparison, compare, MEASURES, type Measure } from "./compare.ts";
import type { Glance } from "./glance.ts";

/**
 * Logistic regression on the roots of the measures, fitted by
 * `node scripts/fit-duplicates.ts --items 36 --seeds 901,902,903`; no test draws from those malls.
 */
const WEIGHTS: Readonly<Record<Measure | "intercept", number>> = {
  apart: -6.511,
  apartMiddle: -7.676,
  inexact: 3.296,
  rest: -1.817,
  texture: -12.351,
  textureLow: 1.283,
  recoloured: -19.345,
  lighter: -0.802,
  uncovered: -7.908,
  scale: -5.742,
  turn: -0.827,
  intercept: 9.333,
};
/** From here on two pictures count as one, if nothing speaks against it; from CERTAIN on, whatever does. */
export const SURE = 0.85;
export const CERTAIN = 0.98;

/** How likely two pictures are one picture listed twice, 0..1. About 20 ms. */
export function chanceOfSame(a: Glance, b: Glance): number {
  const alignment = align(a, b);
  return alignment.cost > HOPELESS ? 0 : chanceOf(compare(a, b, alignment));
}

export function chanceOf(comparison: Comparison): number {
  let sum = WEIGHTS.intercept;
  for (const measure of MEASURES) sum += WEIGHTS[measure] * Math.sqrt(Math.max(0, comparison[measure]));
  return 1 / (1 + Math.exp(-sum));
}
