import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Ballot,
  type Fusion,
  fitFusion,
  fuse,
  fusionLogLikelihood,
  voters,
  type Witness,
} from "../../src/ranking/index.ts";
import { mulberry32 } from "./random.ts";

const CLASSES = 4;

const ballot = (pairs: readonly [distance: number, label: number][]): Ballot => ({
  distances: Float64Array.from(pairs, ([d]) => d),
  labels: Int32Array.from(pairs, ([, label]) => label),
});

/** The equations as printed: a p_model + (1 - a) p_search with a = b / (b + sum w), b = sum b_y p_model(y), without the shift against overflow. */
function slowFuse(model: readonly number[], pairs: readonly [number, number][], { lambda, unit, model: b }: Fusion) {
  const voting = pairs.filter(([, label]) => label >= 0);
  const weights = voting.map(([d]) => Math.exp(-lambda * (d * d - unit)));
  const all = weights.reduce((sum, w) => sum + w, 0);
  const given = model.reduce((sum, p, c) => sum + b[c]! * p, 0);
  const a = given / (given + all);
  return model.map((p, c) => {
    const search = voting.reduce((sum, [, label], i) => sum + (label === c ? weights[i]! / all : 0), 0);
    return a * p + (1 - a) * search;
  });
}

const pairs = fc.array(
  fc.tuple(
    fc.integer({ min: 40, max: 512 }).map((bits) => bits / 512),
    fc.integer({ min: -1, max: CLASSES - 1 }),
  ),
  { maxLength: 30 },
);
const shares = fc
  .array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: CLASSES, maxLength: CLASSES })
  .map((raw) => raw.map((p) => p / raw.reduce((a, b) => a + b, 0)));

test("30 vote, or a quarter of a small catalog, at least one", () => {
  expect([0, 1, 4, 7, 8, 81, 120, 1_000_000].map(voters)).toEqual([1, 1, 1, 1, 2, 20, 30, 30]);
});

