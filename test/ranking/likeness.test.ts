import fc from "fast-check";
import { expect, test } from "vitest";
import { type Found, mostAgreeingFirst, POINTS_DEPTH } from "../../src/ranking/index.ts";
import { likenessWith } from "../../src/ranking/likeness.ts";

test("likeness grows with points that agree, by a fifth at the most, and not by as many as chance has", () => {
  expect(likenessWith(0.6, 0)).toBe(0.6);
  expect(likenessWith(0.6, 4)).toBe(0.6);
  expect(likenessWith(0.6, 44)).toBeCloseTo(0.6 + 0.2 * Math.tanh(1), 12);
  fc.assert(
    fc.property(fc.double({ min: -1, max: 1, noNaN: true }), fc.nat(600), (cosine, points) => {
      expect(likenessWith(cosine, points + 1)).toBeGreaterThanOrEqual(likenessWith(cosine, points));
      expect(likenessWith(cosine, points)).toBeLessThanOrEqual(cosine + 0.2);
    }),
  );
});

test("the first items are put in the order of likeness with points, equals stay, and no other item moves", () => {
  const lists = fc.array(fc.tuple(fc.constantFrom(0.9, 0.7, 0.5), fc.constantFrom(0, 4, 30, 400)), { maxLength: 25 });
  fc.assert(
    fc.property(lists, (drawn) => {
      const found: Found[] = drawn
        .toSorted(([a], [b]) => b - a)
        .map(([likeness], i) => ({ itemId: `${i}`, variantId: null, imageId: i, distance: 0, likeness }));
      const points = drawn.slice(0, POINTS_DEPTH).map(([, points]) => points);
      const ordered = mostAgreeingFirst(found, points);
      const first = found
        .slice(0, POINTS_DEPTH)
        .map((item, i) => ({ ...item, likeness: likenessWith(item.likeness, points[i]!) }));
      const at = ({ itemId }: Found) => Number(itemId);
      expect(ordered.slice(0, POINTS_DEPTH)).toEqual(
        first.toSorted((a, b) => b.likeness - a.likeness || at(a) - at(b)),
      );
      expect(ordered.slice(POINTS_DEPTH)).toEqual(found.slice(POINTS_DEPTH));
      expect(ordered.map(({ likeness }) => likeness)).toEqual(
        ordered.map(({ likeness }) => likeness).toSorted((a, b) => b - a),
      );
    }),
  );
});
