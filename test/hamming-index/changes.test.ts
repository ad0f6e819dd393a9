import fc from "fast-check";
import { expect, test } from "vitest";
import { Bitmap, HammingIndex } from "../../src/hamming-index/index.ts";
import { compareHits, oracle, randomCodes, xorshift } from "./random-codes.ts";

const SEED = 512;

/** Few ids and few distinct codes, so that re-inserts, swaps and ties happen all the time. */
const ids = fc.uint8Array({ minLength: 0, maxLength: 40 }).map((bytes) => Uint32Array.from(bytes, (byte) => byte * 97));
const change = fc.oneof(
  fc.record({ kind: fc.constant("upsert" as const), ids, seed: fc.integer() }),
  fc.record({ kind: fc.constant("remove" as const), ids, seed: fc.integer() }),
);

test(`upserts, removes and re-inserts in any order leave what a plain map holds (seed ${SEED})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 12 }), fc.integer({ min: 1, max: 300 }), async (changes, k) => {
      const index = await HammingIndex.open();
      const held = new Map<number, Uint8Array>();
      for (const { kind, ids, seed } of changes) {
        const codes = randomCodes(xorshift(seed), ids.length, 0.5);
        if (kind === "upsert") await index.upsert(ids, codes);
        else await index.remove(ids);
        for (const [i, id] of ids.entries())
          if (kind === "upsert") held.set(id, codes.slice(i * 64, i * 64 + 64));
          else held.delete(id);
        const query = randomCodes(xorshift(seed ^ k), 1);
        expect(index.size).toBe(held.size);
        expect(compareHits(await index.search(query, k), oracle(held, query, k))).toBe("same");
        const allowed = [...held.keys()].filter((id) => id % 2 === 0);
        const some = new Map(allowed.map((id) => [id, held.get(id)!]));
        expect(compareHits(await index.search(query, k, { allow: Bitmap.of(allowed) }), oracle(some, query, k))).toBe(
          "same",
        );
      }
    }),
    { seed: SEED, numRuns: 150 },
  );
});

test("a bitmap kept over changes of the index sees them", async () => {
  const index = await HammingIndex.open();
  const allow = Bitmap.of([1, 3]);
  const code = new Uint8Array(64);
  await index.upsert(Uint32Array.of(1, 2), new Uint8Array(128));
  expect(await index.search(code, 5, { allow })).toEqual([{ id: 1, distance: 0 }]);
  await index.upsert(Uint32Array.of(3), code);
  expect((await index.search(code, 5, { allow })).map((hit) => hit.id)).toEqual([1, 3]);
  await index.remove(Uint32Array.of(1));
  expect((await index.search(code, 5, { allow })).map((hit) => hit.id)).toEqual([3]);
});

test("a large index emptied and filled again, its ids an adversary's", async () => {
  const n = 70_000;
  const random = xorshift(SEED);
  const codes = randomCodes(random, n, 0);
  const index = await HammingIndex.open({ threads: 2 });
  const ids = Uint32Array.from({ length: n }, (_, i) => (i << 14) >>> 0 || i); // same low bits, many repeats
  const held = new Map<number, Uint8Array>();
  for (const [i, id] of ids.entries()) held.set(id, codes.subarray(i * 64, i * 64 + 64));
  await index.upsert(ids, codes);
  expect(index.size).toBe(held.size);
  expect(compareHits(await index.search(codes.slice(0, 64), 300), oracle(held, codes.slice(0, 64), 300))).toBe("same");
  await index.remove(ids);
  expect(index.size).toBe(0);
  expect(await index.search(codes.slice(0, 64), 300)).toEqual([]);
  await index.upsert(ids, codes);
  expect(compareHits(await index.search(codes.slice(64, 128), 300), oracle(held, codes.slice(64, 128), 300))).toBe(
    "same",
  );
  await index.close();
});

test("codes replaced, removed and searched while merges run in the background", async () => {
  const [rounds, n] = [6, 60_000];
  const random = xorshift(SEED);
  const index = await HammingIndex.open({ threads: 2 });
  const held = new Map<number, Uint8Array>();
  const query = randomCodes(random, 1);
  for (let round = 0; round < rounds; round++) {
    const codes = randomCodes(random, n);
    const ids = Uint32Array.from({ length: n }, () => random() % 400_000);
    const gone = ids.slice(0, 1000);
    await index.upsert(ids, codes);
    await index.remove(gone);
    for (const [i, id] of ids.entries()) held.set(id, codes.subarray(i * 64, i * 64 + 64));
    for (const id of gone) held.delete(id);
    expect(index.size).toBe(held.size);
    // Two of three are still being answered while the next round changes what they look at.
    const expected = round % 3 === 2 ? oracle(held, query, 500) : undefined;
    const hits = index.search(query, 500).then((found) => expected && compareHits(found, expected));
    if (expected) expect(await hits).toBe("same");
    else void hits;
  }
  while (index.stats().segments === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(index.stats().tail).toBeLessThan(held.size);
  expect(compareHits(await index.search(query, 500), oracle(held, query, 500))).toBe("same");
  const few = [...held.keys()].filter((id) => id % 1000 === 3);
  const some = new Map(few.map((id) => [id, held.get(id)!]));
  expect(compareHits(await index.search(query, 500, { allow: Bitmap.of(few) }), oracle(some, query, 500))).toBe("same");
  await index.close();
});
