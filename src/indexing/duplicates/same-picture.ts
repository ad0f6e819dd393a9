import { type Alignment, alignClose, alignSmall } from "./align.ts";
import { type Comparison, compare, type Measure } from "./compare.ts";
import type { Glance } from "./glance.ts";
import { placesOf, type Relief } from "./place.ts";

/** Logistic regression on the roots of the measures; none counts in a picture's favour. */
export type Weights = Readonly<Partial<Record<Measure, number>> & { intercept: number }>;

/** Both fitted by `node scripts/fit-duplicates.ts --items 400 --seeds 901,902,903`, on malls that no test draws from. */
const FIRST: Weights = {
  solid: -1.068,
  ground: -2.263,
  texture: -1.297,
  moved: -0.607,
  tinted: -9.764,
  tintedMore: -5.378,
  otherwise: -3.372,
  recoloured: -7.319,
  marked: -2.593,
  uncovered: -4.224,
  intercept: 9.314,
};
const SECOND: Weights = {
  solid: -6.887,
  ground: -0.188,
  moved: -2.972,
  otherwise: -7.304,
  recoloured: -4.909,
  marked: -1.526,
  uncovered: -0.113,
  intercept: 8.371,
};

/** A pair that is less likely the same at the first look gets no second one. */
const WORTH_A_LOOK = 0.05;
/** Mean brightness that stays apart on the small pictures, from which on they are not compared any further. */
export const HOPELESS = 15;

/** From here on two pictures count as one, if nothing speaks against it; from CERTAIN on, whatever does. */
export const SURE = 0.965;
export const CERTAIN = 0.98;

/** Where A lies on B, by two small pictures alone; null: they are not the same, as nearly all are that are not. */
export function firstLook(a: Small, b: Small): Alignment | null {
  const at = alignSmall(a.glance, b.glance, placesOf(a.relief, b.relief));
  if (at.cost > HOPELESS) return null;
  return chanceOf(compare(a.glance, b.glance, at), FIRST) >= WORTH_A_LOOK ? at : null;
}

/** A picture of SMALL pixels, and what the search for its place needs. */
export type Small = Readonly<{ glance: Glance; relief: Relief }>;

/** How likely two pictures are one picture listed twice, 0..1. `at`: where the first look found them; CLOSE pictures. */
export function secondLook(a: Glance, b: Glance, at: Alignment): number {
  return chanceOf(compare(a, b, alignClose(a, b, at)), SECOND);
}

function chanceOf(comparison: Comparison, { intercept, ...weights }: Weights): number {
  let sum = intercept;
  for (const [measure, weight] of Object.entries(weights))
    sum += weight * Math.sqrt(Math.max(0, comparison[measure as Measure]));
  return 1 / (1 + Math.exp(-sum));
}
