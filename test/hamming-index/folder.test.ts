import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { Bitmap, HammingIndex, type OpenOptions } from "../../src/hamming-index/index.ts";
import { compareHits, oracle, oracleOf, randomCodes, xorshift } from "./random-codes.ts";

const SEED = 41;
const root = mkdtempSync(join(tmpdir(), "looksee-segments-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const newFolder = (): string => join(root, String(folders++));

const ids = fc.uint8Array({ minLength: 0, maxLength: 30 }).map((bytes) => Uint32Array.from(bytes, (byte) => byte * 97));
const step = fc.oneof(
  fc.record({ kind: fc.constant("upsert" as const), ids, seed: fc.integer() }),
  fc.record({ kind: fc.constant("remove" as const), ids, seed: fc.integer() }),
  fc.record({ kind: fc.constant("flush" as const), ids, seed: fc.integer() }),
  fc.record({ kind: fc.constant("reopen" as const), ids, seed: fc.integer() }),
);

test.each(["memory", "file"] as const)(
  `with codes in %s, a folder opens with what was flushed, whatever came before and after (seed ${SEED})`,
  async (codes) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10 }), fc.integer({ min: 1, max: 40 }), async (steps, k) => {
        const options: OpenOptions = { dir: newFolder(), modelId: "m", codes };
        let index = await HammingIndex.open(options);
        let held = new Map<number, Uint8Array>();
        let flushed = new Map<number, Uint8Array>();
        let mark = 0;
        for (const { kind, ids, seed } of steps) {
          const fresh = randomCodes(xorshift(seed), ids.length, 0.5);
          if (kind === "upsert") {
            await index.upsert(ids, fresh);
            for (const [i, id] of ids.entries()) held.set(id, fresh.slice(i * 64, i * 64 + 64));
          } else if (kind === "remove") {
            await index.remove(ids);
            for (const id of ids) held.delete(id);
          } else if (kind === "flush") {
            const flushing = index.flush(++mark);
            flushed = new Map(held);
            // What is changed while the files are written belongs to the next flush, not to this one.
            for (const id of ids.subarray(0, 3)) held.delete(id);
            await index.remove(ids.subarray(0, 3));
            await flushing;
          } else {
            await index.close(); // which writes nothing
            index = await HammingIndex.open(options);
            expect(index.refused).toEqual([]);
            held = new Map(flushed);
          }
          expect(index.mark).toBe(mark);
          expect(index.size).toBe(held.size);
          const query = randomCodes(xorshift(seed ^ k), 1);
          expect(compareHits(await index.search(query, k), oracle(held, query, k))).toBe("same");
          const some = [...held.keys()].filter((id) => id % 2 === 0);
          const few = new Map(some.map((id) => [id, held.get(id)!]));
          const allow = Bitmap.of(some);
          expect(compareHits(await index.search(query, k, { allow }), oracle(few, query, k))).toBe("same");
          for (const id of ids) expect(index.has(id)).toBe(held.has(id));
        }
        await index.close();
      }),
      { seed: SEED, numRuns: 12 },
    );
  },
);

// Neither goes into the other's merge: both are larger than what every merge takes in.
const N = 80_000;
const M = 66_000;

/** A folder with two segments, of which the first has tombstones, and what it holds. */
async function twoSegments(codes: "memory" | "file") {
  const options: OpenOptions = { dir: newFolder(), modelId: "m", codes, threads: 2 };
  const random = xorshift(SEED);
  const index = await HammingIndex.open(options);
  const all = randomCodes(random, N + M);
  const allIds = Uint32Array.from({ length: N + M }, (_, i) => (i % 2 === 0 ? i : 3_000_000_000 - i));
  await index.upsert(allIds.subarray(0, N), all.subarray(0, N * 64));
  await index.flush(5);
  await index.upsert(allIds.subarray(N), all.subarray(N * 64));
  await index.remove(allIds.subarray(100, 200));
  await index.flush(6);
  expect(index.stats()).toMatchObject({ segments: 2, dead: 100, tail: 0, codes: N + M - 100 });
  await index.close();
  const ids = Uint32Array.from([...allIds.subarray(0, 100), ...allIds.subarray(200)]);
  const kept = new Uint8Array(ids.length * 64);
  kept.set(all.subarray(0, 6400));
  kept.set(all.subarray(200 * 64), 6400);
  return { options, ids, codes: kept, query: randomCodes(random, 1) };
}

