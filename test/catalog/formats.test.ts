import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "vitest";
import { type CatalogStore, openStore, type Store } from "../../src/catalog/index.ts";

/**
 * Data folders of every schema ever released, each written once by the looksee of its time and never again. Schema 1
 * holds one import; from 4 on an earlier import brought an item that the last one, complete, no longer lists.
 */
const SCHEMAS = [1, 2, 3, 4, 5, 6];

const scratch = mkdtempSync(join(tmpdir(), "looksee-format-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** What a schema's own looksee wrote beyond the one before it. */
const SINCE: Record<number, (catalog: CatalogStore, db: DatabaseSync, store: Store) => void> = {
  2: (catalog) => {
    const [job] = catalog.jobs.list().filter(({ kind }) => kind === "import");
    expect(job).toMatchObject({ failures: { PICTURE_MISSING: 1, ROW_BAD_VALUE: 1 } });
    expect(job!.progress).toMatchObject({ done: expect.any(Number) });
    expect(JSON.parse(catalog.jobs.spec(job!.jobId)!)).toMatchObject({ source: "shop.csv", name: "shop" });
  },
  3: (catalog) => {
    expect(catalog.duplicates.heads()).toEqual(new Map([1, 2, 3].map((image) => [image, image])));
    expect(catalog.duplicates.verdicts()).toEqual([{ first: "M", second: "T", verdict: "merge" }]);
    expect(catalog.duplicates.groups()).toMatchObject([
      {
        leader: "T",
        items: [
          { itemId: "T", imageId: 1 },
          { itemId: "M", imageId: 3 },
        ],
      },
    ]);
  },
  4: (catalog, db) => {
    expect(catalog.imagesOfItem("T")).toEqual([1, 2]);
    expect(() => catalog.item("G")).toThrow("ITEM_UNKNOWN");
    expect(db.prepare("SELECT image_id, gone FROM member WHERE live = 0").all()).toEqual([
      { image_id: 4, gone: 1_700_000_000_000 },
    ]);
    expect(catalog.setting("selection")).toBe(JSON.stringify({ most: 2 }));
  },
};

test.each(SCHEMAS)("a data folder of schema %i opens with everything in it", (schema) => {
  const dir = join(scratch, `catalog-${schema}`);
  cpSync(join(import.meta.dirname, "../formats", `catalog-${schema}`), dir, { recursive: true });
  const before = new DatabaseSync(join(dir, "looksee.db"), { readOnly: true });
  expect(before.prepare("PRAGMA user_version").get()).toEqual({ user_version: schema });
  before.close();
  const store = openStore(dir);
  const db = new DatabaseSync(join(dir, "looksee.db"), { readOnly: true });
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
  const categories = new Map(catalog.categories().map(({ id, name }) => [id, name]));
  expect(codes.map(({ category }) => categories.get(category!))).toEqual(["shirt", "shirt", "others"]);
  expect(catalog.features("fake", [1, 2, 3]).size).toBe(3);
  for (const image of catalog.imagesOfItem("T")) expect(catalog.picture(image).bytes(true).length).toBeGreaterThan(200);
  expect(catalog.quarantine()).toMatchObject([
    { row: 3, picture: "gone.jpg", code: "PICTURE_MISSING" },
    { row: 4, picture: null, code: "ROW_BAD_VALUE" },
  ]);
  const [job] = catalog.jobs.list().reverse();
  expect(job).toMatchObject({ jobId: "job-1", kind: "import", state: "done", source: "shop" });
  for (const [since, check] of Object.entries(SINCE)) if (schema >= Number(since)) check(catalog, db, store);

  // Its looksee of today writes on.
  expect(db.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  expect(db.prepare("PRAGMA foreign_key_check").all()).toEqual([]);
  catalog.deleteItem("M");
  expect(catalog.counts()).toEqual({ items: 1, variants: 1, pictures: 2 });
  db.close();
  store.close();
});
