import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { Groups, runsOf, spreadRuns } from "../../src/hamming-index/groups.ts";
import { Bitmap, HammingIndex, type OpenOptions } from "../../src/hamming-index/index.ts";
import { compareHits, crowded, oracle, oracleOf, randomCodes, xorshift } from "./random-codes.ts";

const SEED = 14;
const root = mkdtempSync(join(tmpdir(), "looksee-groups-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const newFolder = (): string => join(root, String(folders++));

type Held = Map<number, { code: Uint8Array; group: number }>;
const GROUPS = [0, 1, 2, 700, 65_535];

/** Every way of asking for a group gives what a plain map holds. */
async function compared(index: HammingIndex, held: Held, query: Uint8Array, k: number): Promise<void> {
  expect(index.size).toBe(held.size);
  for (const group of [undefined, ...GROUPS, 9]) {
    const own = new Map([...held].filter(([, one]) => group === undefined || one.group === group));
    const codes = new Map([...own].map(([id, { code }]) => [id, code]));
    const truth = oracle(codes, query, held.size);
    expect([...index.ids(group)].sort()).toEqual([...own.keys()].sort());
    expect(compareHits(await index.search(query, k, { group }), truth.slice(0, k)), `group ${group}`).toBe("same");
    const near = truth.filter(({ distance }) => distance <= 250);
    expect(compareHits(await index.within(query, 250, { group }), near), `group ${group}`).toBe("same");
    const even = truth.filter(({ id }) => id % 2 === 0);
    for (const allow of [Bitmap.of(even.map(({ id }) => id)), Bitmap.of([...held.keys()].filter((id) => id % 2 === 0))])
      expect(compareHits(await index.search(query, k, { group, allow }), even.slice(0, k))).toBe("same");
    // So few codes are all compared, however little recall is asked for.
    const coarse = await index.answer(query, k, { group, recall: 0.5 });
    if (coarse.recall === 1) expect(compareHits(coarse.hits, truth.slice(0, k))).toBe("same");
    expect(coarse.hits.every(({ id }) => own.has(id))).toBe(true);
    expect(coarse.hits.length).toBe(Math.min(k, own.size));
  }
}

const ids = fc.uint8Array({ minLength: 0, maxLength: 40 }).map((bytes) => Uint32Array.from(bytes, (byte) => byte * 97));
const step = fc.record({
  kind: fc.constantFrom("upsert", "upsert", "regroup", "plain", "remove", "flush", "reopen", "cluster"),
  ids,
  seed: fc.integer(),
  threads: fc.integer({ min: 1, max: 3 }),
});

test.each(["memory", "file"] as const)(
  `codes in %s: a group holds what a map holds, whatever is changed, merged, clustered, opened again (seed ${SEED})`,
  async (codes) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 9 }), fc.integer({ min: 1, max: 50 }), async (steps, k) => {
        const options: OpenOptions = { dir: newFolder(), modelId: "m", codes };
        let index = await HammingIndex.open(options);
        const held: Held = new Map();
        let mark = 0;
        for (const { kind, ids, seed, threads } of steps) {
          const random = xorshift(seed);
          if (kind === "remove") {
            await index.remove(ids);
            for (const id of ids) held.delete(id);
          } else if (kind === "flush") await index.flush(++mark);
          else if (kind === "reopen") {
            await index.flush(++mark);
            await index.close();
            index = await HammingIndex.open({ ...options, threads });
            expect(index.refused).toEqual([]);
          } else if (kind === "cluster") {
            if (index.size > 0) await index.cluster(3);
          } else {
            const fresh = randomCodes(random, ids.length, 0.5);
            // The code it has already, in another group: nothing but the group moves.
            if (kind === "regroup")
              for (const [i, id] of ids.entries()) fresh.set(held.get(id)?.code ?? new Uint8Array(64), i * 64);
            const groups = Uint16Array.from(ids, () => (kind === "plain" ? 0 : GROUPS[random() % GROUPS.length]!));
            await index.upsert(ids, fresh, kind === "plain" ? undefined : groups);
            for (const [i, id] of ids.entries())
              held.set(id, { code: fresh.slice(i * 64, i * 64 + 64), group: groups[i]! });
          }
          for (const id of ids) expect(index.groupOf(id)).toBe(held.get(id)?.group);
          await compared(index, held, randomCodes(random, 1), k);
        }
        await index.close();
      }),
      { seed: SEED, numRuns: 12 },
    );
  },
);

