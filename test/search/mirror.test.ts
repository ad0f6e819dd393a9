import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Mirror } from "../../src/search/mirror.ts";
import { drawItems, MODEL, temporaryShop, upsert } from "./shop.ts";

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
