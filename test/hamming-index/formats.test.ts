import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HammingIndex } from "../../src/hamming-index/index.ts";

/**
 * Folders of every version ever released; written once, never again. A new version adds its own beside them.
 * segments-1: 300 codes in 5 lists; 70 codes in 3 lists of nobody else's centroids, with prefixes, an order that is not
 * that of the slots, and three tombstones.
 * segments-2: 300 codes in 5 lists and 4 groups, three of them dead, with measures of searches within groups.
 */
function folderOf(name: "segments-1" | "segments-2"): string {
  const dir = mkdtempSync(join(tmpdir(), "looksee-format-"));
  cpSync(join(import.meta.dirname, "../formats", name), dir, { recursive: true });
  return dir;
}

test.each(["memory", "file"] as const)(
  "segments-1 opens with everything in it, codes in %s, and can be written to",
  async (codes) => {
    const dir = folderOf("segments-1");
    for (const next of [43, 44]) {
      const index = await HammingIndex.open({ dir, modelId: "fake-1", codes });
      expect(index.refused).toEqual([]);
      expect([index.mark, index.size]).toEqual([next - 1, 367]);
      expect([...index.ids()].reduce((sum, id) => sum + id, 0)).toBe(489_124);
      expect([...Array(70).keys()].filter((i) => !index.has(5000 + i))).toEqual([0, 32, 68]);
      const starts = [1, 5003, 5069].map((id) => Buffer.from(index.codeOf(id)!).toString("hex", 0, 6));
      expect(starts).toEqual(["212004000106", "b73a17daf746", "4056c5dc86c5"]);
      const nearest = [
        { id: 920, distance: 214 },
        { id: 345, distance: 229 },
        { id: 792, distance: 230 },
      ];
      expect(await index.search(new Uint8Array(64), 3)).toEqual(nearest);
      expect((await index.answer(new Uint8Array(64), 3, { recall: 0.9 })).hits).toEqual(nearest);
      expect((await index.search(new Uint8Array(64), 3, { group: 0 })).length).toBe(3);
      expect(await index.search(new Uint8Array(64), 3, { group: 1 })).toEqual([]);
      expect((await index.within(new Uint8Array(64).fill(255), 231)).map(({ id }) => id)).toEqual([22, 953, 886, 5002]);
      await index.upsert(Uint32Array.of(9999), new Uint8Array(64).fill(1));
      await index.remove(Uint32Array.of(9999));
      await index.flush(next);
      await index.close();
    }
    rmSync(dir, { recursive: true });
  },
);

test.each(["memory", "file"] as const)(
  "segments-2 opens with its groups, codes in %s, and keeps them",
  async (codes) => {
    const dir = folderOf("segments-2");
    for (const next of [62, 63]) {
      const index = await HammingIndex.open({ dir, modelId: "fake-2", codes });
      expect(index.refused).toEqual([]);
      expect([index.mark, index.size]).toEqual([next - 1, 297]);
      const sums = [0, 1, 2, 40_000, 65_535].map((group) => [...index.ids(group)].reduce((sum, id) => sum + id, 0));
      expect(sums).toEqual([0, 156_241, 52_550, 52_185, 53_250]);
      const nearest = [
        { id: 1065, distance: 230 },
        { id: 477, distance: 237 },
      ];
      for (const recall of [1, 0.9])
        expect(await index.search(new Uint8Array(64), 2, { group: 40_000, recall })).toEqual(nearest);
      await index.upsert(Uint32Array.of(9999), new Uint8Array(64).fill(1), Uint16Array.of(40_000));
      await index.remove(Uint32Array.of(9999));
      await index.flush(next);
      await index.close();
    }
    rmSync(dir, { recursive: true });
  },
);
