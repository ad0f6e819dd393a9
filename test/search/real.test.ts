import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashOf, type ImageRecord, type ItemRecord, quantize } from "../../src/catalog/index.ts";
import { openMall } from "../../src/mall/index.ts";
import { evaluate, Searcher, writeReport } from "../../src/search/index.ts";
import { defaultModelFolder, type Model, openModel } from "../../src/vision/index.ts";
import { temporaryShop } from "./shop.ts";

const ITEMS = 16;
const folder = defaultModelFolder();

/** The real model on the mall's pictures, stored through the catalog, asked again as smaller, recompressed JPEGs. */
describe.skipIf(!existsSync(join(folder, "model.onnx")))("with the model in models/default", () => {
  const mall = openMall({ items: ITEMS, seed: 11 });
  let shop: ReturnType<typeof temporaryShop>;
  let model: Model;
  let searcher: Searcher;
  const asked: Uint8Array[] = [];

  beforeAll(async () => {
    shop = temporaryShop();
    model = await openModel(folder);
    const images: ImageRecord[] = [];
    const items: ItemRecord[] = [];
    for (let i = 0; i < ITEMS; i++) {
      const bytes = await mall.picture(i);
      const { category, title, price, currency, url } = mall.item(i);
      const { code, feature, width, height, ...sight } = await model.see(bytes);
      const sha256 = hashOf(bytes);
      await shop.catalog.storePicture(sha256, bytes);
      const seen = {
        code,
        feature: quantize(feature),
        category: sight.category,
        box: sight.box,
        boxScore: sight.boxScore,
      };
      images.push({ sha256, width, height, mime: "image/jpeg", bytes: bytes.length, sight: seen });
      items.push({
        itemId: `item-${i}`,
        ...{ title, price, currency, url, category },
        ...{ description: null, stock: null, attributes: {}, contentHash: sha256, variants: [] },
        pictures: [{ variantId: null, sha256 }],
      });
      asked.push(await sharp(bytes).resize(240).jpeg({ quality: 60 }).toBuffer());
    }
    const nothing = { unchanged: [], removed: [], origins: [], quarantined: [] };
    shop.catalog.commit({
      sourceId: shop.catalog.source("mall"),
      modelId: model.id,
      images,
      items,
      ...nothing,
      job: { id: 1, run: 1 },
    });
    searcher = await Searcher.open(shop.store, "main", model, { threads: 1 });
  });
  afterAll(async () => {
    await searcher.close();
    await model.close();
    shop.dispose();
  });

  test("each picture finds its own item first, and the stages add up to no more than the whole", async () => {
    for (const [i, image] of asked.entries()) {
      const { hits, timings, objects, modelVersion } = await searcher.search({ image });
      expect(hits[0]!.itemId).toBe(`item-${i}`);
      expect(hits).toHaveLength(ITEMS);
      expect(modelVersion).toBe(`${model.card.id}@${model.card.version}`);
      const { total, ...stages } = timings;
      expect(Object.values(stages).reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(total + 0.5);
      expect(Math.min(...Object.values(timings))).toBeGreaterThanOrEqual(0);
      const [x1, y1, x2, y2] = objects[0]!.box;
      expect(x1 >= 0 && y1 >= 0 && x2 <= 1 && y2 <= 1 && x1 < x2 && y1 < y2).toBe(true);
    }
  });

  test("the same photo gives the same answer, alone or beside others", async () => {
    const answer = async (image: Uint8Array) => {
      const { hits, categories, objects, noGoodMatch } = await searcher.search({ image });
      return {
        ids: hits.map(({ itemId, distance }) => [itemId, distance]),
        categories: categories.map(({ name }) => name),
        objects,
        noGoodMatch,
      };
    };
    const alone = [await answer(asked[3]!), await answer(asked[4]!)];
    const together = await Promise.all([3, 4, 5, 6].map((i) => answer(asked[i]!)));
    expect(together.slice(0, 2).map(({ ids }) => ids[0])).toEqual(alone.map(({ ids }) => ids[0]));
    expect(await answer(asked[3]!)).toEqual(alone[0]);
  });

  test("a similar item asked with a box looks at the stored picture", async () => {
    const { hits, objects } = await searcher.search({ itemId: "item-2", box: [0.25, 0.25, 0.75, 0.75] });
    expect(objects[0]!.box).toEqual([0.25, 0.25, 0.75, 0.75]);
    expect(hits.map(({ itemId }) => itemId)).not.toContain("item-2");
    expect(hits).toHaveLength(ITEMS - 1);
  });

  test("what is no picture is refused, and nothing else suffers", async () => {
    for (const [bytes, code] of [
      [new Uint8Array(0), "PICTURE_EMPTY"],
      [Buffer.from("this is text"), "PICTURE_FORMAT"],
      [asked[0]!.subarray(0, 300), "PICTURE_BROKEN"],
    ] as const)
      await expect(searcher.search({ image: bytes })).rejects.toMatchObject({ code });
    expect((await searcher.search({ image: asked[0]! })).hits[0]!.itemId).toBe("item-0");
  });

  test("an evaluation counts broken photos apart, and its report carries the pictures", async () => {
    const dir = join(shop.dir, "asked");
    mkdirSync(dir);
    for (const [i, image] of asked.entries()) writeFileSync(join(dir, `${i}.jpg`), image);
    writeFileSync(join(dir, "broken.jpg"), asked[0]!.subarray(0, 300));
    const rows = asked.map((_, i) => `${i}.jpg,item-${i === 0 ? 1 : i}`); // the first row lies, so there is a miss to show
    writeFileSync(join(dir, "queries.csv"), `file,itemId\n${rows.join("\n")}\nbroken.jpg,item-0\n`);
    const evaluation = await evaluate(searcher, join(dir, "queries.csv"));
    expect(evaluation.figures).toMatchObject({
      queries: ITEMS,
      identicalRecall: { "1": (ITEMS - 1) / ITEMS, "20": 1 },
    });
    expect(evaluation.unreadable).toMatchObject([{ row: ITEMS + 1, code: "PICTURE_BROKEN" }]);
    const report = join(shop.dir, "report.html");
    await writeReport(evaluation, report);
    const html = readFileSync(report, "utf8");
    expect(html.match(/data:image\/jpeg;base64,/g)!.length).toBeGreaterThan(20);
    expect(html).toContain("Photos that could not be searched");
  });
});