// More than a frame, more than one thread scans, and a tail and two segments that no merge puts together.
const N = 150_000;
const drawn = xorshift(SEED);
const manyIds = Uint32Array.from({ length: N }, (_, i) => (i % 3 === 0 ? 4_000_000_000 - i : i));
const manyCodes = randomCodes(drawn, N, 0.1);
const manyGroups = Uint16Array.from(manyIds, () => 1 + (drawn() % 20));

test.each([1, 2, 3])(
  "a group's answers over frames, segments and tail do not depend on %i threads",
  async (threads) => {
    const index = await HammingIndex.open({ threads, dir: newFolder() });
    const upsert = (from: number, to: number) =>
      index.upsert(manyIds.subarray(from, to), manyCodes.subarray(from * 64, to * 64), manyGroups.subarray(from, to));
    await upsert(0, 75_000);
    await index.flush(1);
    await upsert(75_000, 142_000);
    await index.flush(2);
    await upsert(142_000, N);
    const moved = manyIds.subarray(0, 3000); // to group 7
    await index.upsert(moved, manyCodes.subarray(0, 3000 * 64), new Uint16Array(3000).fill(7));
    expect(index.stats().segments).toBe(2);
    const groupOf = (i: number): number => (i < 3000 ? 7 : manyGroups[i]!);
    for (const group of [7, 20]) {
      const own = Array.from(manyIds.keys()).filter((i) => groupOf(i) === group);
      const ids = Uint32Array.from(own, (i) => manyIds[i]!);
      const codes = Uint8Array.from(own.flatMap((i) => [...manyCodes.subarray(i * 64, i * 64 + 64)]));
      const query = randomCodes(drawn, 1);
      const truth = oracleOf(ids, codes, query, ids.length);
      for (const k of [1, 1200, 20_000])
        expect(compareHits(await index.search(query, k, { group }), truth.slice(0, k))).toBe("same");
      expect((await index.answer(query, 5, { group })).compared).toBeLessThan(12_000 + 11_000 + 3000); // and the tail
      const together = await Promise.all([
        index.search(query, 60, { group }),
        index.search(query, 60),
        index.search(query, 60, { group: group + 1 }),
        index.search(query, 60, { group }),
      ]);
      for (const i of [0, 3]) expect(compareHits(together[i]!, truth.slice(0, 60))).toBe("same");
      const allow = Bitmap.of(ids.filter((id) => id % 4 === 0));
      const few = truth.filter(({ id }) => id % 4 === 0);
      expect(compareHits(await index.search(query, 600, { group, allow }), few.slice(0, 600))).toBe("same");
    }
    await index.close();
  },
);

test("a floor of recall is kept within groups, by looking at a part of each", async () => {
  const n = 30_000;
  const codes = crowded(SEED, n, 60, 120);
  const ids = Uint32Array.from({ length: n }, (_, i) => i + 5);
  // Half by likeness, as categories are, half by chance.
  const groups = Uint16Array.from(ids, (id, i) => (id % 2 === 0 ? 1 + (codes[i * 64]! & 3) : 5 + (id % 3)));
  const index = await HammingIndex.open();
  await index.upsert(ids, codes, groups);
  await index.cluster(300);
  const queries = crowded(SEED + 1, 40, 60, 120);
  for (const group of [1, 6]) {
    const own = groups.reduce((sum, one) => sum + (one === group ? 1 : 0), 0);
    let [found, compared] = [0, 0];
    for (let i = 0; i < 40; i++) {
      const query = queries.subarray(i * 64, i * 64 + 64);
      const truth = new Set((await index.search(query, 60, { group })).map(({ id }) => id));
      const answer = await index.answer(query, 60, { group, recall: 0.95 });
      expect(answer.recall).toBeGreaterThanOrEqual(0.95);
      found += answer.hits.filter(({ id }) => truth.has(id)).length / 60;
      compared += answer.compared;
    }
    expect(found / 40, `group ${group}`).toBeGreaterThanOrEqual(0.93);
    expect(compared / 40, `group ${group}`).toBeLessThan(own * 0.8);
  }
  await index.close();
});

