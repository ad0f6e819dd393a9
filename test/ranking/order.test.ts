import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bestSellersFirst,
  byLikeness,
  cosine,
  equalRuns,
  type Found,
  ItemGroups,
  leadAmong,
  type Owner,
  presenceOf,
  QUALITY_DEPTH,
  restore,
  type Survivor,
  scoreOf,
} from "../../src/ranking/index.ts";
import { mulberry32 } from "./random.ts";

describe("cosine", () => {
  test.each([0, 1, 3, 4, 7, 512])("of a stored feature of width %i equals the plain sum", (width) => {
    const random = mulberry32(width + 1);
    const query = Float32Array.from({ length: width }, () => random() - 0.5);
    const values = Int8Array.from({ length: width }, () => Math.round(254 * random() - 127));
    let sum = 0;
    for (let i = 0; i < width; i++) sum += query[i]! * values[i]! * 0.01;
    expect(cosine(query, { values, scale: 0.01 })).toBeCloseTo(sum, 10);
  });

  test("int8 keeps the cosine of unit vectors to 0.002, and restore is of unit length", () => {
    const random = mulberry32(2);
    for (let run = 0; run < 50; run++) {
      const [a, b] = [0, 1].map(() => {
        const raw = Float32Array.from({ length: 512 }, () => random() + random() + random() - 1.5);
        const length = Math.hypot(...raw);
        return raw.map((value) => value / length);
      }) as [Float32Array, Float32Array];
      const scale = Math.max(...b.map(Math.abs)) / 127;
      const stored = { values: Int8Array.from(b, (value) => Math.round(value / scale)), scale };
      const exact = a.reduce((sum, value, i) => sum + value * b[i]!, 0);
      expect(Math.abs(cosine(a, stored) - exact)).toBeLessThan(0.002);
      expect(cosine(restore(stored), stored)).toBeCloseTo(1, 2);
      expect(Math.hypot(...restore(stored))).toBeCloseTo(1, 6);
    }
  });

  test("the zero feature stays zero", () => {
    expect([...restore({ values: new Int8Array(2), scale: 1 })]).toEqual([0, 0]);
  });
});

test("the score is the card's logistic curve: in (0, 1), rising with the likeness", () => {
  const calibration = { slope: 20, intercept: -10 };
  expect(scoreOf(0.5, calibration)).toBe(0.5);
  expect(scoreOf(0.6, calibration)).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
  expect(scoreOf(0.7, calibration)).toBeGreaterThan(scoreOf(0.6, calibration));
  expect(scoreOf(0.6, calibration, { by: 0.1, share: 0.5 })).toBe(scoreOf(0.6, calibration)); // a card without either
});

test("presence rises with the likeness, and where the nearest other product is near, more is asked of it", () => {
  const calibration = { slope: 9, nearest: -3, intercept: -4 };
  expect(presenceOf(0.5, 0.2, calibration)).toBeCloseTo(1 / (1 + Math.exp(0.1)), 12);
  expect(presenceOf(0.6, 0.2, calibration)).toBeGreaterThan(presenceOf(0.5, 0.2, calibration));
  expect(presenceOf(0.6, 0.5, calibration)).toBeCloseTo(presenceOf(0.5, 0.2, calibration), 12);
});

describe("the lead", () => {
  const calibration = {
    slope: 6,
    intercept: -5,
    lead: { most: 3, within: 0.05 },
    share: { most: 2, within: 0.5 },
  };

  test("adds to the score of the nearest and takes from that of the others, up to its most", () => {
    const at = (by: number, share: number) => scoreOf(0.9, calibration, { by, share });
    expect(at(0, 0)).toBeCloseTo(1 / (1 + Math.exp(-0.4)), 12);
    expect(at(0.05, 0)).toBeCloseTo(1 / (1 + Math.exp(-0.4 - 3 * Math.tanh(1))), 12);
    expect(at(0, 0.5)).toBeCloseTo(1 / (1 + Math.exp(-0.4 - 2 * Math.tanh(1))), 12);
    expect(at(10, 100)).toBeCloseTo(1 / (1 + Math.exp(-5.4)), 12);
    expect(at(-10, -100)).toBeCloseTo(1 / (1 + Math.exp(4.6)), 12);
  });

  test("is measured from the nearest other hit: of two that are equal nobody leads, and where there is one only neither", () => {
    const of = (...likenesses: number[]) => {
      const lead = leadAmong(hitsAt(likenesses), 0.4);
      return likenesses.map((likeness) => Math.round(lead(likeness).by * 1000) / 1000);
    };
    expect(of(0.9, 0.8, 0.5)).toEqual([0.1, -0.1, -0.4]);
    expect(of(0.8, 0.9, 0.5)).toEqual([-0.1, 0.1, -0.4]); // sales may have changed the order of near ones
    expect(of(0.9, 0.9, 0.5)).toEqual([0, 0, -0.4]);
    expect(of(0.9)).toEqual([0]);
  });

  test("has a share of how far the two nearest lie apart: 1 for the first's own picture, 0 between the two", () => {
    const [first, second] = [unit([4, 3, 3]), unit([3, 4, 3])];
    const share = (photo: number[]) => {
      const likenesses = [dot(photo, first), dot(photo, second)];
      return leadAmong(hitsAt(likenesses), 1 - dot(first, second))(likenesses[0]!).share;
    };
    expect(share(first)).toBeCloseTo(1, 12);
    expect(share(second)).toBeCloseTo(-1, 12);
    expect(share(unit([1, 1, 0]))).toBeCloseTo(0, 12);
  });

  test("has no share among pictures that are the same, and one that counts as none for a hit far behind them", () => {
    const lead = leadAmong(hitsAt([0.9, 0.9, 0.5]), 0);
    expect(lead(0.9)).toEqual({ by: 0, share: 0 });
    expect(scoreOf(0.5, calibration, lead(0.5))).toBeCloseTo(1 / (1 + Math.exp(2 + 5)), 3); // 6 * 0.5 - 5, and both at their least
  });

  test("leaves hits in the order of their likenesses", () => {
    fc.assert(
      fc.property(cosinesAndApart, ([likenesses, apart]) => {
        const lead = leadAmong(hitsAt(likenesses), apart);
        const scores = likenesses
          .toSorted((a, b) => b - a)
          .map((likeness) => scoreOf(likeness, calibration, lead(likeness)));
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      }),
    );
  });
});

