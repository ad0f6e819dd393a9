import fc from "fast-check";
import { expect, test } from "vitest";
import { Bitmap } from "../../src/hamming-index/index.ts";

const id = fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 4294967295 }));

test("a bitmap is a set of ids", () => {
  fc.assert(
    fc.property(fc.array(id, { maxLength: 300 }), fc.array(id), (ids, others) => {
      const set = new Set(ids);
      const bitmap = Bitmap.of(ids);
      expect(bitmap.size).toBe(set.size);
      for (const one of [...ids, ...others]) expect(bitmap.has(one)).toBe(set.has(one));
      const seen: number[] = [];
      bitmap.forEach((one) => void seen.push(one));
      expect(seen.sort((a, b) => a - b)).toEqual([...set].sort((a, b) => a - b));
    }),
    { seed: 7 },
  );
});

test.each([-1, 0.5, 4294967296, Number.NaN])("%d is no id", (wrong) => {
  expect(() => Bitmap.of([1, wrong])).toThrow(expect.objectContaining({ code: "INDEX_ID" }));
});