describe("the fusion", () => {
  test("equals the equations as printed, and sums to 1", () => {
    const lambdas = fc.double({ min: 0, max: 300, noNaN: true });
    fc.assert(
      fc.property(shares, pairs, lambdas, (model, drawn, lambda) => {
        const fusion = { lambda, unit: 0.04, model: Float64Array.of(0.5, 1, 2, 3) };
        const fused = fuse(Float64Array.from(model), ballot(drawn), fusion);
        const slow = slowFuse(model, drawn, fusion);
        expect(fused.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
        for (let c = 0; c < CLASSES; c++) expect(fused[c]).toBeCloseTo(slow[c]!, 9);
      }),
      { seed: 11 },
    );
  });

  test("a neighbour as near as the very product outvotes the model, a far one does not, at any lambda", () => {
    const model = Float64Array.of(0.9, 0.1);
    for (const lambda of [64, 4096, 1e6]) {
      const fusion = { lambda, unit: 0.04, model: Float64Array.of(1, 1) };
      expect(fuse(model, ballot([[0, 1]]), fusion)[1]).toBeGreaterThan(0.9);
      expect(fuse(model, ballot([[0.5, 1]]), fusion)[0]).toBeGreaterThan(0.89);
    }
  });

  test("without a labelled neighbour the model speaks alone", () => {
    const fusion = { lambda: 64, unit: 0.04, model: Float64Array.of(2, 2000) };
    for (const far of [
      [0.1, -1],
      [0.9, 1],
    ] as const) {
      const [first, second] = fuse(Float64Array.of(0.7, 0.3), ballot([[...far]]), fusion);
      expect([first, second]).toEqual([expect.closeTo(0.7, 9), expect.closeTo(0.3, 9)]); // whatever a category weighs
    }
    expect(fuse(new Float64Array(0), ballot([]), { ...fusion, model: new Float64Array(0) })).toHaveLength(0);
  });
});

describe("its fit", () => {
  /** `sure`: how likely the model, and the neighbours, are to be right about a class. */
  function witnessesOf(count: number, seed: number, model: (truth: number) => number, near: (truth: number) => number) {
    const random = mulberry32(seed);
    return Array.from({ length: count }, (_, i): Witness => {
      const truth = i % CLASSES;
      const other = () => (truth + 1 + Math.floor(random() * (CLASSES - 1))) % CLASSES;
      const said = random() < model(truth) ? truth : other();
      const found = random() < near(truth) ? truth : other();
      const drawn = Array.from({ length: 5 }, (_, n): [number, number] => [0.2 + 0.01 * n + 0.05 * random(), found]);
      return {
        ...ballot(drawn),
        truth,
        item: `${i}`,
        model: Float64Array.from({ length: CLASSES }, (_, c) => (c === said ? 0.7 : 0.1)),
      };
    });
  }

  const value = (witnesses: Witness[], fusion: Fusion) => fusionLogLikelihood(witnesses, fusion) / witnesses.length;

  test("is likelier than either part alone, and leaves to the model what it takes for a category that it knows better", () => {
    const witnesses = witnessesOf(
      800,
      4,
      (truth) => (truth < 2 ? 0.95 : 0.3),
      (truth) => (truth < 2 ? 0.3 : 0.95),
    );
    const fusion = fitFusion(witnesses, CLASSES);
    const flat = (weight: number) => ({ ...fusion, model: new Float64Array(CLASSES).fill(weight) });
    for (const weight of [1e-4, 1e4])
      expect(value(witnesses, fusion)).toBeGreaterThan(value(witnesses, flat(weight)) + 0.01);
    expect(fusion.model[0]! / fusion.model[3]!).toBeGreaterThan(2);
  });

  test("believes who is right: the model where neighbours err, the neighbours where it does", () => {
    const probe = { ...ballot([[0.22, 1]]), model: Float64Array.of(0.7, 0.1, 0.1, 0.1) };
    const model = fitFusion(
      witnessesOf(
        300,
        5,
        () => 1,
        () => 0.25,
      ),
      CLASSES,
    );
    expect(fuse(probe.model, probe, model)[0]).toBeCloseTo(0.7, 3); // alone: what neighbours add would be chance
    const search = fitFusion(
      witnessesOf(
        300,
        6,
        () => 0.25,
        () => 1,
      ),
      CLASSES,
    );
    expect(fuse(probe.model, probe, search)[1]).toBeGreaterThan(0.9);
  });

  test("more pictures of the same items are no more evidence; as many of other items are", () => {
    const few = witnessesOf(
      40,
      1,
      () => 0.6,
      () => 0.45,
    );
    const often = few.flatMap((witness) => Array<Witness>(24).fill(witness));
    const alone = (fusion: Fusion) => fusion.model.every((weight) => weight === 1e4);
    expect(alone(fitFusion(few, CLASSES))).toBe(true);
    expect(alone(fitFusion(often, CLASSES))).toBe(true);
    expect(
      alone(
        fitFusion(
          often.map((witness, at) => ({ ...witness, item: `${at}` })),
          CLASSES,
        ),
      ),
    ).toBe(false);
  });

  test("costs no category what it gives to others", () => {
    const witnesses = witnessesOf(
      400,
      8,
      (truth) => (truth < 3 ? 0.5 : 0.95),
      (truth) => (truth < 3 ? 0.9 : 0.1),
    );
    const fusion = fitFusion(witnesses, CLASSES);
    const alone = { ...fusion, model: new Float64Array(CLASSES).fill(1e9) };
    for (let c = 0; c < CLASSES; c++) {
      const own = witnesses.filter(({ truth }) => truth === c);
      expect(value(own, fusion)).toBeGreaterThanOrEqual(value(own, alone) - 1e-3); // what a model of weight 1e4 leaves
    }
    expect(value(witnesses, fusion)).toBeGreaterThan(value(witnesses, alone));
  });

  test("has answers without witnesses, with one class, and where nobody votes", () => {
    expect([...fitFusion([], 3).model]).toEqual([1, 1, 1]);
    expect(
      fitFusion(
        witnessesOf(
          4,
          1,
          () => 1,
          () => 1,
        ),
        1,
      ).model,
    ).toHaveLength(1);
    const silent = witnessesOf(
      40,
      2,
      () => 1,
      () => 1,
    ).map((witness) => ({ ...witness, ...ballot([[0.1, -1]]) }));
    const fitted = fitFusion(silent, CLASSES);
    expect(fuse(Float64Array.of(0.7, 0.1, 0.1, 0.1), ballot([]), fitted)[0]).toBeCloseTo(0.7, 1);
  });
});