test.each(["memory", "file"] as const)(
  "two segments with codes in %s answer as one list, changed or not",
  async (codes) => {
    const { options, ids, codes: held, query } = await twoSegments(codes);
    const truth = oracleOf(ids, held, query, 50_000);
    for (const threads of [1, 2]) {
      const index = await HammingIndex.open({ ...options, threads });
      expect(index.refused).toEqual([]);
      expect(index.mark).toBe(6);
      for (const k of [1, 1200, 50_000])
        expect(compareHits(await index.search(query, k), truth.slice(0, k))).toBe("same");
      const near = truth[700]!.distance;
      const within = truth.filter((hit) => hit.distance <= near);
      expect(compareHits(await index.within(query, near), within)).toBe("same");
      const few = truth.filter((_, i) => i % 997 === 0);
      const allow = Bitmap.of(few.map(({ id }) => id));
      expect(compareHits(await index.search(query, 60, { allow }), few.slice(0, 60))).toBe("same");
      // The nearest go, and come back with the query's own code.
      const nearest = Uint32Array.from(truth.slice(0, 50), ({ id }) => id);
      await index.remove(nearest);
      expect(compareHits(await index.search(query, 500), truth.slice(50, 550))).toBe("same");
      await index.upsert(nearest.subarray(0, 1), query);
      expect((await index.search(query, 1))[0]).toEqual({ id: nearest[0], distance: 0 });
      const { bytes } = index.stats();
      if (codes === "file") expect(bytes.codes).toBeLessThanOrEqual(65_536 * 64); // the tail's alone
      expect(bytes.files).toBeGreaterThan((N + M) * 68);
      await index.close();
    }
  },
);

const flip = (path: string, at: number): void => {
  const bytes = readFileSync(path);
  bytes[at < 0 ? bytes.length + at : at]! ^= 1;
  writeFileSync(path, bytes);
};

/** Damage done to the larger segment; what it is called; how much is left. */
const DAMAGE: [string, string, number, (dir: string, segment: string) => void][] = [
  ["a bit of the codes", "SEGMENT_DAMAGED", M, (_, segment) => flip(segment, 5000)],
  ["a bit of the ids", "SEGMENT_DAMAGED", M, (_, segment) => flip(segment, 4096 + N * 64 + 4096)],
  ["a bit of the last section", "SEGMENT_DAMAGED", M, (_, segment) => flip(segment, -2)],
  ["a bit of the header", "SEGMENT_DAMAGED", M, (_, segment) => flip(segment, 17)],
  ["a file cut short", "SEGMENT_DAMAGED", M, (_, segment) => truncateSync(segment, 4096 + 64)],
  ["an empty file", "SEGMENT_DAMAGED", M, (_, segment) => truncateSync(segment, 0)],
  ["a file of another kind", "SEGMENT_MAGIC", M, (_, segment) => flip(segment, 0)],
  ["a newer format", "SEGMENT_VERSION", M, (_, segment) => flip(segment, 4)],
  ["a missing file", "SEGMENT_MISSING", M, (_, segment) => rmSync(segment)],
  ["a manifest with a flipped bit", "SEGMENT_DAMAGED", 0, (dir) => flip(join(dir, "manifest"), 40)],
  ["an empty manifest", "SEGMENT_MAGIC", 0, (dir) => truncateSync(join(dir, "manifest"), 0)],
  ["a newer manifest", "SEGMENT_VERSION", 0, (dir) => flip(join(dir, "manifest"), 4)],
];

