import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openMall } from "../../src/mall/index.ts";
import { type Eyes, Searcher } from "../../src/search/index.ts";
import type { Box, Sight } from "../../src/vision/index.ts";
import { codeOf, eyes, featureOf, near, temporaryShop, upsert } from "./shop.ts";

const ITEMS = 9;
const mall = openMall({ items: ITEMS, seed: 4711 });
const unsure = featureOf(1, 0);
const features = Array.from({ length: ITEMS }, (_, i) => near(unsure, i, 4.4));
const items = features.map((feature, i) => {
  return { itemId: `item-${i}`, kind: 0, pictures: [{ id: `keypoints-${i}`, feature, kind: 0 }] };
});
const shop = temporaryShop();
let pictures: Buffer[];
let searcher: Searcher;

/** Sees the same in every photo: as far from all items, give or take what tells them apart. */
class Blurred implements Pick<Eyes, "id" | "card" | "see"> {
  readonly id = eyes.id;
  readonly card = eyes.card;
  feature = unsure;

  async see(_: Uint8Array, box?: Box): Promise<Sight> {
    return { ...(await eyes.see(new Uint8Array(513 * 4), box)), feature: this.feature, code: codeOf(this.feature) };
  }
}
const model = new Blurred();

beforeAll(async () => {
  upsert(shop.catalog, items);
  pictures = await Promise.all(items.map(async (_, i) => Buffer.from(await mall.picture(i))));
  for (const [i, { imageId }] of [...shop.catalog.changes(eyes.id, 0)].entries())
    await shop.catalog.storePicture(shop.catalog.picture(imageId).hash, pictures[i]!);
  searcher = await Searcher.open(shop.store, "main", model as unknown as Eyes, { threads: 1 });
});
afterAll(async () => {
  await searcher.close();
  shop.dispose();
});

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const byFeature = features
  .map((feature, i) => ({ itemId: `item-${i}`, cosine: dot(feature, unsure) }))
  .sort((a, b) => b.cosine - a.cosine)
  .map(({ itemId }) => itemId);

async function found(image: Uint8Array, box?: Box): Promise<string[]> {
  const { hits } = await searcher.search({ image, ...(box && { box }) });
  expect(hits.map(({ score }) => score)).toEqual(hits.map(({ score }) => score).toSorted((a, b) => b - a));
  return hits.map(({ itemId }) => itemId);
}

test("where features are not sure, the item whose keypoints the photo has is first, and the others stay as they were", async () => {
  let first = 0;
  for (let i = 0; i < ITEMS; i++) {
    const ids = await found((await mall.photo(i, 0)).jpeg);
    if (ids[0] === `item-${i}`) first++;
    expect(ids.toSorted()).toEqual(byFeature.toSorted());
  }
  expect(first).toBeGreaterThanOrEqual(6); // by features it is one of nine
});

test("a photo without keypoints leaves the order of features", async () => {
  const plain = await sharp({ create: { width: 300, height: 300, channels: 3, background: "#abc" } })
    .jpeg()
    .toBuffer();
  expect(await found(plain)).toEqual(byFeature);
});

test("a sure first hit is not asked for its keypoints", async () => {
  model.feature = features[2]!;
  expect((await found(pictures[5]!))[0]).toBe("item-2");
  model.feature = unsure;
  expect((await found(pictures[5]!))[0]).toBe("item-5");
});

test("a given box is what is looked at", async () => {
  const [left, right] = await Promise.all(
    [pictures[0]!, pictures[3]!].map((bytes) => sharp(bytes).resize(300, 300, { fit: "fill" }).toBuffer()),
  );
  const both = await sharp({ create: { width: 600, height: 300, channels: 3, background: "#ddd" } })
    .composite([
      { input: left!, left: 0, top: 0 },
      { input: right!, left: 300, top: 0 },
    ])
    .png()
    .toBuffer();
  expect((await found(both, [0.03, 0.05, 0.47, 0.95]))[0]).toBe("item-0");
  expect((await found(both, [0.53, 0.05, 0.97, 0.95]))[0]).toBe("item-3");
});

test("pictures whose files are gone have none, and the search goes on", async () => {
  const bare = temporaryShop();
  const gone = items.map((item, i) => ({ ...item, pictures: [{ ...item.pictures[0]!, id: `gone-${i}` }] }));
  upsert(bare.catalog, gone);
  const other = await Searcher.open(bare.store, "main", model as unknown as Eyes, { threads: 1 });
  const { hits } = await other.search({ image: (await mall.photo(7, 0)).jpeg });
  expect(hits.map(({ itemId }) => itemId)).toEqual(byFeature);
  await other.close();
  bare.dispose();
});
