import { type Box, boxFromSquare, boxOverlap, isBox, LEAST_SIDE, ordered, type Square } from "./box.ts";
import type { Card } from "./card.ts";
import { sharesOf } from "./shares.ts";

/** A thing in the picture beside its main object. */
export type FurtherObject = {
  box: Box;
  score: number; // 0..1, the probability that something is there
  category: Float32Array; // probabilities over card.categories
};

/** One picture's rows of the outputs that card.outputs.objects names. */
export type ObjectRows = { boxes: Float32Array; scores: Float32Array; categories: Float32Array };

/** Boxes that overlap by more are boxes of one thing. */
const SAME_THING = 0.5;
const MOST = 8;
const LEAST_SCORE = 0.3;

/**
 * The further objects that a network saw in `square` of a picture of `width` x `height` pixels, best first: cut to the
 * picture, those that are likely enough, and of several boxes of one thing the best. `main`: the picture's main object.
 */
export function furtherObjects(
  { boxes, scores, categories }: ObjectRows,
  { square, width, height }: { square: Square; width: number; height: number },
  main: Box,
  card: Pick<Card, "outputs" | "categories" | "views">,
): FurtherObject[] {
  const n = card.categories.length;
  const least = card.views.minObjectScore ?? LEAST_SCORE;
  const found: FurtherObject[] = [];
  for (const [at, score] of scores.entries()) {
    const box = boxFromSquare(ordered(boxes.subarray(at * 4, at * 4 + 4)), square, width, height);
    if (!(score >= least) || !isBox(box, LEAST_SIDE)) continue; // no number, too unlikely, or all in the padding
    const category = sharesOf(categories.slice(at * n, (at + 1) * n), card.outputs.category!.kind);
    found.push({ box, score: Math.min(1, score), category });
  }
  return apart(
    found.sort((a, b) => b.score - a.score),
    main,
  ).slice(0, MOST);
}

/** Those that repeat neither `main` nor one before them that stays. */
export function apart<T extends { box: Box }>(objects: readonly T[], main: Box): T[] {
  const stay: T[] = [];
  for (const one of objects)
    if ([main, ...stay.map(({ box }) => box)].every((box) => boxOverlap(box, one.box) <= SAME_THING)) stay.push(one);
  return stay;
}
