import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  fitTemperature,
  HeadSums,
  headLogLikelihood,
  headScores,
  poolRare,
  softmax,
  spanOf,
} from "../../src/ranking/index.ts";
import { mulberry32 } from "./random.ts";

type Cloud = { rows: Float64Array[]; truths: number[] };

/** Pictures of `classes` clouds of one lopsided shape: the first value varies ten times as much as it tells. */
function clouds(count: number, classes: number, width: number, seed: number): Cloud {
  const random = mulberry32(seed);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const centres = Array.from({ length: classes }, () => Float64Array.from({ length: width }, gauss));
  const truths = Array.from({ length: count }, (_, i) => i % classes);
  return {
    truths,
    rows: truths.map((c) => centres[c]!.map((value, i) => value + (i === 0 ? 10 : 0.7) * gauss())),
  };
}

function headOf({ rows, truths }: Cloud, classes: number, shrink: number) {
  const sums = new HeadSums(rows[0]!.length, classes);
  for (const [at, row] of rows.entries()) sums.add(row, truths[at]!);
  return sums.head(shrink);
}

/** The textbook, with an inverse by Gauss-Jordan and no triangles: (x - m)' S^-1 (x - m) / -2 + log share. */
function slowScores({ rows, truths }: Cloud, classes: number, shrink: number, x: Float64Array): number[] {
  const width = x.length;
  const count = (c: number) => truths.filter((truth) => truth === c).length;
  const mean = (i: number) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length;
  const means = Array.from({ length: classes }, (_, c) =>
    Array.from({ length: width }, (_, i) => {
      const own = rows.reduce((sum, row, at) => sum + (truths[at] === c ? row[i]! : 0), 0);
      return (own + mean(i)) / (count(c) + 1);
    }),
  );
  const shape = Array.from({ length: width }, (_, i) =>
    Array.from({ length: width }, (_, j) => {
      let sum = 0;
      for (const [at, row] of rows.entries())
        sum += (row[i]! - means[truths[at]!]![i]!) * (row[j]! - means[truths[at]!]![j]!);
      return sum / rows.length;
    }),
  );
  const ball = shape.reduce((sum, row, i) => sum + row[i]!, 0) / width;
  const table = shape.map((row, i) => [
    ...row.map((value, j) => (1 - shrink) * value + (i === j ? shrink * ball : 0)),
    ...row.map((_, j) => (i === j ? 1 : 0)),
  ]);
  for (let i = 0; i < width; i++) {
    const pivot = table[i]![i]!;
    table[i] = table[i]!.map((value) => value / pivot);
    for (let j = 0; j < width; j++) {
      const factor = table[j]![i]!;
      if (j !== i) table[j] = table[j]!.map((value, k) => value - factor * table[i]![k]!);
    }
  }
  return means.map((mean, c) => {
    const gap = mean.map((value, i) => x[i]! - value);
    const square = gap.reduce((sum, a, i) => sum + a * gap.reduce((s, b, j) => s + table[i]![width + j]! * b, 0), 0);
    return Math.log((count(c) + 0.5) / rows.length) - square / 2;
  });
}

describe("the head", () => {
  test("gives the textbook's shares, whatever the pictures", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.constantFrom(0.03, 0.2, 0.8, 1), (seed, shrink) => {
        const cloud = clouds(40, 3, 5, seed);
        const x = cloud.rows[seed % 40]!.map((value) => value + 0.3);
        const shares = softmax(headScores(headOf(cloud, 3, shrink), x));
        const slow = softmax(Float64Array.from(slowScores(cloud, 3, shrink, x)));
        for (let c = 0; c < 3; c++) expect(shares[c]).toBeCloseTo(slow[c]!, 4);
      }),
      { seed: 21, numRuns: 30 },
    );
  });

  test("does not follow what varies much and tells nothing, as the nearest mean does", () => {
    const [seen, unseen] = [clouds(400, 4, 12, 5), clouds(800, 4, 12, 5)];
    const right = (shrink: number) => {
      const head = headOf(seen, 4, shrink);
      const later = unseen.rows.slice(400);
      return later.filter((row, at) => {
        const scores = headScores(head, row);
        return scores.indexOf(Math.max(...scores)) === unseen.truths[400 + at];
      }).length;
    };
    expect(right(0.03)).toBeGreaterThan(380);
    expect(right(1)).toBeLessThan(340);
  });

  test("is the same fitted in parts, and in the space of few pictures", () => {
    const cloud = clouds(9, 3, 30, 8);
    const sums = [0, 1].map(() => new HeadSums(30, 3));
    for (const [at, row] of cloud.rows.entries()) sums[at % 2]!.add(row, cloud.truths[at]!);
    const whole = headOf(cloud, 3, 0.2);
    const parts = HeadSums.of(sums).head(0.2);
    const span = spanOf([...cloud.rows, cloud.rows[0]!], 30);
    expect(span.width).toBe(9);
    const inSpan = new HeadSums(span.width, 3, 30);
    for (const [at, truth] of cloud.truths.entries()) inSpan.add(span.rows[at]!, truth);
    const lifted = span.lift(inSpan.head(0.2));
    for (let i = 0; i < whole.weights.length; i++) {
      expect(parts.weights[i]).toBeCloseTo(whole.weights[i]!, 5);
      expect(lifted.weights[i]).toBeCloseTo(whole.weights[i]!, 3);
    }
    expect(lifted.bias[2]).toBeCloseTo(whole.bias[2]!, 3);
  });

  test("knows a category of one picture, and one of none, and pictures that are all the same", () => {
    const one = new HeadSums(2, 3);
    one.add([1, 0], 0);
    one.add([0, 1], 1);
    const shares = softmax(headScores(one.head(0.8), [0.9, 0.1]));
    expect(shares[0]).toBeGreaterThan(shares[1]!);
    expect(shares[2]).toBeGreaterThan(0);
    const same = new HeadSums(2, 2);
    for (const truth of [0, 1, 1]) same.add([1, 1], truth);
    const even = softmax(headScores(same.head(0.03), [1, 1]));
    expect(even[1]).toBeGreaterThan(even[0]!);
    expect(even[0]! + even[1]!).toBeCloseTo(1, 9);
  });
});

describe("the temperature", () => {
  test("no temperature of a fine grid makes held-out truths likelier", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 3, maxLength: 3 }), fc.nat(2)),
          {
            minLength: 1,
            maxLength: 20,
          },
        ),
        (drawn) => {
          const scores = drawn.map(([own]) => Float64Array.from(own));
          const truths = drawn.map(([, truth]) => truth);
          const found = headLogLikelihood(scores, truths, fitTemperature(scores, truths));
          for (let log = Math.log(0.25); log <= Math.log(16); log += 0.05)
            expect(found).toBeGreaterThanOrEqual(
              headLogLikelihood(scores, truths, Math.exp(log)) - 1e-3 * drawn.length,
            );
        },
      ),
      { seed: 3, numRuns: 60 },
    );
  });

  test("is 1 where nothing was held out", () => {
    expect(fitTemperature([], [])).toBe(1);
  });
});

test("rare categories are pooled into one, the others keep a class of their own", () => {
  expect(poolRare([9, 1, 5, 4])).toEqual({ of: Int32Array.from([0, 2, 1, 2]), classes: 3 });
  expect(poolRare([5, 6])).toEqual({ of: Int32Array.from([0, 1]), classes: 2 });
  expect(poolRare([])).toEqual({ of: new Int32Array(0), classes: 0 });
});
