import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Bitmap, HammingIndex, type OpenOptions } from "../../src/hamming-index/index.ts";
import { compareHits, crowded, oracleOf } from "./random-codes.ts";

const SEED = 77;
const root = mkdtempSync(join(tmpdir(), "looksee-lists-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const N = 9000;
const ids = Uint32Array.from({ length: N }, (_, i) => (i % 3 === 0 ? 4_000_000_000 - i : i));
const codes = crowded(SEED, N, 60, 120);
const queries = crowded(SEED + 1, 40, 60, 120);
const query = (i: number): Uint8Array => queries.subarray(i * 64, i * 64 + 64);

/** The index answers exactly, whatever is asked. */
async function exact(index: HammingIndex, first: number, n: number): Promise<void> {
  const [heldIds, held] = [ids.subarray(first, first + n), codes.subarray(first * 64, (first + n) * 64)];
  const some = heldIds.filter((id) => id % 5 === 0);
  const allow = Bitmap.of(some);
  for (let i = 0; i < 4; i++) {
    const truth = oracleOf(heldIds, held, query(i), n);
    for (const k of [1, 60, 2000]) expect(compareHits(await index.search(query(i), k), truth.slice(0, k))).toBe("same");
    const within = truth.filter(({ distance }) => distance <= 150);
    expect(compareHits(await index.within(query(i), 150), within)).toBe("same");
    const few = truth.filter(({ id }) => id % 5 === 0);
    expect(compareHits(await index.search(query(i), 300, { allow }), few.slice(0, 300))).toBe("same");
  }
}

async function recallOf(index: HammingIndex, k: number, recall: number, allow?: Bitmap): Promise<number> {
  let found = 0;
  for (let i = 0; i < 40; i++) {
    const truth = new Set((await index.search(query(i), k, { allow })).map(({ id }) => id));
    const answer = await index.answer(query(i), k, { recall, allow });
    expect(answer.recall).toBeGreaterThanOrEqual(recall);
    found += answer.hits.filter(({ id }) => truth.has(id)).length / truth.size;
  }
  return found / 40;
}

test.each(["memory", "file"] as const)(
  "with codes in %s: clustered, flushed, opened, changed, merged: exact answers stay exact, others keep their floor",
  async (where) => {
    const options: OpenOptions = { dir: join(root, where), modelId: "m", codes: where };
    const index = await HammingIndex.open(options);
    await index.upsert(ids.subarray(0, 6000), codes.subarray(0, 6000 * 64));
    await index.cluster(64);
    await exact(index, 0, 6000);
    expect(await recallOf(index, 60, 0.95)).toBeGreaterThanOrEqual(0.93);
    await index.flush(1);
    await index.close();

    const again = await HammingIndex.open({ ...options, threads: 2 });
    expect(again.refused).toEqual([]);
    await exact(again, 0, 6000);
    expect(await recallOf(again, 10, 0.95)).toBeGreaterThanOrEqual(0.93);
    await again.upsert(ids.subarray(6000), codes.subarray(6000 * 64)); // in the tail, which is compared in any case
    expect(await recallOf(again, 60, 0.95)).toBeGreaterThanOrEqual(0.93);
    await again.remove(ids.subarray(0, 1000));
    await exact(again, 1000, N - 1000);
    await again.flush(2); // which sorts the tail into the lists
    expect(again.stats()).toMatchObject({ segments: 1, tail: 0, dead: 0 });
    await exact(again, 1000, N - 1000);
    expect(await recallOf(again, 60, 0.95)).toBeGreaterThanOrEqual(0.93);
    const allow = Bitmap.of(ids.filter((id) => id % 2 === 0));
    expect(await recallOf(again, 20, 0.95, allow)).toBeGreaterThanOrEqual(0.9);
    await again.close();
  },
);

test.each(["memory", "file"] as const)(
  "with codes in %s: grown since, clustering again keeps the lists, makes one segment and measures anew",
  async (where) => {
    const options: OpenOptions = { dir: join(root, `again-${where}`), modelId: "m", codes: where };
    const index = await HammingIndex.open(options);
    await index.upsert(ids.subarray(0, 3000), codes.subarray(0, 3000 * 64));
    await index.cluster(64);
    expect(index.stats()).toMatchObject({ lists: 64, measured: 3000 });
    await index.upsert(ids.subarray(3000), codes.subarray(3000 * 64));
    await index.cluster();
    expect(index.stats()).toMatchObject({ lists: 64, measured: N, segments: 1, tail: 0 });
    await exact(index, 0, N);
    expect(await recallOf(index, 60, 0.95)).toBeGreaterThanOrEqual(0.93);
    await index.cluster(100);
    expect(index.stats()).toMatchObject({ lists: 100, measured: N, segments: 1 });
    const files = () => readdirSync(options.dir!).filter((name) => name.endsWith(".seg")).length;
    await expect.poll(files).toBe(where === "file" ? 1 : 0); // what was merged before any flush is gone
    await exact(index, 0, N);
    await index.flush(1);
    await index.close();
    const again = await HammingIndex.open(options);
    expect(again.stats()).toMatchObject({ lists: 100, measured: N });
    await again.close();
  },
);

test("a floor or a budget that is none, and lists of nothing, are refused; without lists every answer is exact", async () => {
  const index = await HammingIndex.open();
  await expect(index.cluster(4)).rejects.toThrow(/^INDEX_LISTS: /);
  await index.upsert(ids, codes);
  await expect(index.cluster(0)).rejects.toThrow(/^INDEX_LISTS: /);
  for (const recall of [-0.1, 1.1, Number.NaN])
    await expect(index.search(query(0), 5, { recall })).rejects.toThrow(/^INDEX_RECALL: /);
  const { hits, ...expected } = await index.answer(query(0), 60, { recall: 0.5 });
  expect(expected).toEqual({ compared: N, recall: 1, recallP5: 1, covered: 1 });
  expect(compareHits(hits, oracleOf(ids, codes, query(0), 60))).toBe("same");
  await index.close();
});

test("photos farther from all codes than these from each other keep the floor, and read a part", async () => {
  const n = 30_000;
  const index = await HammingIndex.open();
  await index.upsert(
    Uint32Array.from({ length: n }, (_, i) => i),
    crowded(SEED, n, 8, 40), // so tight that an own code's 2,000 nearest are of its own crowd
  );
  await index.cluster(300);
  const strangers = crowded(SEED + 2, 40, 8, 200);
  let [found, compared] = [0, 0];
  for (let i = 0; i < 40; i++) {
    const code = strangers.subarray(i * 64, i * 64 + 64);
    const truth = new Set((await index.search(code, 60)).map(({ id }) => id));
    const answer = await index.answer(code, 60, { recall: 0.95 });
    found += answer.hits.filter(({ id }) => truth.has(id)).length / 60;
    compared += answer.compared;
  }
  expect(found / 40).toBeGreaterThanOrEqual(0.95);
  expect(compared / 40).toBeLessThan(n / 4); // and 22,700 where only own codes are asked
  await index.close();
});
