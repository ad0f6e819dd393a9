import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { bringUpToDate, importSource } from "../../src/indexing/index.ts";
import { fakeModel } from "./fake-model.ts";
import { pictures, scratch, store } from "./scene.ts";

test("codes of a new model are made for what is here, once, beside those of the old", async () => {
  const folder = scratch();
  await pictures(folder, 5);
  const data = store();
  await importSource(data, "main", fakeModel("old"), folder);
  const catalog = data.catalog("main");
  const next = fakeModel("new");
  const stages: string[] = [];
  const report = await bringUpToDate(data, "main", next, {
    onProgress: ({ stage, done, total }) => stages.push(`${stage} ${done}/${total}`),
  });
  expect(report).toMatchObject({ codes: 5, made: 5, failed: 0, failures: [] });
  expect(stages).toContain("indexing 5/5");
  expect([...catalog.changes("new", 0)]).toHaveLength(5);
  expect([...catalog.changes("old", 0)]).toHaveLength(5);
  const version = catalog.version();
  expect(await bringUpToDate(data, "main", next)).toMatchObject({ codes: 5, made: 0 });
  expect([next.seen, catalog.version()]).toEqual([5, version]);
  await expect(bringUpToDate(data, "absent", next)).rejects.toMatchObject({ code: "CATALOG_UNKNOWN" });
});

test("a picture whose file is gone is counted as failed, the others get their codes", async () => {
  const folder = scratch();
  await pictures(folder, 3);
  const data = store();
  await importSource(data, "main", fakeModel("old"), folder);
  const catalog = data.catalog("main");
  rmSync(catalog.picture(1).path);
  const report = await bringUpToDate(data, "main", fakeModel("new"));
  expect(report).toMatchObject({ codes: 2, made: 2, failed: 1, failures: [{ imageId: 1, code: "IMAGE_UNKNOWN" }] });
});

test("an import under another model makes the codes that are missing, and counts the rows as unchanged", async () => {
  const folder = scratch();
  await pictures(folder, 3);
  const data = store();
  await importSource(data, "main", fakeModel("old"), folder);
  const next = fakeModel("new");
  expect(await importSource(data, "main", next, folder)).toMatchObject({ imported: 0, unchanged: 3 });
  expect([next.seen, data.catalog("main").countMissingCodes("new")]).toEqual([3, 0]);
});
