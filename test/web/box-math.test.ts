import fc from "fast-check";
import { expect, test } from "vitest";
import { askOf, linkOf } from "../../web/src/ask.ts";
import {
  type Box,
  centred,
  HANDLES,
  MIN_SIDE,
  moved,
  overlap,
  resized,
  rounded,
  scaled,
  WHOLE,
} from "../../web/src/box-math.ts";

const SEED = 20240;
const near = 1e-9;
const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const step = fc.double({ min: -2, max: 2, noNaN: true });
/** Any box at least as large as the smallest that a hand can make. */
const boxes = fc.tuple(fraction, fraction, fraction, fraction).map(([a, b, c, d]): Box => {
  const w = MIN_SIDE + (1 - MIN_SIDE) * c;
  const h = MIN_SIDE + (1 - MIN_SIDE) * d;
  return [a * (1 - w), b * (1 - h), a * (1 - w) + w, b * (1 - h) + h];
});

function inside([x1, y1, x2, y2]: Box): void {
  for (const x of [x1, y1, x2, y2]) {
    expect(x).toBeGreaterThanOrEqual(-near);
    expect(x).toBeLessThanOrEqual(1 + near);
  }
  expect(x2 - x1).toBeGreaterThanOrEqual(MIN_SIDE - near);
  expect(y2 - y1).toBeGreaterThanOrEqual(MIN_SIDE - near);
}

test("a moved box keeps its size and stays in the picture, however far it is thrown", () => {
  fc.assert(
    fc.property(boxes, step, step, (box, dx, dy) => {
      for (const after of [moved(box, dx, dy), centred(box, dx, dy)]) {
        inside(after);
        expect(after[2] - after[0]).toBeCloseTo(box[2] - box[0], 9);
        expect(after[3] - after[1]).toBeCloseTo(box[3] - box[1], 9);
      }
    }),
    { seed: SEED },
  );
});

test("a pulled handle moves its own sides only, and they never cross", () => {
  fc.assert(
    fc.property(boxes, fc.constantFrom(...HANDLES), step, step, (box, handle, dx, dy) => {
      const after = resized(box, handle, dx, dy);
      inside(after);
      if (handle[0] >= 0) expect(after[0]).toBe(box[0]);
      if (handle[1] >= 0) expect(after[1]).toBe(box[1]);
      if (handle[0] <= 0) expect(after[2]).toBe(box[2]);
      if (handle[1] <= 0) expect(after[3]).toBe(box[3]);
    }),
    { seed: SEED },
  );
});

test("a scaled box stays in the picture", () => {
  fc.assert(
    fc.property(boxes, fc.double({ min: 0.1, max: 10, noNaN: true }), (box, factor) => inside(scaled(box, factor))),
    { seed: SEED },
  );
});

test("overlap is 1 for the same box, 0 for boxes apart, the same both ways", () => {
  fc.assert(
    fc.property(boxes, boxes, (a, b) => {
      expect(overlap(a, a)).toBeCloseTo(1, 9);
      expect(overlap(a, b)).toBe(overlap(b, a));
      expect(overlap(a, b)).toBeLessThanOrEqual(1 + near);
    }),
    { seed: SEED },
  );
  expect(overlap([0, 0, 0.4, 1], [0.6, 0, 1, 1])).toBe(0);
  expect(overlap([0, 0, 0.5, 1], WHOLE)).toBe(0.5);
});

test("a link says the whole search and reads back as it was", () => {
  const text = fc.string({ minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(
      text,
      text,
      fc.constantFrom("photo", "url", "item"),
      boxes,
      text,
      (catalog, id, kind, box, category) => {
        const ask = { catalog, subject: { [kind]: id }, box: rounded(box), category };
        expect(askOf(linkOf(ask), undefined, "other")).toEqual(ask);
      },
    ),
    { seed: SEED },
  );
});

test.each(["", "?c=main", "?box=0,0,1,1", "?photo="])("%j asks nothing", (link) => {
  expect(askOf(link, undefined, "main")).toBeNull();
});

test.each(["1,2,3", "0.5,0,0.2,1", "a,b,c,d", "0,0,2,2", ""])("a link with the box %j searches without it", (box) => {
  expect(askOf(`?item=a&box=${box}`, undefined, "main")).toEqual({
    catalog: "main",
    subject: { item: "a" },
    box: null,
    category: null,
  });
});
