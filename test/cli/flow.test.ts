import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Figures, ImportReport, Job, Quarantined, SearchResult } from "../../src/index.ts";
import { json, looksee } from "./run.ts";

let dir = "";
let data = "";
let mall = "";
let drawn: unknown;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "looksee-cli-"));
  mall = join(dir, "mall");
  drawn = json("mall", "--items", "24", "--seed", "5", "--photo-items", "6", "--out", mall);
});
beforeEach(async () => {
  data = await mkdtemp(join(dir, "data-")); // a try's own: a second try begins where the first did
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test("mall, import, search, eval, jobs and quarantine, as a person would go through them", () => {
  expect(drawn).toMatchObject({ items: 24, photos: 6 });

  const table = join(mall, "catalog.csv");
  const first = looksee("import", table, "--data", data);
  expect(first.exit).toBe(0);
  expect(first.stdout).toMatch(/^24 rows: 24 imported, 0 unchanged, 0 not selected, 0 set aside\./);
  expect(first.stderr).toMatch(/catalog\.csv: columns read as\nfield +column +for example\nid +id +m5-000000/);
  expect(json<ImportReport>("import", table, "--data", data)).toMatchObject({ rows: 24, imported: 0, unchanged: 24 });

  const picture = join(mall, "images/m5-000003.jpg");
  const result = json<SearchResult>("search", picture, "--limit", "3", "--data", data);
  expect(result.hits.map((hit) => hit.itemId)).toHaveLength(3);
  expect(result.hits[0]!.itemId).toBe("m5-000003");
  expect(result.noGoodMatch).toBe(false);

  const alike = json<SearchResult>("search", "--item", "m5-000003", "--limit", "5", "--data", data);
  expect(alike.hits).toHaveLength(5);
  expect(alike.hits.map((hit) => hit.itemId)).not.toContain("m5-000003");
  const printed = (...words: string[]) => looksee("search", ...words, "--limit", "3", "--data", data).stdout;
  expect(printed(picture)).toMatch(/^# +item +variant +sure +price +title\n *1 +m5-000003 +\d+ %/);
  expect(printed("--item", "m5-000003")).toMatch(/^# +item +variant +price +title\n *1 +m5-\d+ +\D/);

  const report = join(dir, "report.html");
  const figures = json<Figures>("eval", join(mall, "photos.csv"), "--html", report, "--data", data);
  expect(figures).toMatchObject({ queries: 6, identicalRecall: { "20": expect.any(Number) } });
  expect(figures.boxIou!["0.5"]).toBeGreaterThanOrEqual(figures.boxIou!["0.7"]);
  expect(readFileSync(report, "utf8")).toContain("<img");

  expect(json<Job[]>("jobs", "ls", "--data", data).map((job) => job.state)).toEqual(["done", "done"]);
  expect(json<Quarantined[]>("quarantine", "ls", "--data", data)).toEqual([]);
  expect(json("index", "--data", data)).toMatchObject({ codes: 24, made: 0, failed: 0 });
});

test("a bad row is set aside, named and explained; the rest comes in; exit 1", () => {
  const table = join(dir, "half-bad.csv");
  const picture = join(mall, "images/m5-000001.jpg");
  writeFileSync(table, `id,title,image\na,Good,${picture}\nb,Gone,${join(dir, "nothing.jpg")}\n,No id,${picture}\n`);
  const run = looksee("import", table, "--data", data, "--catalog", "halves", "--json");
  expect(run.exit).toBe(1);
  const report = JSON.parse(run.stdout) as ImportReport;
  const rowsAside = report.quarantined.filter((fault) => fault.picture === undefined);
  expect(report.imported + report.unchanged + report.deselected + rowsAside.length).toBe(3);
  expect(report.quarantined.map(({ row, code }) => [row, code])).toEqual([
    [2, "PICTURE_MISSING"],
    [3, "ROW_NO_ID"],
  ]);
  expect(looksee("quarantine", "ls", "--data", data, "--catalog", "halves").stdout).toContain("nothing.jpg");
});