const hitsAt = (likenesses: readonly number[]) => likenesses.map((likeness) => ({ likeness }));
const unit = (v: number[]) => v.map((x) => x / Math.hypot(...v));
const dot = (a: number[], b: number[]) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
const cosinesAndApart = fc.tuple(
  fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 }),
  fc.double({ min: 0, max: 2, noNaN: true }),
);

const survivor = fc.record({
  imageId: fc.integer({ min: 1, max: 40 }),
  distance: fc.integer({ min: 0, max: 3 }),
  likeness: fc.constantFrom(0.1, 0.5, 0.9),
});
const survivors = fc.uniqueArray(survivor, { selector: (s) => s.imageId, maxLength: 40 });
const owners = fc.array(
  fc.array(
    fc.record({ itemId: fc.constantFrom("a", "b", "c", "d", "e"), variantId: fc.constantFrom(null, "v", "w") }),
    { maxLength: 3 },
  ),
  { minLength: 41, maxLength: 41 },
);

describe("grouping", () => {
  test("items that stand for one another are one answer: the first met, and the one that stands for all if it may", () => {
    const owners = new Map([
      [1, [{ itemId: "b", variantId: null, standIn: "a" }]],
      [
        2,
        [
          { itemId: "a", variantId: null, standIn: "a" },
          { itemId: "z", variantId: null },
        ],
      ],
      [
        3,
        [
          { itemId: "d", variantId: null, standIn: "e" },
          { itemId: "e", variantId: null, standIn: "e" },
        ],
      ],
    ]);
    const groups = new ItemGroups(
      [1, 2, 3].map((imageId) => ({ imageId, distance: imageId, likeness: 1 - imageId / 10 })),
    );
    groups.advance(3, () => owners);
    expect(groups.found.map(({ itemId }) => itemId)).toEqual(["b", "z", "e"]);
  });

  test("gives each item once, at its best picture, in the order of likeness", () => {
    fc.assert(
      fc.property(survivors, owners, fc.integer({ min: 1, max: 50 }), (drawn, table, step) => {
        const groups = new ItemGroups([...drawn].sort(byLikeness), ["e"]);
        while (!groups.complete) {
          groups.advance(step, (ids) => new Map(ids.map((id) => [id, table[id] as Owner[]])));
        }
        const { found } = groups;
        const slow = new Map<string, Survivor>();
        for (const s of drawn)
          for (const { itemId } of table[s.imageId]!)
            if (itemId !== "e" && (!slow.has(itemId) || byLikeness(s, slow.get(itemId)!) < 0)) slow.set(itemId, s);
        const expected = [...slow].sort(([a, s], [b, t]) => byLikeness(s, t) || (a < b ? -1 : 1));
        expect(found.map(({ itemId, imageId }) => [itemId, imageId])).toEqual(
          expected.map(([id, s]) => [id, s.imageId]),
        );
        for (const { itemId, variantId, imageId } of found)
          expect(table[imageId]!.find((owner) => owner.itemId === itemId)!.variantId).toBe(variantId);
      }),
      { seed: 13 },
    );
  });

  test("the order of likeness is total: likeness, then distance, id", () => {
    const list: Survivor[] = [
      { imageId: 3, distance: 5, likeness: 0.5 },
      { imageId: 2, distance: 5, likeness: 0.5 },
      { imageId: 9, distance: 4, likeness: 0.5 },
      { imageId: 10, distance: 9, likeness: 0.6 },
    ];
    expect(list.sort(byLikeness).map((s) => s.imageId)).toEqual([10, 9, 2, 3]);
  });
});

describe("best sellers first", () => {
  const item = (itemId: string, likeness: number, distance = 0): Found => ({
    itemId,
    variantId: null,
    imageId: 1,
    distance,
    likeness,
  });

  test("only among equally alike items; an unknown figure counts as none; equal figures stay", () => {
    const found = [item("a", 0.9), item("b", 0.8), item("c", 0.8), item("d", 0.8), item("e", 0.8, 1)];
    const sales = new Map([
      ["c", 5],
      ["d", 5],
      ["e", 100],
    ]);
    expect(bestSellersFirst(found, (id) => sales.get(id)).map((f) => f.itemId)).toEqual(["a", "c", "d", "b", "e"]);
    expect(equalRuns(found)).toEqual([[1, 4]]);
  });

  test("beyond the first sixty nothing moves", () => {
    const found = Array.from({ length: 70 }, (_, i) => item(`${i}`, 0.5));
    const ordered = bestSellersFirst(found, (id) => Number(id));
    expect(ordered.slice(0, QUALITY_DEPTH).map((f) => f.itemId)).toEqual(
      found
        .slice(0, QUALITY_DEPTH)
        .map((f) => f.itemId)
        .reverse(),
    );
    expect(ordered.slice(QUALITY_DEPTH)).toEqual(found.slice(QUALITY_DEPTH));
  });
});
