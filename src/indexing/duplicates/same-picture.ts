import { align, HOPELESS } from "./align.ts";
import { type Comparison, compare, MEASURES, type Measure } from "./compare.ts";
import type { Glance } from "./glance.ts";

/**
 * Logistic regression on the roots of the measures, fitted by `node scripts/fit-duplicates.ts` on malls of seeds
 * 901 to 904; no test draws from them.
 */
const WEIGHTS: Readonly<Record<Measure | "intercept", number>> = {
  apart: -3.348,
  apartMiddle: -3.976,
  inexact: -1.012,
  rest: -1.966,
  texture: -5.287,
  textureLow: -1.217,
  recoloured: -9.802,
  lighter: 0.41,
  uncovered: -11.547,
  scale: -0.793,
  turn: 2.074,
  intercept: 7.539,
};
/** From here on two pictures count as one. */
export const SURE = 0.8;

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
