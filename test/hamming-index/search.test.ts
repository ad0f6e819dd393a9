import { afterAll, expect, test } from "vitest";
import { Bitmap, HammingIndex, type OpenOptions } from "../../src/hamming-index/index.ts";
import { compareHits, oracleOf, randomCodes, xorshift } from "./random-codes.ts";

const SEED = 20180819;
const opened: HammingIndex[] = [];
afterAll(() => Promise.all(opened.map((index) => index.close())));

async function openIndex(options: OpenOptions = {}): Promise<HammingIndex> {
  const index = await HammingIndex.open(options);
  opened.push(index);
  return index;
}

/** Distinct ids in no order, which is what makes ties hard. */
function scatteredIds(random: () => number, n: number): Uint32Array {
  const ids = new Set<number>([0, 4294967295].slice(0, n));
  while (ids.size < n) ids.add(random() % 2 === 0 ? random() : random() % (4 * n));
  return Uint32Array.from(ids).sort((a, b) => Math.imul(a, 0x9e3779b1) - Math.imul(b, 0x9e3779b1));
}

const KINDS: OpenOptions[] = [
  { threads: 1, counting: "words" },
  { threads: 1, counting: "lanes" },
  { threads: 2 },
  { threads: 3, counting: "lanes" },
];

test.each([0, 1, 3, 7, 511, 513, 1024, 5000])(
  `%i codes equal the slow twin, ties included (seed ${SEED})`,
  async (n) => {
    const random = xorshift(SEED + n);
    const ids = scatteredIds(random, n);
    const codes = randomCodes(random, n);
    const queries = [randomCodes(random, 1), codes.slice(0, 64), new Uint8Array(64), new Uint8Array(64).fill(255)];
    for (const kind of KINDS) {
      const index = await openIndex(kind);
      await index.upsert(ids, codes);
      expect(index.size).toBe(n);
      for (const query of queries.filter((code) => code.length === 64)) {
        const all = oracleOf(ids, codes, query, n);
        for (const k of [1, 5, 60, 1200, 100_000])
          expect(compareHits(await index.search(query, k), all.slice(0, k)), `k ${k}`).toBe("same");
      }
    }
  },
);

test("a hundred thousand codes over two blocks, any number of threads, one answer", async () => {
  const n = 100_003;
  const random = xorshift(SEED);
  const ids = scatteredIds(random, n);
  const codes = randomCodes(random, n);
  const indexes = await Promise.all(KINDS.map(openIndex));
  for (const index of indexes) await index.upsert(ids, codes);
  for (let round = 0; round < 3; round++) {
    const query = round === 0 ? codes.slice(0, 64) : randomCodes(random, 1);
    const all = oracleOf(ids, codes, query, 100_000);
    for (const index of indexes)
      for (const k of [1, 1200, 7000, 100_000])
        expect(compareHits(await index.search(query, k), all.slice(0, k)), `k ${k}`).toBe("same");
  }
});

test("codes over four memories: one answer, with and without a filter, before and after changes", async () => {
  const n = 200_000;
  const random = xorshift(SEED);
  const ids = scatteredIds(random, n);
  const codes = randomCodes(random, n);
  const gone = ids.filter((_, i) => i % 2 === 0);
  const stay = ids.filter((_, i) => i % 2 === 1);
  const stayCodes = new Uint8Array(stay.length * 64);
  for (let i = 0; i < stay.length; i++) stayCodes.set(codes.subarray(i * 128 + 64, i * 128 + 128), i * 64);
  const query = randomCodes(random, 1);
  const all = oracleOf(ids, codes, query, 50_000);
  const left = oracleOf(stay, stayCodes, query, 50_000);
  for (const threads of [1, 2, 3]) {
    const index = await openIndex({ threads, memoryBytes: (1 + 82 * (threads === 1 ? 1 : threads + 1) + 69) * 65_536 });
    await index.upsert(ids.subarray(0, 70_000), codes.subarray(0, 70_000 * 64));
    await index.search(query, 10); // a worker that has searched must hear of the memories to come
    await index.upsert(ids, codes);
    expect(index.stats().bytes.reserved).toBeGreaterThan(5 * 82 * 65_536);
    for (const k of [1, 1200, 50_000])
      expect(compareHits(await index.search(query, k), all.slice(0, k)), `k ${k}`).toBe("same");
    expect(compareHits(await index.search(query, 1200, { allow: Bitmap.of(stay) }), left.slice(0, 1200))).toBe("same");
    await index.remove(gone);
    expect(index.size).toBe(stay.length);
    for (const k of [1, 1200, 50_000])
      expect(compareHits(await index.search(query, k), left.slice(0, k)), `k ${k}`).toBe("same");
  }
});

test("a sample that misleads costs time, never a hit", async () => {
  const n = 70_000; // every 256th code is one of the sample
  for (const [sampled, others] of [
    [0, 200],
    [200, 0],
  ]) {
    const codes = randomCodes(xorshift(SEED), n, 0);
    for (let i = 0; i < n; i++) codes.fill(0, i * 64, i * 64 + 64 - (i % 256 === 0 ? sampled! : others!) / 8);
    const ids = scatteredIds(xorshift(SEED), n);
    const all = oracleOf(ids, codes, new Uint8Array(64), 3000);
    for (const kind of KINDS) {
      const index = await openIndex(kind);
      await index.upsert(ids, codes);
      for (const k of [1, 273, 275, 1200, 3000])
        expect(compareHits(await index.search(new Uint8Array(64), k), all.slice(0, k)), `k ${k}`).toBe("same");
    }
  }
});

