import fc from "fast-check";
import { expect, test } from "vitest";
import { kindTable, sharesOfKind } from "../../src/ranking/index.ts";

const KINDS = 3;
const CLASSES = 2;
const model = fc
  .array(fc.integer({ min: 1, max: 100 }), { minLength: KINDS, maxLength: KINDS })
  .filter((counts) => new Set(counts).size === KINDS) // one kind is likeliest
  .map((counts) => Float32Array.from(counts, (n) => n / counts.reduce((a, b) => a + b)));
const pictures = fc.array(fc.record({ model, truth: fc.integer({ min: 0, max: CLASSES - 1 }) }), { maxLength: 500 });
const kindOf = (shares: Float32Array) => shares.indexOf(Math.max(...shares));

test("shares are counted among the pictures of the same likeliest kind, and lack one or half a percent of all to 1", () => {
  fc.assert(
    fc.property(pictures, model, (list, asked) => {
      const alike = list.filter((one) => kindOf(one.model) === kindOf(asked));
      const elsewhere = Math.max(1, list.length / 200);
      const expected = [0, 1].map((c) => alike.filter(({ truth }) => truth === c).length / (alike.length + elsewhere));
      const shares = [...sharesOfKind(kindTable(list, CLASSES), asked)];
      for (const [c, share] of shares.entries()) expect(share).toBeCloseTo(expected[c]!, 12);
    }),
    { seed: 31 },
  );
});

test("a model without kinds, and a catalog without pictures, say nothing", () => {
  const none = new Float32Array(0);
  expect([...sharesOfKind(kindTable([{ model: none, truth: 1 }], CLASSES), none)]).toEqual([0, 0]);
  expect([...sharesOfKind(kindTable([], CLASSES), Float32Array.of(0.2, 0.8, 0))]).toEqual([0, 0]);
});
