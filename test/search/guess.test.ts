import { afterEach, beforeEach, expect, test } from "vitest";
import { Guesser } from "../../src/search/guess.ts";
import { Mirror } from "../../src/search/mirror.ts";
import { mulberry32 } from "../ranking/random.ts";
import { drawItems, eyes, featureOf, KINDS, MODEL, near, type TestItem, temporaryShop, upsert } from "./shop.ts";

let shop: ReturnType<typeof temporaryShop>;
let mirror: Mirror | undefined;

beforeEach(() => {
  shop = temporaryShop();
});
afterEach(async () => {
  await mirror?.close();
  mirror = undefined;
  shop.dispose();
});

async function guesserOf(items: readonly TestItem[], modelCategories = 3): Promise<Guesser> {
  if (items.length > 0) upsert(shop.catalog, items);
  mirror = await Mirror.open(shop.catalog, MODEL, 1);
  return new Guesser(shop.catalog, MODEL, modelCategories, mirror);
}

test("learns which of the model's categories is which of the shop's", async () => {
  const { transfer, categories } = await (await guesserOf(drawItems(150))).current();
  for (const [kind, name] of KINDS.entries()) {
    const row = ((kind + 1) % 3) * 3; // the fake model names kinds one further on
    const best = [0, 1, 2].sort((a, b) => transfer.table[row + b]! - transfer.table[row + a]!)[0]!;
    expect(categories[best]!.name).toBe(name);
    expect(transfer.table[row + best]).toBeGreaterThan(0.9);
  }
});

test("an item's own pictures do not vote for it: where only they agree, the model is trusted", async () => {
  const random = mulberry32(3);
  const scattered = Array.from({ length: 200 }, (_, i): TestItem => {
    const kind = Math.floor(random() * 3); // no feature tells the category, so other items cannot know it
    const feature = featureOf(i, 0);
    const pictures = [0, 1, 2].map((p) => ({ id: `${i}-${p}`, kind, feature: near(feature, i * 3 + p, 0.2) }));
    return { itemId: `i${i}`, kind, pictures };
  });
  expect((await (await guesserOf(scattered)).current()).modelWeight).toBeGreaterThan(0.9);
});

test("a model that knows nothing leaves it to the vote", async () => {
  const items = drawItems(120).map((item) => ({
    ...item,
    pictures: item.pictures.map((picture) => ({ ...picture, kind: 0 })), // it calls everything the same
  }));
  expect((await (await guesserOf(items)).current()).modelWeight).toBeLessThan(0.05);
});

test("a catalog without categories, or with one item, is no trouble", async () => {
  const bare = drawItems(5).map((item) => ({ ...item, kind: null }));
  const guesser = await guesserOf(bare);
  const hits = await mirror!.index.search(mirror!.sample.entries()[0]![1], 5);
  expect(await guesser.guess(Float32Array.of(0.2, 0.3, 0.5), hits, new Set())).toEqual([]);
  await mirror!.close();
  upsert(shop.catalog, [{ itemId: "only", kind: 1, pictures: [{ id: "only", kind: 1, feature: featureOf(1, 1) }] }]);
  const again = await guesserOf([]);
  const guesses = await again.guess(Float32Array.of(0.2, 0.3, 0.5), hits, new Set());
  expect(guesses).toMatchObject([{ name: "shoes" }]);
  expect(guesses[0]!.p).toBeCloseTo(1, 9);
});

test("a new category among the neighbours, and much growth, start a new fit behind the scenes", async () => {
  const guesser = await guesserOf(drawItems(20).map((item) => ({ ...item, kind: 0 })));
  expect((await guesser.current()).categories.map(({ name }) => name)).toEqual(["bags"]);
  const toy: TestItem = { itemId: "toy", kind: 2, pictures: [{ id: "toy", kind: 2, feature: featureOf(9, 2) }] };
  upsert(shop.catalog, [toy]);
  await mirror!.refresh();
  const code = [...shop.catalog.changes(MODEL, 0)].at(-1)!.code!;
  await guesser.guess(
    eyes.card.categories.map(() => 1 / 3) as unknown as Float32Array,
    await mirror!.index.search(code, 9),
    new Set(),
  );
  await guesser.settled();
  expect((await guesser.current()).categories.map(({ name }) => name).sort()).toEqual(["bags", "toys"]);
  upsert(shop.catalog, drawItems(60, 2));
  await mirror!.refresh();
  await guesser.current();
  await guesser.settled();
  expect((await guesser.current()).codes).toBe(mirror!.index.size);
});
