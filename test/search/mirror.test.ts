import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HammingIndex } from "../../src/hamming-index/index.ts";
import { Mirror } from "../../src/search/mirror.ts";
import { writeSegments } from "../../src/search/write-segments.ts";
import { drawItems, MODEL, type TestItem, temporaryShop, upsert } from "./shop.ts";

let shop: ReturnType<typeof temporaryShop>;
beforeEach(() => {
  shop = temporaryShop();
  upsert(shop.catalog, drawItems(700)); // some 1,400 pictures: enough for segments to be worth a file
});
afterEach(() => shop.dispose());

/** What the catalog holds, and what a mirror opened now makes of it. */
async function compared(mirror: Mirror): Promise<void> {
  const codes = new Map([...shop.catalog.changes(MODEL, 0)].map(({ imageId, code }) => [imageId, code!]));
  expect([...mirror.index.ids()].sort((a, b) => a - b)).toEqual([...codes.keys()].sort((a, b) => a - b));
  for (const [id, code] of codes) expect(mirror.index.codeOf(id)).toEqual(code);
  expect(mirror.sample.size).toBe(codes.size);
  for (const [id, code] of mirror.sample.entries()) expect(code).toEqual(codes.get(id));
}

const segments = (): string[] => {
  const [folder] = readdirSync(join(shop.dir, "index"));
  return readdirSync(join(shop.dir, "index", folder!)).map((name) => join(shop.dir, "index", folder!, name));
};

test("a second start reads the segments, and from the catalog only what changed since", async () => {
  await (await Mirror.open(shop.catalog, MODEL, 1)).close();
  expect(segments().length).toBe(2);
  upsert(shop.catalog, drawItems(20, 2));
  for (const { itemId } of drawItems(10)) shop.catalog.deleteItem(itemId);
  const changes = vi.spyOn(shop.catalog, "changes");
  const mirror = await Mirror.open(shop.catalog, MODEL, 1);
  expect(changes.mock.calls.every(([, since]) => since > 0)).toBe(true);
  changes.mockRestore();
  await compared(mirror);
  await mirror.close();
  const again = await Mirror.open(shop.catalog, MODEL, 2);
  await compared(again);
  await again.close();
});

test.each(["damaged", "missing", "manifest"])(
  "a segment found %s is named and built again from the catalog",
  async (how) => {
    await (await Mirror.open(shop.catalog, MODEL, 1)).close();
    for (const { itemId } of drawItems(30)) shop.catalog.deleteItem(itemId);
    const path = segments().find((name) => name.endsWith(how === "manifest" ? "manifest" : ".seg"))!;
    if (how === "missing") rmSync(path);
    else {
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1]! ^= 4;
      writeFileSync(path, bytes);
    }
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const mirror = await Mirror.open(shop.catalog, MODEL, 1);
    expect(warned.mock.calls.map(([message]) => message)).toEqual([
      expect.stringMatching(how === "missing" ? /^SEGMENT_MISSING: .*\.seg/ : /^SEGMENT_DAMAGED: /),
    ]);
    warned.mockClear();
    await compared(mirror);
    await mirror.close();
    const healed = await Mirror.open(shop.catalog, MODEL, 1);
    expect(warned).not.toHaveBeenCalled();
    await compared(healed);
    await healed.close();
    warned.mockRestore();
  },
);

test("of two processes on one folder one writes, and both answer", async () => {
  const first = await Mirror.open(shop.catalog, MODEL, 1);
  const second = await Mirror.open(shop.catalog, MODEL, 1);
  await second.close();
  expect(segments()).toEqual([]);
  upsert(shop.catalog, drawItems(5, 3));
  await first.refresh();
  await compared(first);
  await first.close();
  expect(segments().length).toBe(2);
  const third = await Mirror.open(shop.catalog, MODEL, 1);
  await compared(third);
  await third.close();
});

