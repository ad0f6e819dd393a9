import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import {
  assign,
  choose,
  type Measures,
  measure,
  Ranker,
  Reach,
  type Setting,
  searchLists,
  sortByList,
  trainCentroids,
} from "../../src/hamming-index/coarse/index.ts";
import { byDistanceThenId, everyDistance } from "../../src/hamming-index/index.ts";
import { PlainLists } from "./plain-lists.ts";
import { compareHits, oracleOf, randomCodes, xorshift } from "./random-codes.ts";

const idsFrom = (first: number, n: number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => first + i);
const codeAt = (codes: Uint8Array, i: number): Uint8Array => codes.subarray(i * 64, (i + 1) * 64);

/** Codes in crowds of crowds: each a few dozen bits off one of 40 middles, which lie around one of 5. */
function crowded(seed: number, n: number): Uint8Array {
  const random = xorshift(seed);
  const far = randomCodes(xorshift(99), 5, 0);
  const middles = new Uint8Array(40 * 64);
  const moved = (code: Uint8Array, bits: number, draw: () => number): Uint8Array => {
    const copy = code.slice();
    for (let i = 0; i < bits; i++) copy[draw() % 64]! ^= 1 << (draw() % 8);
    return copy;
  };
  const fixed = xorshift(98);
  for (let i = 0; i < 40; i++) middles.set(moved(codeAt(far, i % 5), 120, fixed), i * 64);
  const codes = new Uint8Array(n * 64);
  for (let i = 0; i < n; i++) codes.set(moved(codeAt(middles, random() % 40), random() % 90, random), i * 64);
  return codes;
}

describe("lists", () => {
  test.each([1, 2, 7, 36])("%i: each code goes to the nearest centroid, ties to the lowest number", (lists) => {
    const codes = randomCodes(xorshift(5), 700);
    const centroids = trainCentroids(codes, lists);
    const found = assign(codes, centroids); // so few heads are all looked behind
    for (let i = 0; i < 700; i++) {
      const distances = everyDistance(centroids.lists, codeAt(codes, i));
      expect(found[i]).toBe(distances.indexOf(Math.min(...distances)));
    }
  });

  test("the same codes and seed give the same centroids, other seeds others", () => {
    const codes = crowded(3, 2000);
    const [a, b, c] = [trainCentroids(codes, 50, 7), trainCentroids(codes, 50, 7), trainCentroids(codes, 50, 8)];
    expect(a.lists).toEqual(b.lists);
    expect(a.lists).not.toEqual(c.lists);
  });

  test.each([
    [1, 1],
    [1, 9],
    [3, 100],
    [5000, 4],
  ])("%i codes, all alike, make %i lists", (n, lists) => {
    const codes = new Uint8Array(n * 64).fill(0b10110);
    const centroids = trainCentroids(codes, lists);
    expect(centroids.lists.length).toBe(lists * 64);
    expect(centroids.starts.at(-1)).toBe(lists);
    const listOf = assign(codes, centroids);
    expect(everyDistance(codeAt(centroids.lists, listOf[0]!), codes.subarray(0, 64))[0]).toBe(0);
    expect(sortByList(listOf, lists).starts.at(-1)).toBe(n);
  });

  test("centroids lie nearer to their codes than codes drawn at random would", () => {
    const codes = crowded(4, 4000);
    const mean = (lists: Uint8Array): number => {
      let sum = 0;
      for (let i = 0; i < 4000; i += 20) sum += Math.min(...everyDistance(lists, codeAt(codes, i)));
      return sum / 200;
    };
    const drawn = Uint8Array.from(codes.subarray(1000 * 64, 1064 * 64));
    expect(mean(trainCentroids(codes, 64).lists)).toBeLessThan(mean(drawn) - 10);
  });

  test("sortByList keeps every place once, by list, in order", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 80 }), (drawn) => {
        const { order, starts } = sortByList(Uint32Array.from(drawn), 10);
        const expected = drawn.map((list, at) => ({ list, at })).sort((a, b) => a.list - b.list || a.at - b.at);
        expect([...order]).toEqual(expected.map(({ at }) => at));
        for (let list = 0; list < 10; list++)
          expect(starts[list + 1]! - starts[list]!).toBe(drawn.filter((other) => other === list).length);
      }),
      { seed: 1 },
    );
  });

  test.each([1, 3, 1000])("%i lists are ranked as by a plain sort, ties by number", (lists) => {
    const centroids = randomCodes(xorshift(11), lists, 0.5);
    const query = randomCodes(xorshift(12), 1);
    const { order, shells } = new Ranker(centroids).rank(query);
    const distances = everyDistance(centroids, query);
    const expected = Array.from(distances, (distance, id) => ({ id, distance })).sort(byDistanceThenId);
    expect([...order]).toEqual(expected.map(({ id }) => id));
    for (let distance = 0; distance <= 512; distance++)
      expect(shells[distance]).toBe(expected.filter((list) => list.distance < distance).length);
    expect(shells[513]).toBe(lists);
  });
});

