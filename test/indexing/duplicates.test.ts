import { expect, test } from "vitest";
import type { CatalogStore } from "../../src/catalog/index.ts";
import { alignClose, alignSmall } from "../../src/indexing/duplicates/align.ts";
import { compare } from "../../src/indexing/duplicates/compare.ts";
import { CLOSE, glanceOf, SMALL, shrunk } from "../../src/indexing/duplicates/glance.ts";
import { groupItems } from "../../src/indexing/duplicates/group-items.ts";
import { lightBetween, type Planes } from "../../src/indexing/duplicates/light.ts";
import { placesOf, reliefOf } from "../../src/indexing/duplicates/place.ts";
import { decide, type Item, importSource, type Seeing } from "../../src/indexing/index.ts";
import { type Change, changePicture, openMall } from "../../src/mall/index.ts";
import { decode } from "../../src/vision/index.ts";
import { fakeModel } from "./fake-model.ts";
import { canonical, scratch, store } from "./scene.ts";

/** A seed that the check was not fitted on. */
const SEED = 31;
const mall = openMall({ items: 40, seed: SEED });

/** All pictures have nearly one code, so that every pair is a candidate and the check alone decides. */
function blindModel(): Seeing {
  const eyes = fakeModel();
  return { id: "fake", see: async (bytes) => ({ ...(await eyes.see(bytes)), code: new Uint8Array(64) }) };
}
const groupsOf = (catalog: CatalogStore) =>
  catalog.duplicates.groups().map(({ items }) => items.map(({ itemId }) => itemId).sort());

const look = async (bytes: Uint8Array) => {
  const picture = await decode(bytes, CLOSE);
  return { small: glanceOf(shrunk(picture, SMALL)), close: glanceOf(picture) };
};
type Look = Awaited<ReturnType<typeof look>>;
const align = (a: Look, b: Look) => {
  const at = alignSmall(a.small, b.small, placesOf(reliefOf(a.small), reliefOf(b.small)));
  return at && alignClose(a.close, b.close, at);
};

test("one picture is laid over its changed self: mirrored, scaled, turned, shifted", async () => {
  const jpeg = await mall.picture(3);
  const original = await look(jpeg);
  const same = align(original, original)!;
  expect([same.mirror, same.cost < 0.1]).toEqual([1, true]);
  for (const value of [same.scale, same.turn, same.x, same.y]) expect(Math.abs(value)).toBeLessThan(0.002);
  const found = async (change: Change) => align(original, await look(await changePicture(jpeg, change, SEED, 3)))!;
  expect((await found("mirrored")).mirror).toBe(-1);
  const tilted = await found("tilted");
  expect(Math.abs(tilted.turn)).toBeGreaterThan(0.02);
  expect(Math.abs(tilted.turn)).toBeLessThan(0.1);
  expect((await found("cropped")).scale).toBeGreaterThan(0.03);
  expect((await found("bordered")).scale).toBeLessThan(-0.05);
});

test("what a seller lays over a picture is taken off before it is compared; another drawing is not", async () => {
  const jpeg = await mall.picture(3);
  const original = await look(jpeg);
  const against = async (bytes: Uint8Array) => {
    const other = await look(bytes);
    const at = align(original, other);
    return at && compare(original.close, other.close, at);
  };
  for (const change of ["stickered", "bannered"] as const) {
    const { solid, otherwise } = (await against(await changePicture(jpeg, change, SEED, 3)))!;
    expect([solid, otherwise < 0.02], change).toEqual([0, true]);
  }
  const marked = (await against(await changePicture(jpeg, "watermarked", SEED, 3)))!;
  expect(marked.marked).toBeGreaterThan(0.003);
  expect(marked.otherwise).toBeLessThan(0.2);
  const { family } = mall.item(3);
  const sibling = Array.from({ length: 40 }, (_, i) => i).find((i) => i !== 3 && mall.item(i).family === family)!;
  expect((await against(await mall.picture(sibling)))?.otherwise ?? 1).toBeGreaterThan(0.3);
});

test("light between two pictures: gain, offset and warmth are found; another colour of a part is none", () => {
  const at = (c: number) => Float32Array.from({ length: 900 }, (_, i) => 60 + ((i * (7 + 4 * c)) % 130));
  const from: Planes = [at(0), at(1), at(2)];
  const covered = new Uint8Array(900).fill(1);
  const warm = [1.12 * 1.03, 1.12, 1.12 * 0.97];
  const to = from.map((plane, c) => plane.map((value) => value * warm[c]! - 6)) as unknown as Planes;
  const light = lightBetween(from, to, covered, 1);
  for (const [c, gain] of light.gains.entries()) expect(Math.abs(gain - warm[c]!)).toBeLessThan(0.03);
  expect(Math.abs(light.bias + 6)).toBeLessThan(3);
  const part = from.map((plane, c) => plane.map((value, i) => (i < 200 && c === 0 ? value + 50 : value)));
  const none = lightBetween(from, part as unknown as Planes, covered, 1);
  for (const gain of none.gains) expect(Math.abs(gain - 1)).toBeLessThan(0.03);
});

