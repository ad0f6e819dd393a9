import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { everyDistance, HammingIndex } from "../../src/hamming-index/index.ts";

const code = new Uint8Array(64);
const failsWith = (code: string) => expect.objectContaining({ code });

test("codes of another width, wild k, wild thread counts are refused", async () => {
  const index = await HammingIndex.open();
  await index.upsert(Uint32Array.of(1), code);
  await expect(HammingIndex.open({ codeBytes: 32 as 64 })).rejects.toEqual(failsWith("INDEX_CODE_WIDTH"));
  await expect(index.search(new Uint8Array(63), 1)).rejects.toEqual(failsWith("INDEX_CODE_WIDTH"));
  await expect(index.upsert(Uint32Array.of(1, 2), new Uint8Array(64))).rejects.toEqual(failsWith("INDEX_CODE_WIDTH"));
  expect(() => everyDistance(new Uint8Array(65), code)).toThrow(failsWith("INDEX_CODE_WIDTH"));
  for (const k of [0, -1, 1.5, 100_001, Number.NaN])
    await expect(index.search(code, k)).rejects.toEqual(failsWith("INDEX_K"));
  for (const distance of [-1, 1.5, 513, Number.NaN])
    await expect(index.within(code, distance)).rejects.toEqual(failsWith("INDEX_DISTANCE"));
  for (const threads of [0, 1.5, 65])
    await expect(HammingIndex.open({ threads })).rejects.toEqual(failsWith("INDEX_THREADS"));
  expect(await index.search(code, 100_000)).toEqual([{ id: 1, distance: 0 }]);
});

test("a full index says so, keeps what it has and takes in what it holds already", async () => {
  await expect(HammingIndex.open({ memoryBytes: 65536 })).rejects.toEqual(failsWith("INDEX_FULL"));
  await expect(HammingIndex.open({ maxBytes: 65536 })).rejects.toEqual(failsWith("INDEX_FULL"));
  const index = await HammingIndex.open({ maxBytes: 12_000_000 });
  const n = 65_536;
  const ids = Uint32Array.from({ length: n }, (_, i) => i);
  await index.upsert(ids, new Uint8Array(n * 64));
  await expect(index.upsert(Uint32Array.of(n), code)).rejects.toEqual(failsWith("INDEX_FULL"));
  expect(index.size).toBe(n);
  await index.upsert(ids, new Uint8Array(n * 64)); // nothing new, so nothing is full
  await index.remove(Uint32Array.of(3));
  expect(await index.search(code, 4)).toEqual([0, 1, 2, 4].map((id) => ({ id, distance: 0 })));
  expect(index.stats()).toMatchObject({ codes: n - 1, dead: 1, threads: 1, bytes: { codes: n * 64, ids: n * 4 } });
  expect(index.stats().bytes.reserved).toBeLessThanOrEqual(12_000_000);
});

test("a closed index refuses, and closing twice is closing once", async () => {
  const index = await HammingIndex.open({ threads: 2 });
  await index.close();
  await index.close();
  await expect(index.search(code, 1)).rejects.toEqual(failsWith("INDEX_CLOSED"));
  await expect(index.upsert(new Uint32Array(0), new Uint8Array(0))).rejects.toEqual(failsWith("INDEX_CLOSED"));
  await expect(index.remove(new Uint32Array(0))).rejects.toEqual(failsWith("INDEX_CLOSED"));
});

test("a process that forgot to close an index with workers ends all the same", () => {
  const entry = resolve(import.meta.dirname, "../../src/hamming-index/index.ts");
  const program = `
    const { HammingIndex } = await import(${JSON.stringify(entry)});
    const index = await HammingIndex.open({ threads: 3 });
    const n = 50000;
    await index.upsert(Uint32Array.from({ length: n }, (_, i) => i), new Uint8Array(n * 64));
    console.log((await index.search(new Uint8Array(64), 2)).map((hit) => hit.id).join());`;
  const out = execFileSync(process.execPath, ["--input-type=module", "-e", program], { timeout: 30_000 });
  expect(out.toString()).toBe("0,1\n");
});