describe("search", () => {
  const n = 6000;
  const codes = crowded(1, n);
  codes.copyWithin(0, 64 * 30, 64 * 33); // ties
  const ids = idsFrom(100, n);
  const lists = new PlainLists(codes, ids, trainCentroids(codes, 80));
  const strangers = crowded(2, 60);
  let measured: Measures;

  beforeAll(async () => {
    measured = await measure(lists.samples(80, 1300), lists.ranker, undefined, ({ query }, k) =>
      lists.compare(query, k),
    );
  });

  const search = (query: Uint8Array, k: number, target: number, allow?: (id: number) => boolean) =>
    searchLists(
      query,
      k,
      target,
      { ranker: lists.ranker, reach: measured.reach },
      lists.sizes(allow),
      lists.compare(query, k, allow),
    );

  test.each([1, 7, 60, 1200, n, n + 5])("target 1 is exact, ties by ascending id: k %i", async (k) => {
    for (let i = 0; i < 4; i++) {
      const query = i === 0 ? codeAt(codes, 1) : codeAt(strangers, i);
      const { hits, compared, covered } = await search(query, k, 1);
      expect(compareHits(hits, oracleOf(ids, codes, query, k))).toBe("same");
      expect({ compared, covered }).toEqual({ compared: n, covered: 1 });
    }
  });

  const nearest = Array.from({ length: 60 }, (_, i) => oracleOf(ids, codes, codeAt(strangers, i), 300));

  test.each([0.9, 0.99, 0.995])("a floor of %f is kept on codes that were never in the lists", async (floor) => {
    for (const k of [1, 60, 300]) {
      const { target, recall } = choose(measured.settings, k, { recall: floor });
      expect(recall).toBeGreaterThanOrEqual(floor);
      let [found, compared] = [0, 0];
      for (let i = 0; i < 60; i++) {
        const answer = await search(codeAt(strangers, i), k, target);
        const truth = new Set(nearest[i]!.slice(0, k).map(({ id }) => id));
        found += answer.hits.filter(({ id }) => truth.has(id)).length / k;
        compared += answer.compared;
      }
      expect(found / 60, `k ${k}`).toBeGreaterThanOrEqual(floor);
      expect(compared / 60, `k ${k}`).toBeLessThan(n * 0.9);
    }
  });

  test("a filter is obeyed, and with target 1 loses nothing, however few it keeps", async () => {
    for (const keep of [2, 50, 3000]) {
      const allow = (id: number): boolean => id % keep === 1;
      const allowed = ids.filter(allow);
      const kept = new Uint8Array(allowed.length * 64);
      for (const [i, id] of allowed.entries()) kept.set(codeAt(codes, id - 100), i * 64);
      const query = codeAt(strangers, 5);
      const exact = oracleOf(allowed, kept, query, 40);
      expect(compareHits((await search(query, 40, 1, allow)).hits, exact)).toBe("same");
      const { hits, compared } = await search(query, 40, 0.999, allow);
      expect(hits.every(({ id }) => allow(id))).toBe(true);
      expect(hits.length).toBe(exact.length);
      expect(compared).toBeLessThanOrEqual(n);
    }
  });

  test("whatever the target, hits are true, in order, without repeats, and k where there are k", () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 1, max: 400 }),
        fc.constantFrom(0.5, 0.8, 0.99, 0.9999, 1),
        async (i, k, target) => {
          const query = codeAt(strangers, i);
          const { hits, compared, covered } = await search(query, k, target);
          const distances = everyDistance(codes, query);
          expect(hits.length).toBe(k);
          expect(new Set(hits.map(({ id }) => id)).size).toBe(k);
          expect(hits).toEqual([...hits].sort(byDistanceThenId));
          expect(hits.every(({ id, distance }) => distances[id - 100] === distance)).toBe(true);
          expect(covered).toBeGreaterThanOrEqual(target);
          expect(compared).toBeLessThanOrEqual(n);
        },
      ),
      { seed: 1, numRuns: 40 },
    ));

  test("what was measured can be stored: a table of reaches gives the same walks", async () => {
    const reach = Reach.from(measured.reach.table.slice());
    const query = codeAt(strangers, 3);
    const again = await searchLists(
      query,
      20,
      0.95,
      { ranker: lists.ranker, reach },
      lists.sizes(),
      lists.compare(query, 20),
    );
    expect(again).toEqual(await search(query, 20, 0.95));
  });

  test("a table that knows nothing means every list", async () => {
    const reach = Reach.of([], (query) => lists.ranker.rank(query), undefined);
    const query = codeAt(strangers, 3);
    const { compared } = await searchLists(
      query,
      20,
      0.9,
      { ranker: lists.ranker, reach },
      lists.sizes(),
      lists.compare(query, 20),
    );
    expect(compared).toBe(n);
  });
});

describe("choose", () => {
  const row = (k: number, target: number, recall: number, msP50: number): Setting => {
    return {
      k,
      target,
      recall,
      error: 0.001,
      recallFar: recall - 0.001,
      recallP5: recall - 0.05,
      compared: 0.1,
      msP50,
    };
  };
  const settings = [
    row(10, 0.9, 0.95, 1),
    row(10, 0.99, 0.999, 2),
    row(60, 0.9, 0.93, 1.5),
    row(60, 0.99, 0.996, 3),
    row(60, 0.999, 0.9995, 6),
  ];

  test("a floor that the far third of the queries does not keep is not kept", () => {
    const far = settings.map((one) => (one.target === 0.99 ? { ...one, recallFar: 0.9 } : one));
    expect(choose(far, 60, { recall: 0.99 }).target).toBe(0.999);
  });

  test.each([
    [60, { recall: 0.9 }, 0.9, 0.93],
    [60, { recall: 0.995 }, 0.999, 0.9995], // 0.996 less two errors is below the floor
    [20, { recall: 0.99 }, 0.99, 0.996], // the worse of 10 and 60
    [60, { recall: 0.9999 }, 1, 1],
    [61, { recall: 0.5 }, 1, 1], // beyond what was measured
    [60, { ms: 4 }, 0.99, 0.996],
    [10, { ms: 100 }, 0.99, 0.999],
    [60, { ms: 0.1 }, 0.9, 0.93],
  ])("k %i, %o: target %f", (k, wish, target, recall) => {
    expect(choose(settings, k, wish)).toMatchObject({ target, recall });
  });
});
