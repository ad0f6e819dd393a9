import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { carry, DEFAULT_MODEL_WEIGHT, fitModelWeight, fitTransfer, fuse, poolRare } from "../../src/ranking/index.ts";
import { mulberry32 } from "./random.ts";

const KINDS = 4;

/** Pictures of a model that is calibrated but unsure: the truth is drawn from what it said. */
function calibrated(count: number, seed: number, rename: (m: number) => number) {
  const random = mulberry32(seed);
  return Array.from({ length: count }, () => {
    const raw = Array.from({ length: KINDS }, () => random() ** 4);
    const sum = raw.reduce((a, b) => a + b, 0);
    const model = Float32Array.from(raw, (p) => p / sum);
    let left = random();
    let truth = 0;
    while (truth < KINDS - 1 && left >= model[truth]!) left -= model[truth++]!;
    return { model, truth: rename(truth) };
  });
}

describe("the transfer table", () => {
  test("is the identity, nearly, for a shop that has the model's own categories", () => {
    const { table } = fitTransfer(
      calibrated(4000, 3, (m) => m),
      KINDS,
      KINDS,
    );
    for (let m = 0; m < KINDS; m++) expect(table[m * KINDS + m]).toBeGreaterThan(0.93);
  });

  test("finds a permutation and a merge without looking at names", () => {
    const merged = fitTransfer(
      calibrated(4000, 4, (m) => (m < 2 ? 1 : 0)),
      KINDS,
      2,
    );
    expect([0, 1, 2, 3].map((m) => (merged.table[m * 2 + 1]! > 0.9 ? 1 : 0))).toEqual([1, 1, 0, 0]);
  });

  test("every row sums to 1 and is positive, with any data or none", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 3 }), fc.nat(4))),
        (drawn) => {
          const pictures = drawn.map(([model, truth]) => ({ model: Float32Array.from(model, (p) => p / 10), truth }));
          const { table } = fitTransfer(pictures, 3, 5);
          for (let m = 0; m < 3; m++) {
            const row = table.subarray(m * 5, m * 5 + 5);
            expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
            expect(Math.min(...row)).toBeGreaterThan(0);
          }
        },
      ),
      { seed: 6, numRuns: 50 },
    );
  });

  test("more rounds would not be much likelier: the fit beats counting", () => {
    const pictures = calibrated(1500, 8, (m) => (m + 1) % KINDS);
    const likelihood = (table: Float64Array) =>
      pictures.reduce(
        (sum, { model, truth }) => sum + Math.log(carry(model, { from: KINDS, to: KINDS, table })[truth]!),
        0,
      );
    const counted = new Float64Array(KINDS * KINDS);
    for (const { model, truth } of pictures) for (let m = 0; m < KINDS; m++) counted[m * KINDS + truth]! += model[m]!;
    for (let m = 0; m < KINDS; m++) {
      const row = counted.subarray(m * KINDS, (m + 1) * KINDS);
      const sum = row.reduce((a, b) => a + b, 0);
      for (let s = 0; s < KINDS; s++) row[s]! /= sum;
    }
    expect(likelihood(fitTransfer(pictures, KINDS, KINDS).table)).toBeGreaterThan(likelihood(counted) + 50);
  });

  test("carry multiplies by the table", () => {
    const table = Float64Array.from([0.25, 0.75, 1, 0]);
    expect([...carry([0.5, 0.5], { from: 2, to: 2, table })]).toEqual([0.625, 0.375]);
  });
});

describe("the fusion", () => {
  test("is the weighted sum", () => {
    expect([...fuse(Float64Array.from([1, 0]), Float64Array.from([0.5, 0.5]), 0.5)]).toEqual([0.75, 0.25]);
  });

  test("no weight of a fine grid is more likely than the fitted one", () => {
    const p = fc.double({ min: 1e-3, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.record({ model: p, vote: p }), { minLength: 1, maxLength: 30 }), (testimonies) => {
        const value = (a: number) => testimonies.reduce((sum, t) => sum + Math.log(a * t.model + (1 - a) * t.vote), 0);
        const fitted = value(fitModelWeight(testimonies));
        for (let a = 0; a <= 1; a += 0.01) expect(fitted).toBeGreaterThanOrEqual(value(a) - 1e-9);
      }),
      { seed: 9 },
    );
  });

  test("trusts one branch alone when the other is never better, and neither when they agree", () => {
    expect(fitModelWeight([{ model: 0.9, vote: 0.1 }])).toBe(1);
    expect(fitModelWeight([{ model: 0.1, vote: 0.9 }])).toBe(0);
    expect(fitModelWeight([{ model: 0.4, vote: 0.4 }])).toBe(DEFAULT_MODEL_WEIGHT);
    expect(fitModelWeight([])).toBe(DEFAULT_MODEL_WEIGHT);
  });
});

test("rare categories are pooled into one, the others keep a class of their own", () => {
  expect(poolRare([9, 1, 5, 4])).toEqual({ of: Int32Array.from([0, 2, 1, 2]), classes: 3 });
  expect(poolRare([5, 6])).toEqual({ of: Int32Array.from([0, 1]), classes: 2 });
  expect(poolRare([])).toEqual({ of: new Int32Array(0), classes: 0 });
});
