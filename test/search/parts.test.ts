import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FrozenList, FrozenLists } from "../../src/search/frozen.ts";
import { calibrationError, clusterInterval, quantile, recallAt } from "../../src/search/measures.ts";
import { editDistance, nearNames } from "../../src/search/near-names.ts";
import { parseCsv } from "../../src/search/queries.ts";
import { CodeSample } from "../../src/search/sample.ts";
import { mulberry32 } from "../ranking/random.ts";

describe("frozen lists", () => {
  const list = {} as FrozenList;

  test("are found again for 15 minutes after their last use", () => {
    let now = 0;
    const lists = new FrozenLists(() => now);
    const cursor = lists.freeze(list, 3);
    now += 14 * 60_000;
    expect(lists.at(cursor)).toMatchObject({ offset: 3 });
    now += 14 * 60_000;
    const { cursorAt } = lists.at(cursor);
    expect(lists.at(cursorAt(4)).offset).toBe(4);
    now += 16 * 60_000;
    expect(() => lists.at(cursor)).toThrow("CURSOR_EXPIRED");
  });

  test("give way to newer ones, the longest unused first", () => {
    const lists = new FrozenLists(() => 0, 2);
    const [a, b] = [lists.freeze(list, 0), lists.freeze(list, 0)];
    lists.at(a);
    const c = lists.freeze(list, 0);
    expect(() => lists.at(b)).toThrow("CURSOR_EXPIRED");
    expect([lists.at(a).offset, lists.at(c).offset]).toEqual([0, 0]);
  });
});

describe("a query file", () => {
  test("is read back as it was written, whatever the separator, quotes and line ends", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", "b", '"', ",", ";", "\t", "\n", "\r", " ", "é", "") });
    const table = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { maxLength: 6 });
    fc.assert(
      fc.property(
        table,
        fc.constantFrom(",", ";", "\t"),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        (rows, separator, end, last) => {
          const records = [["file", "itemId", "category"], ...rows];
          const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
          const lines = records.map((record, i) =>
            record.map((text) => (i === 0 ? text : quote(text))).join(separator),
          );
          expect(parseCsv(`\uFEFF${lines.join(end)}${last ? end : ""}`)).toEqual(records);
        },
      ),
      { seed: 21 },
    );
  });

  test("blank lines are no records, and a quote inside a field stands for itself", () => {
    expect(parseCsv('a,b\n\n5" nail,x\n')).toEqual([
      ["a", "b"],
      ['5" nail', "x"],
    ]);
  });
});

describe("measures", () => {
  test("recall counts the products found by place k", () => {
    const ranks = [1, 4, null, 20, 5];
    expect([1, 4, 20].map((k) => recallAt(ranks, k))).toEqual([0.2, 0.4, 0.8]);
  });

  test("the interval of independent queries is the binomial one, and clusters widen it", () => {
    const random = mulberry32(4);
    const values = Array.from({ length: 400 }, (): number => (random() < 0.7 ? 1 : 0));
    const mean = values.reduce((a, b) => a + b, 0) / 400;
    const half = 1.96 * Math.sqrt((mean * (1 - mean)) / 400);
    const alone = clusterInterval(
      values,
      values.map((_, i) => `${i}`),
      1,
    );
    expect(alone[0]).toBeCloseTo(mean - half, 2);
    expect(alone[1]).toBeCloseTo(mean + half, 2);
    // Ten photos of each of 40 products, alike within a product: the width of 40 queries, not of 400.
    const sorted = [...values].sort();
    const grouped = clusterInterval(
      sorted,
      sorted.map((_, i) => `${Math.floor(i / 10)}`),
      1,
    );
    expect((grouped[1] - grouped[0]) / (alone[1] - alone[0])).toBeCloseTo(Math.sqrt(10), 0);
  });

  test("the interval repeats with its seed, and is a point where all agree", () => {
    const values = [1, 0, 1, 1];
    const clusters = ["a", "b", "c", "d"];
    expect(clusterInterval(values, clusters, 7)).toEqual(clusterInterval(values, clusters, 7));
    expect(clusterInterval([1, 1], ["a", "b"], 1)).toEqual([1, 1]);
  });

  test("quantiles interpolate between neighbours", () => {
    expect([0, 0.25, 0.5, 1].map((q) => quantile([1, 2, 4], q))).toEqual([1, 1.5, 2, 4]);
    expect(quantile([], 0.5)).toBeNaN();
  });

  test("calibration: honest scores have no error, boastful ones the size of the boast", () => {
    const right = Array.from({ length: 100 }, (_, i) => i < 75);
    expect(calibrationError(Array<number>(100).fill(0.75), right)).toBeCloseTo(0, 12);
    expect(calibrationError(Array<number>(100).fill(0.95), right)).toBeCloseTo(0.2, 12);
    expect(calibrationError([1, 0], [true, false])).toBe(0);
    expect(calibrationError([0.05, 0.95], [true, false])).toBeCloseTo(0.95, 12);
  });
});

test("near names: fewest edits first, case aside", () => {
  expect(nearNames("SHOE", ["bags", "shoes", "shirt", "toys"])).toEqual(["shoes", "shirt", "bags"]);
  expect(nearNames("x", [])).toEqual([]);
  expect([editDistance("kitten", "sitting"), editDistance("", "abc"), editDistance("same", "same")]).toEqual([3, 3, 0]);
});

describe("the sample of codes", () => {
  test("holds all of a small catalog and a fair, bounded part of a large one, however the codes came", () => {
    const code = (id: number) => new Uint8Array(64).fill(id % 256);
    const [forth, back, small] = [new CodeSample(500), new CodeSample(500), new CodeSample(500)];
    for (let id = 1; id <= 20_000; id++) forth.upsert(id, code(id));
    for (let id = 20_000; id >= 1; id--) back.upsert(id, code(id));
    for (let id = 1; id <= 400; id++) small.upsert(id, code(id));
    expect(small.size).toBe(400);
    expect(forth.size).toBeGreaterThan(200);
    expect(forth.size).toBeLessThanOrEqual(500);
    expect(back.entries()).toEqual(forth.entries());
    const mean = forth.entries().reduce((sum, [id]) => sum + id, 0) / forth.size;
    expect(Math.abs(mean - 10_000)).toBeLessThan(1400); // four standard errors
    const [[id]] = forth.entries() as [[number, Uint8Array]];
    forth.remove(id);
    expect(forth.entries().some(([other]) => other === id)).toBe(false);
  });
});
