import type { Found } from "./order.ts";

/** By so many points do unrelated pictures agree. */
const BY_CHANCE = 4;
/** What points add to a cosine at the most, and how many give three quarters of it. Chosen on mall 12 and on packages of three folds of products that training never met. */
const MOST_ADDED = 0.2;
const POINTS = 40;

/** Likeness of a photo and a picture of which `points` agree (vision's `agreement`): the cosine of their features, or more, 0.2 at the most. */
export function likenessWith(cosine: number, points: number): number {
  return cosine + MOST_ADDED * Math.tanh(Math.max(0, points - BY_CHANCE) / POINTS);
}

/** Points are counted for so many first items; what is not among them is seldom the product. */
export const POINTS_DEPTH = 10;

/** The first POINTS_DEPTH items anew by likeness with points, `points` for each of them; the rest as they are. Equals keep their order. */
export function mostAgreeingFirst(found: readonly Found[], points: readonly number[]): Found[] {
  const first = found.slice(0, POINTS_DEPTH).map((item, at) => {
    return { ...item, likeness: likenessWith(item.likeness, points[at]!) };
  });
  return [...first.sort((a, b) => b.likeness - a.likeness), ...found.slice(POINTS_DEPTH)];
}
