import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Figures, ImportReport } from "../../src/index.ts";
import { json } from "../cli/run.ts";
import { shared, sharedIsThere, whyNot } from "./shared.ts";

const data = mkdtempSync(join(tmpdir(), "looksee-figures-"));
afterAll(() => rmSync(data, { recursive: true, force: true }));

test.skipIf(!sharedIsThere)(`groceries: a phone photo finds its product among 81${whyNot}`, () => {
  const place = ["--data", data, "--catalog", "groceries"];
  const report = json<ImportReport>("import", join(shared, "groceries/products.csv"), ...place);
  expect(report).toMatchObject({ rows: 81, imported: 81, items: 81, pictures: 81, quarantined: [] });
  const figures = json<Figures>("eval", join(shared, "groceries/photos-val.csv"), ...place);
  console.log(JSON.stringify(figures));
  expect(figures.queries).toBe(296);
  expect(figures.identicalRecall!["1"]).toBeGreaterThanOrEqual(0.86);
  expect(figures.identicalRecall!["4"]).toBeGreaterThanOrEqual(0.96);
  expect(figures.identicalRecall!["20"]).toBeGreaterThanOrEqual(0.99);
});

test.skipIf(!sharedIsThere)(`shop: a Magento export comes in whole, and a second time costs nothing${whyNot}`, () => {
  const words = [
    "import",
    join(shared, "shop/fixtures/ConfigurableSampleData/products.csv"),
    "--images",
    join(shared, "shop/media"),
    "--data",
    data,
    "--catalog",
    "shop",
  ];
  const first = json<ImportReport>(...words);
  expect(first).toMatchObject({ rows: 1994, items: 147, variants: 1847, pictures: 675, quarantined: [] });
  expect(first.imported + first.unchanged + first.deselected).toBe(1994);
  const second = json<ImportReport>(...words);
  expect(second).toMatchObject({ rows: 1994, imported: 0, unchanged: 1994 - second.deselected, pictures: 675 });
});
