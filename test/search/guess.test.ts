import { afterEach, beforeEach, expect, test } from "vitest";
import { decodeFit, encodeFit, FIT_FILE } from "../../src/search/fit-file.ts";
import { Guesser } from "../../src/search/guess.ts";
import type { Guess } from "../../src/search/index.ts";
import type { Fit } from "../../src/search/learn.ts";
import { Mirror } from "../../src/search/mirror.ts";
import { mulberry32 } from "../ranking/random.ts";
import {
  drawItems,
  eyes,
  featureOf,
  KINDS,
  MODEL,
  near,
  photoOf,
  type TestItem,
  temporaryShop,
  upsert,
} from "./shop.ts";

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

async function guesserOf(items: readonly TestItem[]): Promise<Guesser> {
  if (items.length > 0) upsert(shop.catalog, items);
  mirror = await Mirror.open(shop.catalog, MODEL, 1);
  return new Guesser(shop.catalog, MODEL, mirror);
}

/** What the guesser says of a new picture of each kind, drawn as the catalog's were. */
async function guessesOf(guesser: Guesser, count: number) {
  const asked = Array.from({ length: count }, (_, i) => ({ kind: i % 3, feature: featureOf(500_000 + i, i % 3) }));
  const guesses: { kind: number; guesses: Guess[] }[] = [];
  for (const { kind, feature } of asked) {
    const sight = await eyes.see(photoOf(feature, kind));
    const hits = await mirror!.index.search(sight.code, 30);
    guesses.push({ kind, guesses: await guesser.guess(sight, hits, new Set()) });
  }
  return guesses;
}

test("tells the shop's own categories apart, and says how sure it is", async () => {
  const guesses = await guessesOf(await guesserOf(drawItems(150)), 60);
  const right = guesses.filter(({ kind, guesses: [first] }) => first!.name === KINDS[kind]);
  expect(right.length).toBeGreaterThanOrEqual(57);
  for (const { guesses: own } of guesses) expect(own.reduce((sum, { p }) => sum + p, 0)).toBeCloseTo(1, 9);
});

test("an item's own pictures teach nothing about strangers: where only they agree, it is not sure", async () => {
  const random = mulberry32(3);
  const scattered = Array.from({ length: 200 }, (_, i): TestItem => {
    const kind = Math.floor(random() * 3); // no feature and no model tells the category
    const feature = featureOf(i, 0);
    const pictures = [0, 1, 2].map((p) => ({ id: `${i}-${p}`, kind: 0, feature: near(feature, i * 3 + p, 0.2) }));
    return { itemId: `i${i}`, kind, pictures };
  });
  const guesses = await guessesOf(await guesserOf(scattered), 30);
  const sure = guesses.map(({ guesses: [first] }) => first!.p);
  expect(sure.reduce((sum, p) => sum + p, 0) / sure.length).toBeLessThan(0.6);
});

test("a catalog without categories, or with one item, is no trouble", async () => {
  const bare = drawItems(5).map((item) => ({ ...item, kind: null }));
  const guesser = await guesserOf(bare);
  const hits = await mirror!.index.search(mirror!.sample.entries()[0]![1], 5);
  const sight = { feature: featureOf(1, 1), category: Float32Array.of(0.2, 0.3, 0.5) };
  expect(await guesser.guess(sight, hits, new Set())).toEqual([]);
  await mirror!.close();
  upsert(shop.catalog, [{ itemId: "only", kind: 1, pictures: [{ id: "only", kind: 1, feature: featureOf(1, 1) }] }]);
  const again = await guesserOf([]);
  const guesses = await again.guess(sight, hits, new Set());
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
    { feature: featureOf(9, 2), category: Float32Array.of(1 / 3, 1 / 3, 1 / 3) },
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

test("what was learnt serves the next start; damaged, or of another catalog, it is learnt again", async () => {
  upsert(shop.catalog, drawItems(560));
  const start = async () => {
    await mirror?.close();
    mirror = await Mirror.open(shop.catalog, MODEL, 1);
    return (await new Guesser(shop.catalog, MODEL, mirror).current()) as Fit;
  };
  const learnt = await start();
  expect(decodeFit(mirror!.kept(FIT_FILE)!)).toEqual(learnt);
  mirror!.keep(FIT_FILE, encodeFit({ ...learnt, fusion: { ...learnt.fusion, lambda: 7 } }));
  expect((await start()).fusion.lambda).toBe(7); // read, not learnt
  mirror!.keep(FIT_FILE, mirror!.kept(FIT_FILE)!.replace("7", "8"));
  expect(await start()).toEqual(learnt);
  mirror!.keep(FIT_FILE, encodeFit({ ...learnt, categories: learnt.categories.slice(1) }));
  expect(await start()).toEqual(learnt);
});
