import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStore } from "../../src/catalog/index.ts";

/** Data folders of every schema ever released; written once, never again. A new schema adds its own beside them. */
const FOLDERS = ["catalog-1"];

test.each(FOLDERS)("a data folder of format %s opens with everything in it", (name) => {
  const dir = mkdtempSync(join(tmpdir(), "looksee-format-"));
  cpSync(join(import.meta.dirname, "../formats", name), dir, { recursive: true });
  const store = openStore(dir);
  const catalog = store.catalog("main");
  expect(catalog.counts()).toEqual({ items: 2, variants: 1, pictures: 3 });
  expect(catalog.item("T")).toMatchObject({ title: "Tee", price: 1299, currency: "EUR", category: "shirt" });
  expect(catalog.itemsOfImages([2]).get(2)).toMatchObject([
    { itemId: "T", variantId: "T-red", price: 12.5, attributes: { color: "red" } },
  ]);
  const codes = [...catalog.changes("fake", 0)];
  expect(codes.map(({ imageId, code }) => [imageId, Buffer.from(code!).toString("hex", 0, 4)])).toEqual([
    [1, "4220307c"],
    [2, "76cd55bd"],
    [3, "5382104b"],
  ]);
  expect(catalog.features("fake", [1, 2, 3]).size).toBe(3);
  for (const image of catalog.imagesOfItem("T")) expect(catalog.picture(image).bytes(true).length).toBeGreaterThan(200);
  expect(catalog.quarantine()).toMatchObject([
    { row: 3, picture: "gone.jpg", code: "PICTURE_MISSING" },
    { row: 4, picture: null, code: "ROW_BAD_VALUE" },
  ]);
  expect(catalog.jobs.list()).toMatchObject([{ jobId: "job-1", kind: "import", state: "done", source: "shop" }]);
  catalog.deleteItem("M");
  expect(catalog.counts()).toEqual({ items: 1, variants: 1, pictures: 2 });
  store.close();
  rmSync(dir, { recursive: true });
});