test("codes that come nearer and nearer, so that each one displaces another", async () => {
  const n = 20_000;
  const codes = new Uint8Array(n * 64).fill(255);
  for (let i = 0; i < n; i++) codes.fill(0, i * 64, i * 64 + Math.floor((i * 65) / n));
  const ids = Uint32Array.from({ length: n }, (_, i) => n - i);
  const query = new Uint8Array(64);
  for (const kind of KINDS) {
    const index = await openIndex(kind);
    await index.upsert(ids, codes);
    for (const k of [1, 100, 1200])
      expect(compareHits(await index.search(query, k), oracleOf(ids, codes, query, k))).toBe("same");
  }
});

test("twenty thousand equal codes: the smallest ids win, however they came in", async () => {
  const n = 20_000;
  const codes = new Uint8Array(n * 64).fill(7);
  for (const ids of [
    Uint32Array.from({ length: n }, (_, i) => i * 3),
    Uint32Array.from({ length: n }, (_, i) => (n - i) * 3),
    scatteredIds(xorshift(SEED), n),
  ])
    for (const kind of KINDS) {
      const index = await openIndex(kind);
      await index.upsert(ids, codes);
      const smallest = [...ids].sort((a, b) => a - b).slice(0, 1200);
      expect(
        compareHits(
          await index.search(new Uint8Array(64), 1200),
          smallest.map((id) => ({ id, distance: 192 })),
        ),
      ).toBe("same");
    }
});

test.each([0, 0.0002, 0.01, 0.124, 0.126, 0.5, 1])("a filter that keeps %d loses nothing", async (share) => {
  const n = 70_001;
  const random = xorshift(SEED);
  const ids = scatteredIds(random, n);
  const codes = randomCodes(random, n);
  const kept = Array.from(ids.keys()).filter(() => random() < share * 2 ** 32);
  const allow = Bitmap.of([...kept.map((i) => ids[i]!), 3_999_999_999]);
  const keptIds = Uint32Array.from(kept, (i) => ids[i]!);
  const keptCodes = new Uint8Array(kept.length * 64);
  for (const [at, i] of kept.entries()) keptCodes.set(codes.subarray(i * 64, i * 64 + 64), at * 64);
  const query = randomCodes(random, 1);
  const nearest = oracleOf(keptIds, keptCodes, query, 1200);
  for (const threads of [1, 2, 3]) {
    const index = await openIndex({ threads });
    await index.upsert(ids, codes);
    for (const k of [20, 1200]) {
      const expected = nearest.slice(0, k);
      expect(compareHits(await index.search(query, k, { allow }), expected)).toBe("same");
      expect((await index.search(query, k)).length).toBe(k); // the filter does not stay behind
      expect(compareHits(await index.search(query, k, { allow }), expected)).toBe("same");
    }
  }
});

test("searches asked for one after the other, in the same go, or in the middle of others, are each answered alike", async () => {
  const n = 20_000;
  const random = xorshift(SEED);
  const ids = scatteredIds(random, n);
  const codes = randomCodes(random, n);
  const queries = Array.from({ length: 80 }, (_, i) =>
    i % 9 === 0 ? codes.slice(i * 64, i * 64 + 64) : randomCodes(random, 1),
  );
  const truth = queries.map((query) => oracleOf(ids, codes, query, 1200));
  for (const threads of [1, 2]) {
    const index = await openIndex({ threads });
    await index.upsert(ids, codes);
    // More than share one pass, of different k, some with a filter.
    const even = Bitmap.of(ids.filter((id) => id % 2 === 0));
    const asked = queries.map((query, i) =>
      index.search(query, i % 3 === 0 ? 7 : 1200, i % 5 === 0 ? { allow: even } : {}),
    );
    for (const [i, hits] of (await Promise.all(asked)).entries())
      if (i % 5 !== 0) expect(compareHits(hits, truth[i]!.slice(0, i % 3 === 0 ? 7 : 1200)), `query ${i}`).toBe("same");
      else expect(hits.every(({ id }) => even.has(id))).toBe(true);
    // Asked for in the very moment in which another is answered.
    for (let i = 0; i < 20; i++) {
      const next = index.search(queries[i]!, 5).then((hits) => [hits, index.search(queries[i + 1]!, 5)] as const);
      const [hits, following] = await next;
      expect(compareHits(hits, truth[i]!.slice(0, 5))).toBe("same");
      expect(compareHits(await following, truth[i + 1]!.slice(0, 5))).toBe("same");
    }
  }
});

test.each([0, 100, 200, 230, 256, 512])(
  "all within %i bits, however many, with and without a filter",
  async (distance) => {
    const n = 130_000; // more than a search can keep
    const random = xorshift(SEED);
    const ids = scatteredIds(random, n);
    const codes = randomCodes(random, n);
    const query = codes.slice(0, 64);
    const truth = oracleOf(ids, codes, query, n).filter((hit) => hit.distance <= distance);
    const even = Bitmap.of(ids.filter((id) => id % 2 === 0));
    for (const threads of [1, 2]) {
      const index = await openIndex({ threads });
      await index.upsert(ids, codes);
      expect(compareHits(await index.within(query, distance), truth)).toBe("same");
      const allowed = truth.filter(({ id }) => id % 2 === 0);
      expect(compareHits(await index.within(query, distance, { allow: even }), allowed)).toBe("same");
    }
  },
);
