import sharp from "sharp";
import { expect, test } from "vitest";
import { applyRules, type Item, importSource, type SelectionRules, whyChosen } from "../../src/indexing/index.ts";
import { openMall } from "../../src/mall/index.ts";
import { fakeModel, jpeg } from "./fake-model.ts";
import { store } from "./scene.ts";

const mall = openMall({ items: 8, seed: 79 });

async function shop() {
  const good = await mall.picture(0);
  const items: Item[] = [
    {
      itemId: "good",
      title: "good",
      category: "shirt",
      images: [good],
      stock: 3,
      attributes: { sales: 90, created_at: "2026-11-01" },
    },
    {
      itemId: "blur",
      title: "blur",
      category: "shirt",
      images: [await sharp(good).blur(3).jpeg().toBuffer()],
      attributes: { sales: 90 },
    },
    {
      itemId: "gone",
      title: "gone",
      category: "shirt",
      images: [await mall.picture(2)],
      stock: 0,
      attributes: { sales: 50 },
    },
    { itemId: "card", title: "card", category: "gift card", images: [await jpeg(7, 300)], attributes: { sales: 10 } },
    {
      itemId: "sizes",
      title: "sizes",
      category: "shoes",
      images: [await mall.picture(4)],
      variants: [
        { variantId: "s", stock: 0 },
        { variantId: "m", stock: 2 },
      ],
      attributes: { sales: 1, created_at: "2026-05-05" },
    },
    { itemId: "silent", title: "silent", category: "shoes", images: [await mall.picture(6)] },
  ];
  const data = store();
  const run = () => importSource(data, "main", fakeModel(), items);
  await run();
  const catalog = data.catalog("main");
  const found = () => {
    const images = [...catalog.changes("fake", 0)].map(({ imageId }) => imageId);
    return [...new Set([...catalog.ownersOfImages(images).values()].flat().map(({ itemId }) => itemId))].sort();
  };
  const select = (rules?: SelectionRules) => applyRules(data, "main", rules);
  return { data, items, run, catalog, found, select };
}
const EVERY = ["blur", "card", "gone", "good", "silent", "sizes"];

test("without rules every item is found; rules leave items out, with a reason, and let them back in", async () => {
  const { catalog, found, select } = await shop();
  expect(found()).toEqual(EVERY);
  const version = catalog.version();
  expect(await select({ inStock: true, except: ["gift card"] })).toMatchObject({ items: 6, chosen: 4 });
  expect(catalog.version()).toBeGreaterThan(version);
  expect(found()).toEqual(["blur", "good", "silent", "sizes"]);
  expect([...catalog.changes("fake", version)].filter(({ code }) => code === null)).toHaveLength(2);
  expect(await whyChosen(catalog, "gone")).toMatchObject({ chosen: false, because: "it is out of stock" });
  expect(await whyChosen(catalog, "card")).toMatchObject({ because: "its category gift card is left out" });
  expect(await whyChosen(catalog, "sizes")).toMatchObject({ chosen: true, inStock: true });
  expect(catalog.imagesOfItem("gone")).toHaveLength(1); // left out of search, not out of the catalog
  expect(await select({})).toMatchObject({ chosen: 6 });
  expect(found()).toEqual(EVERY);
});

test("rules are kept with the catalog and obeyed by later imports, which write nothing when nothing changed", async () => {
  const { catalog, found, select, run, items } = await shop();
  await select({ inStock: true });
  const version = catalog.version();
  await run();
  expect([catalog.version(), found()]).toEqual([version, EVERY.filter((id) => id !== "gone")]);
  items[2] = { ...items[2]!, stock: 5 };
  items[0] = { ...items[0]!, stock: 0 };
  await run();
  expect(found()).toEqual(EVERY.filter((id) => id !== "good"));
});

test("preference x picture quality: places among the catalog's figures, recency by half-lives, blur costs", async () => {
  const { catalog, found, select } = await shop();
  const why = async (itemId: string) => whyChosen(catalog, itemId);
  const [good, blur, silent, sizes] = [await why("good"), await why("blur"), await why("silent"), await why("sizes")];
  // Sales 90, 90, 50, 10, 1: the best two share the places above three fifths.
  expect(good.preference).toMatchObject({ sales: 0.8, clicks: null, recency: 1, value: 0.9 });
  expect(blur.preference).toEqual({ sales: 0.8, clicks: null, recency: null, value: 0.8 });
  expect(silent.preference).toEqual({ sales: null, clicks: null, recency: null, value: 0.5 });
  expect(sizes.preference.recency).toBeCloseTo(0.5, 10); // 180 days before the newest
  expect(blur.quality!.sharpness).toBeLessThan(0.3);
  expect(good.score).toBeCloseTo(good.preference.value * good.quality!.overall, 12);
  expect(good.score).toBeGreaterThan(2 * blur.score);

  const least = (blur.score + good.score) / 2;
  await select({ least });
  expect(found()).toContain("good");
  expect(found()).not.toContain("blur");
  expect((await why("blur")).because).toMatch(/^its preference x quality is 0\.\d{3}, under 0\.\d+$/);

  expect(await select({ most: 2 })).toMatchObject({ chosen: 2 });
  expect(found()).toHaveLength(2);
  expect(found()).toContain("good");
  expect((await why("blur")).because).toMatch(/^2 items have a higher preference x quality/);
  await expect(why("nobody")).rejects.toMatchObject({ code: "ITEM_UNKNOWN" });
});

test("an item that is left out does not show through a picture that it shares", async () => {
  const { data, items, catalog, found, select } = await shop();
  const twin: Item = { ...items[0]!, itemId: "twin", stock: 0 };
  await importSource(data, "main", fakeModel(), [twin], { name: "other" });
  await select({ inStock: true });
  expect(found()).not.toContain("twin");
  const [image] = catalog.imagesOfItem("twin");
  expect(
    catalog
      .itemsOfImages([image!])
      .get(image!)!
      .map(({ itemId }) => itemId),
  ).toEqual(["good"]);
});