test("changed pictures join their item; the same cut in another colour, and other members of the family, do not", {
  timeout: 240_000,
}, async () => {
  const recoloured = mall.item(
    Array.from({ length: 40 }, (_, i) => i).find((i) => mall.item(i).latents.departs === "color")!,
  );
  const family = Array.from({ length: 40 }, (_, i) => i).filter((i) => mall.item(i).family === recoloured.family);
  const items: Item[] = [];
  for (const i of family) items.push({ itemId: `o${i}`, title: `Original ${i}`, images: [await mall.picture(i)] });
  const [base] = family;
  for (const change of ["reencoded", "cropped", "mirrored", "stickered"] as const)
    items.push({
      itemId: change,
      title: change,
      images: [await changePicture(await mall.picture(base!), change, SEED, base!)],
    });
  const data = store();
  await importSource(data, "main", blindModel(), items);
  const catalog = data.catalog("main");
  const expected = [[`o${base}`, "cropped", "mirrored", "reencoded", "stickered"].sort()];
  expect(groupsOf(catalog)).toEqual(expected);
  expect(catalog.duplicates.groups()[0]!.leader).toBe(`o${base}`);

  // In two imports, and from scratch: the same.
  const parts = store();
  await importSource(parts, "main", blindModel(), items.slice(0, -2), { name: "items" });
  await importSource(parts, "main", blindModel(), items.slice(-2), { name: "items" });
  expect(canonical(parts.catalog("main"))).toEqual(canonical(catalog));
  expect(groupsOf(parts.catalog("main"))).toEqual(expected);
});

test("people's decisions hold after every later import, also for items that go and come back", async () => {
  const picture = await mall.picture(0);
  const other = await mall.picture(20);
  const list = (ids: string[]): Item[] =>
    ids.map((itemId) => ({ itemId, title: itemId, images: [itemId === "z" ? other : picture] }));
  const data = store(scratch());
  const run = (ids: string[], options = {}) => importSource(data, "main", fakeModel(), list(ids), options);
  await run(["a", "b", "c", "z"]);
  const catalog = data.catalog("main");
  expect(groupsOf(catalog)).toEqual([["a", "b", "c"]]);

  decide(catalog, "keep", ["b"]); // apart from its whole group
  expect(groupsOf(catalog)).toEqual([["a", "c"]]);
  decide(catalog, "merge", ["z", "a"]);
  expect(groupsOf(catalog)).toEqual([["a", "c", "z"]]);
  await run(["a", "b", "c", "z", "d"]);
  expect(groupsOf(catalog)).toEqual([["a", "c", "d", "z"]]);
  await run(["c", "d"], { full: true, yes: true });
  expect(groupsOf(catalog)).toEqual([["c", "d"]]);
  await run(["a", "b", "c", "z", "d"], { full: true });
  expect(groupsOf(catalog)).toEqual([["a", "c", "d", "z"]]); // b is still apart, z still one of them

  decide(catalog, "merge", ["a", "b"]); // the last word counts
  expect(groupsOf(catalog).some((group) => group.includes("a") && group.includes("b"))).toBe(false); // c still bars b
  decide(catalog, "merge", ["b", "c"]);
  expect(groupsOf(catalog)).toEqual([["a", "b", "c", "d", "z"]]);
  expect(() => decide(catalog, "keep", ["nobody"])).toThrow("ITEM_UNKNOWN");
  expect(() => decide(catalog, "merge", ["a"])).toThrow("USAGE");
});

test("an unchanged import compares and writes nothing; a picture that goes leaves its group whole", async () => {
  const [one, two] = [await mall.picture(0), await changePicture(await mall.picture(0), "reencoded", SEED, 0)];
  const items: Item[] = [
    { itemId: "a", title: "a", images: [one] },
    { itemId: "b", title: "b", images: [two] },
    { itemId: "c", title: "c", images: [await changePicture(one, "mirrored", SEED, 0)] },
  ];
  const data = store();
  await importSource(data, "main", blindModel(), items);
  const catalog = data.catalog("main");
  expect(groupsOf(catalog)).toEqual([["a", "b", "c"]]);
  expect(catalog.duplicates.unchecked()).toEqual([]);
  expect(catalog.duplicates.heads()).toEqual(new Map([1, 2, 3].map((image) => [image, 1])));
  catalog.deleteItem("a");
  await importSource(data, "main", blindModel(), items.slice(1));
  expect(catalog.duplicates.heads()).toEqual(new Map([2, 3].map((image) => [image, 2])));
  expect(groupsOf(catalog)).toEqual([["b", "c"]]);
});

test("grouping: a later item joins the earliest group that no verdict bars it from", () => {
  const item = (itemId: string, head: number, n: number) => ({ item: n, itemId, imageId: n, head });
  const items = [item("a", 1, 1), item("b", 1, 2), item("c", 1, 3), item("d", 1, 4), item("e", 5, 5)];
  const ids = (groups: { itemId: string }[][]) => groups.map((group) => group.map(({ itemId }) => itemId).join(""));
  expect(ids(groupItems(items, []))).toEqual(["abcd"]);
  const keep = (first: string, second: string) => ({ first, second, verdict: "keep" as const });
  const merge = (first: string, second: string) => ({ first, second, verdict: "merge" as const });
  expect(ids(groupItems(items, [keep("a", "c")]))).toEqual(["abd"]);
  expect(ids(groupItems(items, [keep("a", "c"), keep("a", "d")]))).toEqual(["ab", "cd"]);
  expect(ids(groupItems(items, [merge("b", "e")]))).toEqual(["abcde"]);
  expect(ids(groupItems(items, [merge("b", "e"), keep("a", "e")]))).toEqual(["abcd"]);
  expect(ids(groupItems(items, [merge("a", "gone")]))).toEqual(["abcd"]);
});
