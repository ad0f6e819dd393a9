import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { importSource } from "../../src/indexing/index.ts";
import { fakeModel } from "./fake-model.ts";
import { store } from "./scene.ts";

const shared = resolve(import.meta.dirname, "../../../shared/data");
const absent = !existsSync(shared);
const reason = absent ? ` (skipped: ${shared} is not there)` : "";

describe.skipIf(absent)(`exports of real shops${reason}`, () => {
  test("a Magento export: 147 items, 1,847 variants, 675 pictures, the counts add up", async () => {
    const data = store();
    const model = fakeModel();
    const csv = join(shared, "shop/fixtures/ConfigurableSampleData/products.csv");
    const run = () => importSource(data, "shop", model, csv, { images: join(shared, "shop/media") });
    const report = await run();
    expect(report).toMatchObject({ rows: 1994, imported: 1994, unchanged: 0, deselected: 0, quarantined: [] });
    expect(report).toMatchObject({ items: 147, variants: 1847, pictures: 675 });
    const catalog = data.catalog("shop");
    expect(catalog.counts()).toEqual({ items: 147, variants: 1847, pictures: 675 });
    expect(
      catalog
        .categories()
        .slice(0, 2)
        .map(({ name, items }) => [name, items]),
    ).toEqual([
      ["Hoodies & Sweatshirts", 25],
      ["Pants", 25],
    ]);
    const hoodie = catalog.itemsOfImages(catalog.imagesOfItem("MH01"));
    const orange = [...hoodie.values()].flat().find(({ variantId }) => variantId === "MH01-XS-Orange");
    expect(orange).toMatchObject({
      title: "Chaz Kangeroo Hoodie",
      price: 52,
      attributes: { size: "XS", color: "Orange", material: "Wool" },
    });
    const version = catalog.version();
    expect(await run()).toMatchObject({ imported: 0, unchanged: 1994, items: 147, variants: 1847, pictures: 675 });
    expect([catalog.version(), model.seen]).toEqual([version, 675]);
  });

  test("the groceries: 81 items by their ids, pictures looked up beside the table", async () => {
    const data = store();
    const report = await importSource(data, "groceries", fakeModel(), join(shared, "groceries/products.csv"));
    expect(report).toMatchObject({ rows: 81, imported: 81, items: 81, variants: 0, pictures: 81, quarantined: [] });
    expect(data.catalog("groceries").item("Golden-Delicious")).toMatchObject({
      title: "Golden Delicious",
      category: "Apple",
    });
  });

  test("all the shop's tables as one folder: 147 items with variants, 44 of the other format, each with its pictures", async () => {
    const data = store();
    const given = join(shared, "shop/fixtures");
    const seen: { tables: string[]; others: number } = { tables: [], others: 0 };
    const run = () =>
      importSource(data, "shop", fakeModel(), given, {
        images: join(shared, "shop/media"),
        onMapping: (tables, others) => {
          seen.tables = tables.map(({ file }) => basename(file));
          seen.others = others.length;
        },
      });
    expect(await run()).toMatchObject({ rows: 2038, imported: 2038, items: 191, variants: 1847, quarantined: [] });
    expect(seen.tables).toEqual([
      "products_gear_bags.csv",
      "products_gear_fitness_equipment.csv",
      "products_gear_fitness_equipment_ball.csv",
      "products_gear_fitness_equipment_strap.csv",
      "products_gear_watches.csv",
      "products.csv",
    ]);
    const catalog = data.catalog("shop");
    const bag = catalog.item("24-MB04");
    expect(bag).toMatchObject({ title: "Strive Shoulder Pack", category: "Bags", price: 32 });
    expect(catalog.imagesOfItem("24-MB04")).toHaveLength(2);
    // Its parent is in no table: an item of its own.
    expect(catalog.item("24-WG081-gray")).toMatchObject({ title: "Sprite Stasis Ball 55 cm" });
    expect(await run()).toMatchObject({ imported: 0, unchanged: 2038, items: 191 });
  });

  test("a table in another format, with the pictures in a table of their own, says what is missing", async () => {
    const csv = join(shared, "shop/fixtures/CatalogSampleData/SimpleProduct/products_gear_bags.csv");
    await expect(importSource(store(), "bags", fakeModel(), csv)).rejects.toThrow(
      /MAPPING_COLUMN: .*pictures .*--map images=COLUMN/,
    );
  });
});