test("a picture is found by the category that its items have now, whichever it was in before", async () => {
  const items = drawItems(700);
  const mirror = await Mirror.open(shop.catalog, MODEL, 1);
  const code = new Uint8Array(64);
  const compare = async (): Promise<void> => {
    await mirror.refresh();
    for (const { name } of mirror.categories()) {
      const own = new Set(shop.catalog.imagesOfCategory(name));
      const truth = (await mirror.index.search(code, 5000)).filter(({ id }) => own.has(id));
      expect(await mirror.nearestIn(name, code, 5000, 1)).toEqual(truth);
      expect(await mirror.nearestIn(name, code, 7, 1)).toEqual(truth.slice(0, 7));
    }
  };
  await compare();
  const move = (kind: number | null, ...items: TestItem[]): void =>
    upsert(
      shop.catalog,
      items.map((item) => ({ ...item, kind })),
      MODEL,
      true,
    );
  const { version } = mirror;
  move(1, ...items.slice(0, 50));
  expect([...shop.catalog.changes(MODEL, version)].length).toBeGreaterThan(20); // and not those that were there before
  expect([...shop.catalog.changes(MODEL, version)].length).toBeLessThan(100);
  await compare();
  move(null, ...items.slice(20, 30));
  await compare();
  // Shown by items of two categories, then by none but one of them again.
  const [a, b] = [items[60]!, items[61]!];
  move(0, { ...a, pictures: [...a.pictures, ...b.pictures] });
  move(1, b);
  expect(shop.catalog.sharedImagesOfCategory(mirror.categories()[0]!.id).length).toBeGreaterThan(0);
  await compare();
  shop.catalog.deleteItem(a.itemId);
  await compare();
  move(2, b);
  await compare();
  expect(await mirror.nearestIn("no such category", code, 9, 1)).toEqual([]);
  await mirror.close();
  const again = await Mirror.open(shop.catalog, MODEL, 1);
  for (const { name } of again.categories())
    expect(new Set((await again.nearestIn(name, code, 5000, 1)).map(({ id }) => id))).toEqual(
      new Set(shop.catalog.imagesOfCategory(name)),
    );
  await again.close();
});

test("segments from before there were groups are given theirs by the catalog", async () => {
  await (await Mirror.open(shop.catalog, MODEL, 1)).close();
  const dir = shop.catalog.indexFolder(MODEL);
  const plain = await HammingIndex.open({ dir, modelId: MODEL });
  const ids = Uint32Array.from(plain.ids());
  const codes = Buffer.concat(Array.from(ids, (id) => plain.codeOf(id)!));
  const { mark } = plain;
  await plain.upsert(ids, codes);
  await plain.flush(mark);
  await plain.close();
  for (const { itemId } of drawItems(10)) shop.catalog.deleteItem(itemId);
  const mirror = await Mirror.open(shop.catalog, MODEL, 1);
  expect([...mirror.index.ids(0)]).toEqual([]);
  await compared(mirror);
  const { name } = mirror.categories()[0]!;
  const found = await mirror.nearestIn(name, new Uint8Array(64), 5000, 1);
  expect(found.map(({ id }) => id).sort((a, b) => a - b)).toEqual(shop.catalog.imagesOfCategory(name));
  await mirror.close();
});

test("segments written ahead, with lists, are what a start reads and sorts no more", async () => {
  expect(await writeSegments(shop.catalog, MODEL, 1)).toMatchObject({ lists: 0 });
  const written = await writeSegments(shop.catalog, MODEL, 1, 1000);
  expect(written!.lists).toBeGreaterThan(10);
  const before = segments().map((path) => readFileSync(path));
  const mirror = await Mirror.open(shop.catalog, MODEL, 1);
  await compared(mirror);
  expect(mirror.index.stats().lists).toBe(written!.lists);
  const code = new Uint8Array(64).fill(85);
  const exact = await mirror.index.search(code, 60);
  const found = await mirror.index.search(code, 60, { recall: 0.9 });
  expect(found.filter(({ id }) => exact.some((hit) => hit.id === id)).length).toBeGreaterThanOrEqual(50);
  expect(await writeSegments(shop.catalog, MODEL, 1, 1000)).toBeNull(); // the mirror has the lock
  await mirror.close();
  expect(segments().map((path) => readFileSync(path))).toEqual(before);
});

test("lists are measured again once the catalog has twice as many pictures", async () => {
  const measured = async (): Promise<number> => {
    await writeSegments(shop.catalog, MODEL, 1, 1000);
    const dir = shop.catalog.indexFolder(MODEL);
    const index = await HammingIndex.open({ dir, modelId: MODEL, write: false });
    await index.close();
    return index.stats().measured;
  };
  const first = await measured();
  expect(first).toBe(shop.catalog.counts().pictures);
  upsert(shop.catalog, drawItems(100, 2));
  expect(await measured()).toBe(first); // not worth it yet
  upsert(shop.catalog, drawItems(900, 3));
  expect(await measured()).toBe(shop.catalog.counts().pictures);
});
