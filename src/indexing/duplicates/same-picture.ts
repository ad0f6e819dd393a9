import { type Alignment, alignClose, alignSmall } from "./align.ts";
import { type Comparison, compare, type Measure } from "./compare.ts";
import type { Glance } from "./glance.ts";
import { placesOf, type Relief } from "./place.ts";

/** Logistic regression on the roots of the measures; none counts in a picture's favour. */
export type Weights = Readonly<Partial<Record<Measure, number>> & { intercept: number }>;

/** Fitted as `node scripts/fit-duplicates.ts` does, on 900 items of the malls 901 to 903, which no test draws from. */
const FIRST: Weights = {
  ground: -1.833,
  texture: -2.086,
  moved: -1.208,
  tinted: -9.871,
  tintedMore: -4.763,
  otherwise: -3.078,
  recoloured: -7.876,
  marked: -2.523,
  uncovered: -4.018,
  intercept: 9.4,
};
const SECOND: Weights = {
  solid: -7.073,
  ground: -0.214,
  moved: -3.469,
  tinted: -0.019,
  otherwise: -6.777,
  recoloured: -5.364,
  marked: -1.448,
  intercept: 8.539,
};

/** A pair that is less likely the same at the first look gets no second one. */
export const WORTH_A_LOOK = 0.06;

/** From here on two pictures count as one. */
export const SURE = 0.96;

/** One photo with a trim in another colour shows this much of it; of the ten changes, what no watermark explains does not. */
const HUED = 0.03;

/** Where A lies on B, by two small pictures alone; null: they are not the same, as nearly all are that are not. */
export function firstLook(a: Small, b: Small): Alignment | null {
  const at = alignSmall(a.glance, b.glance, placesOf(a.relief, b.relief));
  return at && chanceOf(compare(a.glance, b.glance, at), FIRST) >= WORTH_A_LOOK ? at : null;
}

/** A picture of SMALL pixels, and what the search for its place needs. */
export type Small = Readonly<{ glance: Glance; relief: Relief }>;

/** How likely two pictures are one picture listed twice, 0..1. `at`: where the first look found them; CLOSE pictures. */
export function secondLook(a: Glance, b: Glance, at: Alignment): number {
  const place = alignClose(a, b, at);
  if (!place) return 0;
  const comparison = compare(a, b, place);
  if (comparison.hued > HUED && comparison.marked === 0) return 0;
  return chanceOf(comparison, SECOND);
}

function chanceOf(comparison: Comparison, { intercept, ...weights }: Weights): number {
  let sum = intercept;
  for (const [measure, weight] of Object.entries(weights))
    sum += weight * Math.sqrt(Math.max(0, comparison[measure as Measure]));
  return 1 / (1 + Math.exp(-sum));
}
