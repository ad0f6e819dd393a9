import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Ballot,
  DEFAULT_LAMBDA,
  fitLambda,
  type JudgedBallot,
  VOTE_EPSILON,
  voteLogLikelihood,
  voters,
  voteShares,
} from "../../src/ranking/index.ts";

const ballot = (pairs: [distance: number, label: number][]): Ballot => ({
  distances: Float64Array.from(pairs, ([d]) => d),
  labels: Int32Array.from(pairs, ([, label]) => label),
});

/** The equation as printed, without the shift that guards against underflow. */
function slowShares(pairs: [number, number][], lambda: number, classes: number): number[] {
  const weight = ([d, label]: [number, number]) => (label < 0 ? 0 : Math.exp(-lambda * d * d));
  const all = pairs.reduce((sum, pair) => sum + weight(pair), 0);
  return Array.from({ length: classes }, (_, c) => {
    const mine = pairs.filter(([, label]) => label === c).reduce((sum, pair) => sum + weight(pair), 0);
    return all === 0 ? 1 / classes : (1 - VOTE_EPSILON) * (mine / all) + VOTE_EPSILON / classes;
  });
}

const pairsOf = (classes: number) =>
  fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 512 }).map((bits) => bits / 512),
      fc.integer({ min: -1, max: classes - 1 }),
    ),
    {
      maxLength: 30,
    },
  );

describe("the vote", () => {
  test("30 vote, or a quarter of a small catalog, at least one", () => {
    expect([0, 1, 4, 7, 8, 81, 120, 1_000_000].map(voters)).toEqual([1, 1, 1, 1, 2, 20, 30, 30]);
  });

  test("equals the equation as printed, and sums to 1", () => {
    fc.assert(
      fc.property(pairsOf(5), fc.double({ min: 0, max: 300, noNaN: true }), (pairs, lambda) => {
        const shares = voteShares(ballot(pairs), lambda, 5);
        const slow = slowShares(pairs, lambda, 5);
        expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
        for (let c = 0; c < 5; c++) expect(shares[c]).toBeCloseTo(slow[c]!, 9);
      }),
      { seed: 11 },
    );
  });

  test("lambda 0 counts heads; a large one hears the nearest only, and far neighbours do not underflow", () => {
    const three = ballot([
      [0.9, 0],
      [0.95, 1],
      [0.95, 1],
    ]);
    expect(voteShares(three, 0, 2)[1]).toBeCloseTo((1 - VOTE_EPSILON) * (2 / 3) + VOTE_EPSILON / 2, 12);
    expect(voteShares(three, 1e5, 2)[0]).toBeCloseTo(1 - VOTE_EPSILON / 2, 12);
  });

  test("without a labelled neighbour every class is as likely; without classes the answer is empty", () => {
    expect([...voteShares(ballot([[0.1, -1]]), 10, 4)]).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(voteShares(ballot([]), 10, 0)).toHaveLength(0);
  });
});

describe("the fit of lambda", () => {
  const judged = (pairs: [number, number][], truth: number): JudgedBallot => ({ ...ballot(pairs), truth });

  test("the likelihood's slope is the one of the equation", () => {
    // d/dlambda log P = mean_w(d^2 over all) - mean_w(d^2 over neighbours of the truth), before smoothing
    const pairs: [number, number][] = [
      [0.1, 0],
      [0.2, 1],
      [0.25, 0],
      [0.4, 1],
    ];
    const one = [judged(pairs, 0)];
    const lambda = 7;
    const mean = (among: [number, number][]) => {
      const weights = among.map(([d]) => Math.exp(-lambda * d * d));
      return among.reduce((sum, [d], i) => sum + weights[i]! * d * d, 0) / weights.reduce((a, b) => a + b, 0);
    };
    const h = 1e-4;
    const slope = (voteLogLikelihood(one, lambda + h, 2) - voteLogLikelihood(one, lambda - h, 2)) / (2 * h);
    expect(slope).toBeCloseTo(mean(pairs) - mean(pairs.filter(([, label]) => label === 0)), 3);
  });

  test("no lambda of a grid fifty times finer is more likely", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(pairsOf(3), fc.integer({ min: 0, max: 2 })), { minLength: 1, maxLength: 12 }),
        (drawn) => {
          const ballots = drawn.map(([pairs, truth]) => judged(pairs, truth));
          const found = voteLogLikelihood(ballots, fitLambda(ballots, 3), 3);
          // The likelihood may have several humps between 0.01 and 100,000; the grid has four points a decade.
          for (let log = Math.log(1e-2); log <= Math.log(1e5); log += Math.log(10) / 200) {
            const here = voteLogLikelihood(ballots, Math.exp(log), 3);
            expect(found).toBeGreaterThanOrEqual(here - 0.05 * (1 + Math.abs(here)));
          }
        },
      ),
      { seed: 5, numRuns: 40 },
    );
  });

  test("finds the peak to four digits where there is one", () => {
    // Truth nearest in 9 of 10 ballots, second in one: likelihood 9 log s(x) + log s(-x), peak at exp(lambda * gap) = 9.
    const near = judged(
      [
        [0.2, 0],
        [0.3, 1],
      ],
      0,
    );
    const far = judged(
      [
        [0.2, 1],
        [0.3, 0],
      ],
      0,
    );
    const fitted = fitLambda([...Array<JudgedBallot>(9).fill(near), far], 2);
    expect(fitted).toBeCloseTo(Math.log(9) / (0.09 - 0.04), 0);
  });

  test("without ballots or with one class it is the default", () => {
    expect(fitLambda([], 3)).toBe(DEFAULT_LAMBDA);
    expect(fitLambda([judged([[0.1, 0]], 0)], 1)).toBe(DEFAULT_LAMBDA);
  });
});
