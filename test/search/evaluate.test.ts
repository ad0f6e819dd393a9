import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { evaluate, Searcher, writeReport } from "../../src/search/index.ts";
import { drawItems, eyes, featureOf, near, photoOf, temporaryShop, upsert } from "./shop.ts";

let shop: ReturnType<typeof temporaryShop>;
let searcher: Searcher;
const items = drawItems(60);

beforeEach(async () => {
  shop = temporaryShop();
  upsert(shop.catalog, items);
  searcher = await Searcher.open(shop.store, "main", eyes, { threads: 1 });
  mkdirSync(join(shop.dir, "asked"));
});
afterEach(async () => {
  await searcher.close();
  shop.dispose();
});

/** Writes photos and the table that speaks of them; a photo is a feature and a kind. */
function queriesFile(header: string, rows: [cells: string, photo: Uint8Array | null][]): string {
  const lines = rows.map(([cells, photo], i) => {
    if (photo) writeFileSync(join(shop.dir, "asked", `${i}.jpg`), photo);
    return `${i}.jpg,${cells}`;
  });
  const file = join(shop.dir, "asked", "queries.csv");
  writeFileSync(file, `${[header, ...lines].join("\n")}\n`);
  return file;
}

const photoOfItem = (i: number) => photoOf(near(items[i]!.pictures[0]!.feature, 900 + i, 0.8), items[i]!.kind!);

test("every figure is what the answers say", async () => {
  const file = queriesFile("file,itemId,category,x1,y1,x2,y2", [
    ["item-1-0,bags,0.1,0.2,0.7,0.8", photoOfItem(0)], // right, box exact
    ["item-1-1,toys,0.1,0.2,0.7,0.52", photoOfItem(1)], // right product, its category mislabelled; IoU 0.53
    ["item-1-2,elsewhere,0.8,0.8,0.9,0.9", photoOfItem(3)], // wrong product; category not of this catalog; box missed
    [",,,,,", photoOf(featureOf(4, 9), 0)], // not in the catalog, and so far off that it is called so
    [",,,,,", photoOfItem(5)], // said to be absent, yet found: not caught
  ]);
  const events: number[] = [];
  const { figures, answers, unreadable } = await evaluate(searcher, file, {
    onProgress: ({ done }) => events.push(done),
  });
  expect(Object.keys(figures)).toEqual(
    "queries identicalRecall identicalRecallInterval categoryAccuracy boxIou latencyMs noGoodMatch scoreEce".split(" "),
  );
  expect(answers.map(({ rank }) => rank === 1)).toEqual([true, true, false, false, false]);
  expect(figures).toMatchObject({
    queries: 5,
    categoryAccuracy: 0.5,
    boxIou: { "0.5": 2 / 3, "0.7": 1 / 3 },
    noGoodMatch: { caught: 0.5, falseAlarm: 0 },
  });
  expect(figures.identicalRecall!["1"]).toBeCloseTo(2 / 3, 12);
  expect(figures.identicalRecallInterval!["1"]).toEqual([0, 1]);
  expect(figures.scoreEce).toBeGreaterThan(0);
  expect(Object.keys(figures.latencyMs.stages)).toEqual("decode model vote coarse fine rank total".split(" "));
  expect(figures.latencyMs.stages.model).toBe(2);
  expect(figures.latencyMs.p95).toBeGreaterThanOrEqual(figures.latencyMs.p50);
  expect(unreadable).toEqual([]);
  expect(events).toEqual([0, 1, 2, 3, 4, 5]);
});

test("parts without their column are left out, and the same file gives the same figures", async () => {
  const file = queriesFile("file,itemId", [["item-1-7", photoOfItem(7)]]);
  const { figures } = await evaluate(searcher, file);
  expect(Object.keys(figures)).toEqual(
    "queries identicalRecall identicalRecallInterval latencyMs noGoodMatch scoreEce".split(" "),
  );
  expect(figures.noGoodMatch).toEqual({ caught: null, falseAlarm: 0 });
  const again = (await evaluate(searcher, file)).figures;
  expect({ ...again, latencyMs: null }).toEqual({ ...figures, latencyMs: null });
});

test("a missing photo is reported and counts nowhere", async () => {
  const file = queriesFile("file,itemId", [
    ["item-1-0", photoOfItem(0)],
    ["item-1-1", null],
  ]);
  const { figures, unreadable } = await evaluate(searcher, file);
  expect(figures).toMatchObject({ queries: 1, identicalRecall: { "1": 1 } });
  expect(unreadable).toMatchObject([{ row: 2, file: "1.jpg", code: "PICTURE_MISSING" }]);
});

test("a table that cannot be a query file names what is missing", async () => {
  const bad = async (text: string) => {
    const file = join(shop.dir, "bad.csv");
    writeFileSync(file, text);
    return evaluate(searcher, file);
  };
  await expect(bad("photo,itemId\na.jpg,x\n")).rejects.toThrow(
    /QUERIES_COLUMN.*no column `file` \(it has photo, itemId\)/,
  );
  await expect(bad("file;product\na.jpg;x\n")).rejects.toThrow(/no column `itemId`/);
  await expect(bad("file,itemId,x1,y1,x2,y2\na.jpg,x,0.5,0,0.1,1\n")).rejects.toThrow(/QUERIES_COLUMN.*row 1/);
  await expect(bad("file,itemId\n")).rejects.toMatchObject({ code: "SOURCE_EMPTY" });
  await expect(bad("file,itemId\nnone.jpg,x\n")).rejects.toMatchObject({ code: "SOURCE_EMPTY" });
  await expect(evaluate(searcher, join(shop.dir, "nope.csv"))).rejects.toMatchObject({ code: "SOURCE_MISSING" });
});

test("the report is one file that names the figures and the misses, and escapes what it shows", async () => {
  const file = queriesFile("file,itemId,category", [
    ["item-1-0,bags", photoOfItem(0)],
    ["<script>alert(1)</script>,bags", photoOfItem(3)],
  ]);
  const report = join(shop.dir, "report.html");
  await writeReport(await evaluate(searcher, file), report);
  const html = readFileSync(report, "utf8");
  for (const text of [
    "identical recall@1",
    "50.0\u00a0%",
    "Worst queries",
    "Best queries",
    "<svg",
    "Which category for which?",
  ])
    expect(html).toContain(text);
  expect(html).not.toContain("<script>");
  expect(html).not.toMatch(/(src|href)="(?!data:)/); // nothing is fetched
  await expect(writeReport(await evaluate(searcher, file), join(shop.dir, "no", "r.html"))).rejects.toMatchObject({
    code: "DATA_UNWRITABLE",
  });
});