test("runs of groups: every slot in one, lists apart", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ max: 5, maxLength: 30 }), { minLength: 1, maxLength: 20 }), (lists) => {
      const groups = Uint16Array.from(lists.flatMap((list) => [...list].sort()));
      const starts = Uint32Array.from([0, ...lists.map((_, i) => lists.slice(0, i + 1).flatMap((l) => [...l]).length)]);
      const runs = runsOf(groups, starts);
      expect(runs === undefined).toBe(groups.every((group) => group === 0));
      if (!runs) return;
      const spread = new Uint16Array(groups.length);
      spreadRuns(runs, spread);
      expect(spread).toEqual(groups);
      const found = new Groups(runs, starts);
      for (const [slot, group] of groups.entries()) expect(found.at(slot)).toBe(group);
      for (let group = 0; group < 7; group++) {
        const own = [...groups.keys()].filter((slot) => groups[slot] === group);
        const visited: number[] = [];
        found.each(group, (from, to) => {
          for (let slot = from; slot < to; slot++) visited.push(slot);
        });
        expect(visited).toEqual(own);
        const { first, count } = found.parts(group);
        const inLists = [...first].flatMap((from, list) => Array.from({ length: count[list]! }, (_, i) => from + i));
        expect(inLists).toEqual(own);
        for (const [list, from] of first.entries())
          if (count[list]! > 0)
            expect([from >= starts[list]!, from + count[list]! <= starts[list + 1]!]).toEqual([true, true]);
      }
    }),
    { seed: SEED },
  );
});

test("groups that do not fit their codes, or are none, are refused; a section of groups that is none is damage", async () => {
  const dir = newFolder();
  const index = await HammingIndex.open({ dir });
  const code = new Uint8Array(64);
  await expect(index.upsert(Uint32Array.of(1), code, new Uint16Array(2))).rejects.toThrow(/^INDEX_GROUP: /);
  for (const group of [-1, 65_536, 0.5, Number.NaN])
    await expect(index.search(code, 1, { group })).rejects.toThrow(/^INDEX_GROUP: /);
  await index.upsert(Uint32Array.of(1, 2), new Uint8Array(128), Uint16Array.of(3, 4));
  await index.flush(1);
  await index.close();
  // The last run ends beyond the codes, and every checksum is right.
  const path = join(dir, readdirSync(dir).find((name) => name.endsWith(".seg"))!);
  const bytes = readFileSync(path);
  const at = bytes.length - 4 - 4;
  bytes.writeUInt32LE(3, at);
  for (let entry = 64; entry < 448; entry += 24)
    if (bytes.readUInt32LE(entry) === 9) bytes.writeUInt32LE(crc32(bytes.subarray(bytes.length - 16)), entry + 4);
  const crc = crc32(bytes.subarray(0, 4092));
  const manifest = readFileSync(join(dir, "manifest"));
  const text = manifest.toString("latin1").replace(String(bytes.readUInt32LE(4092)), String(crc));
  bytes.writeUInt32LE(crc, 4092);
  writeFileSync(path, bytes);
  const changed = Buffer.from(
    text.length === manifest.length ? text : text.slice(0, 16) + fitted(text, manifest.length),
    "latin1",
  );
  changed.writeUInt32LE(crc32(changed.subarray(16)), 12);
  writeFileSync(join(dir, "manifest"), changed);
  const again = await HammingIndex.open({ dir });
  expect(again.refused.map(({ code }) => code)).toEqual(["SEGMENT_DAMAGED"]);
  expect(again.refused[0]!.message).toContain("groups");
  await again.close();
});

/** The manifest's text with as many spaces after it as keep its length. */
const fitted = (text: string, length: number): string =>
  text
    .slice(16)
    .trimEnd()
    .padEnd(length - 16, " ")
    .slice(0, length - 16);