test("what is damaged is named and left out, the rest stays, and giving it again heals the folder", async () => {
  const { options, ids, codes, query } = await twoSegments("memory");
  const truth = oracleOf(ids, codes, query, 1000);
  const place = new Map(Array.from(ids, (id, i) => [id, i]));
  for (const [what, code, left, harm] of DAMAGE) {
    const dir = newFolder();
    cpSync(options.dir!, dir, { recursive: true });
    const larger = readdirSync(dir).sort()[0]!;
    harm(dir, join(dir, larger));
    const index = await HammingIndex.open({ dir, modelId: "m" });
    expect(
      index.refused.map((error) => error.code),
      what,
    ).toEqual([code]);
    if (left > 0) expect(index.refused[0]!.message, what).toContain(larger);
    expect([index.size, index.mark], what).toEqual([left, left > 0 ? 6 : 0]);
    const missing = ids.filter((id) => !index.has(id));
    expect(missing.length, what).toBe(ids.length - left);
    const again = new Uint8Array(missing.length * 64);
    for (const [i, id] of missing.entries()) {
      const at = place.get(id)! * 64;
      again.set(codes.subarray(at, at + 64), i * 64);
    }
    await index.upsert(missing, again);
    expect(compareHits(await index.search(query, 1000), truth), what).toBe("same");
    await index.flush(6);
    await index.close();
    const healed = await HammingIndex.open({ dir, modelId: "m" });
    expect(healed.refused, what).toEqual([]);
    expect(compareHits(await healed.search(query, 1000), truth), what).toBe("same");
    await healed.close();
    rmSync(dir, { recursive: true });
  }
}, 120_000);

test("codes of another model are refused, and the folder becomes the new model's", async () => {
  const dir = newFolder();
  const index = await HammingIndex.open({ dir, modelId: "old" });
  await index.upsert(Uint32Array.of(1), new Uint8Array(64));
  await index.flush(3);
  await index.close();
  const other = await HammingIndex.open({ dir, modelId: "new" });
  expect(other.refused.map(({ code }) => code)).toEqual(["SEGMENT_MODEL"]);
  expect([other.size, other.mark]).toEqual([0, 0]);
  await other.upsert(Uint32Array.of(2), new Uint8Array(64));
  await other.flush(4);
  await other.close();
  const again = await HammingIndex.open({ dir, modelId: "new" });
  expect(again.refused).toEqual([]);
  expect(await again.search(new Uint8Array(64), 9)).toEqual([{ id: 2, distance: 0 }]);
  await again.close();
  expect(readdirSync(dir).length).toBe(2); // the manifest and one segment
});

test("an index without a folder, or one that only reads, refuses to flush; a folder that cannot be is named", async () => {
  const bare = await HammingIndex.open();
  await expect(bare.flush(1)).rejects.toThrow(/^INDEX_FOLDER: /);
  await expect(HammingIndex.open({ codes: "file" })).rejects.toThrow(/^INDEX_FOLDER: /);
  const dir = newFolder();
  const writer = await HammingIndex.open({ dir });
  const reader = await HammingIndex.open({ dir, write: false });
  await expect(reader.flush(1)).rejects.toThrow(/^INDEX_FOLDER: /);
  const blocked = newFolder();
  closeSync(openSync(blocked, "w"));
  await expect(HammingIndex.open({ dir: join(blocked, "in") })).rejects.toThrow(/^INDEX_FOLDER: /);
  await Promise.all([bare, writer, reader].map((index) => index.close()));
});

test("a reader in mid-search keeps its answer while a merge takes the files away", async () => {
  const { options, ids, codes, query } = await twoSegments("file");
  const index = await HammingIndex.open(options);
  const truth = oracleOf(ids, codes, query, 1200);
  const searches = Array.from({ length: 12 }, () => index.search(query, 1200));
  await index.upsert(
    Uint32Array.from({ length: 80_000 }, (_, i) => 1_000_000 + i),
    new Uint8Array(80_000 * 64).fill(255),
  );
  await index.flush(7);
  for (const hits of await Promise.all(searches)) expect(compareHits(hits, truth)).toBe("same");
  await index.close();
});
