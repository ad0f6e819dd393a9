import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Box,
  boxFromSquare,
  boxOverlap,
  boxToSquare,
  isBox,
  squareAroundBox,
  squareAroundPicture,
} from "../../src/vision/box.ts";

const side = fc.integer({ min: 1, max: 4000 });
const box = fc
  .tuple(...Array.from({ length: 4 }, () => fc.double({ min: 0, max: 1, noNaN: true })))
  .map(([a, b, c, d]): Box => [Math.min(a!, b!), Math.min(c!, d!), Math.max(a!, b!), Math.max(c!, d!)])
  .filter((b) => isBox(b));

test("a box survives the way into the square and back, whatever the picture's shape", () => {
  fc.assert(
    fc.property(side, side, box, fc.double({ min: 0.5, max: 3, noNaN: true }), (width, height, b, context) => {
      for (const square of [squareAroundPicture(width, height), squareAroundBox(b, width, height, context)]) {
        const back = boxFromSquare(boxToSquare(b, square, width, height), square, width, height);
        for (let i = 0; i < 4; i++) expect(back[i]).toBeCloseTo(b[i]!, 9);
      }
    }),
    { seed: 7 },
  );
});

test("the square around a wide picture covers it exactly, with room above and below", () => {
  expect(squareAroundPicture(300, 100)).toEqual({ left: 0, top: -100, size: 300 });
  expect(boxToSquare([0, 0, 1, 1], { left: 0, top: -100, size: 300 }, 300, 100)).toEqual([0, 1 / 3, 1, 2 / 3]);
});

test("the square around a box keeps its centre and takes its longer side times the context", () => {
  const square = squareAroundBox([0.25, 0.4, 0.75, 0.6], 200, 100, 1.5);
  expect(square).toEqual({ left: 100 - 75, top: 50 - 75, size: 150 });
});

test("what the square shows beyond the picture is no part of a box", () => {
  expect(boxFromSquare([0, 0, 1, 1], { left: -50, top: 0, size: 200 }, 100, 100)).toEqual([0, 0, 1, 1]);
});

test.each([
  [[0, 0, 1, 1], true],
  [[0.5, 0, 0.4, 1], false],
  [[0, 0, 1, 1.01], false],
  [[Number.NaN, 0, 1, 1], false],
  [[0, 0, 1], false],
  [[0.2, 0.2, 0.2, 0.9], false],
])("isBox(%j) is %s", (b, expected) => {
  expect(isBox(b as number[])).toBe(expected);
});

test("box overlap equals counting cells, is symmetric, and 0 for boxes that only touch", () => {
  const corner = fc.integer({ min: 0, max: 12 });
  const box = fc
    .tuple(corner, corner, corner, corner)
    .filter(([x1, y1, x2, y2]) => x1 < x2 && y1 < y2)
    .map(([x1, y1, x2, y2]) => [x1 / 12, y1 / 12, x2 / 12, y2 / 12] as const);
  fc.assert(
    fc.property(box, box, (a, b) => {
      let both = 0;
      let either = 0;
      for (let x = 0.5; x < 12; x++)
        for (let y = 0.5; y < 12; y++) {
          const inside = (c: readonly number[]) => x / 12 > c[0]! && x / 12 < c[2]! && y / 12 > c[1]! && y / 12 < c[3]!;
          if (inside(a) && inside(b)) both++;
          if (inside(a) || inside(b)) either++;
        }
      expect(boxOverlap(a, b)).toBeCloseTo(both / either, 9);
      expect(boxOverlap(a, b)).toBeCloseTo(boxOverlap(b, a), 12);
    }),
    { seed: 22 },
  );
});
