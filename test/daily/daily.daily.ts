import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore, type Store } from "../../src/catalog/index.ts";
import { type ImportOptions, importSource, type Seeing } from "../../src/indexing/index.ts";
import { openMall } from "../../src/mall/index.ts";
import { defaultModelFolder, type Model, openModel } from "../../src/vision/index.ts";
import { jpeg } from "../indexing/fake-model.ts";

/** Rows of the shop, each with a picture of its own; `LOOKSEE_ROWS=3000` is the short form. */
const ROWS = Number(process.env.LOOKSEE_ROWS ?? 100_000);

let folder: string;
let store: Store;
let model: Model;
const CSV = "shop.csv";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "looksee-daily-"));
  store = openStore(join(folder, "data"), { create: true });
  model = await openModel(defaultModelFolder(), { workers: 2 });
  const base = await jpeg(1, 64);
  for (let n = 0; n < Math.min(ROWS, 256); n++) mkdirSync(join(folder, "images", String(n)), { recursive: true });
  for (let n = 0; n < ROWS; n++) writeFileSync(join(folder, pictureOf(n)), tagged(base, n));
  write(Array.from({ length: ROWS }, (_, n) => rowOf(n)));
});
afterAll(async () => {
  await model?.close();
  store?.close();
  rmSync(folder, { recursive: true, force: true });
});

const pictureOf = (n: number): string => `images/${n % 256}/${n}.jpg`;
/** The same picture with a comment of its own: other bytes. */
function tagged(base: Buffer, n: number): Buffer {
  const comment = Buffer.from([0xff, 0xfe, 0, 6, 0, 0, 0, 0]);
  comment.writeUInt32BE(n, 4);
  return Buffer.concat([base.subarray(0, 2), comment, base.subarray(2)]);
}
const rowOf = (n: number, price = n % 90): string =>
  `S${n},"Item no. ${n}, a fine thing","<p>It is <b>good</b> &amp; cheap.</p><ul><li>one</li><li>two ${n}</li></ul>",` +
  `Kind ${n % 40},"${price},50 €",${n % 7},Brand ${n % 300},color ${n % 12},https://s.example/p/${n},${pictureOf(n)}`;
const write = (rows: readonly string[]) =>
  writeFileSync(
    join(folder, CSV),
    `sku,title,description,category,price,stock,brand,color,url,image\n${rows.join("\n")}\n`,
  );

/** The first import looks at its tiny pictures quickly, under the model's name; the nights after it use the model itself. */
const quick: Seeing["see"] = async (bytes) => {
  const code = createHash("sha512").update(bytes).digest();
  return {
    category: new Float32Array(14).fill(1 / 14),
    box: [0, 0, 1, 1] as const,
    boxScore: 0.5,
    objects: [],
    feature: Float32Array.from({ length: 512 }, (_, i) => (code[i % 64]! - 127.5) / 1750),
    code: new Uint8Array(code),
    width: 64,
    height: 61,
    format: "jpeg",
    timings: { decode: 0, model: 0 },
  };
};

async function night(what: string, options: ImportOptions = {}, see: Seeing["see"] = (picture) => model.see(picture)) {
  let seen = 0;
  const eyes: Seeing = {
    id: model.id,
    see: (picture) => {
      seen++;
      return see(picture);
    },
  };
  const stages: Record<string, number> = {};
  let [stage, since] = ["opening", performance.now()];
  const onProgress: ImportOptions["onProgress"] = (progress) => {
    const now = performance.now();
    stages[stage] = (stages[stage] ?? 0) + (now - since) / 1000;
    [stage, since] = [progress.stage, now];
  };
  const report = await importSource(store, "main", eyes, join(folder, CSV), { ...options, onProgress });
  stages[stage] = (stages[stage] ?? 0) + (performance.now() - since) / 1000;
  const parts = Object.entries(stages).map(([name, seconds]) => `${name} ${seconds.toFixed(1)}`);
  const memory = Math.round(process.memoryUsage().rss / 1e6);
  console.log(
    `${what}: ${ROWS} rows, ${seen} pictures seen, ${report.seconds.toFixed(1)} s (${parts.join(", ")}), ${memory} MB`,
  );
  return { ...report, seen };
}

test("the first import brings everything in", async () => {
  const report = await night("first import (no model)", {}, quick);
  expect(report).toMatchObject({
    rows: ROWS,
    imported: ROWS,
    items: ROWS,
    pictures: ROWS,
    quarantined: [],
    seen: ROWS,
  });
});

test("the same again looks at no picture and writes nothing", async () => {
  const version = store.catalog("main").version();
  const report = await night("unchanged");
  expect(report).toMatchObject({ rows: ROWS, imported: 0, unchanged: ROWS, items: ROWS, quarantined: [], seen: 0 });
  expect(store.catalog("main").version()).toBe(version);
});

test("1 % of rows and of pictures changed, some gone, some new: only that is done", async () => {
  const [part, few] = [ROWS / 100, Math.max(1, ROWS / 1000)];
  const mall = openMall({ items: part, seed: 2031 });
  for (let i = 0; i < part; i++) writeFileSync(join(folder, pictureOf(100 * i + 1)), await mall.picture(i));
  for (let i = 0; i < few; i++) writeFileSync(join(folder, pictureOf(ROWS + i)), tagged(await jpeg(2, 64), i));
  const rows: string[] = [];
  for (let n = 0; n < ROWS + few; n++) if (n % 1000 !== 999) rows.push(n % 100 === 50 ? rowOf(n, 95) : rowOf(n)); // a tenth of a percent has gone
  write(rows);
  const report = await night("1 % changed, 0.1 % gone, 0.1 % new", { full: true });
  expect(report).toMatchObject({ rows: rows.length, items: rows.length, quarantined: [] });
  expect(report.imported).toBe(2 * part + few);
  expect([report.seen, report.removed?.items, report.removed?.picturesWaiting]).toEqual([part + few, few, part + few]);
  const catalog = store.catalog("main");
  expect([catalog.item("S50").price, catalog.item("S51").price]).toEqual([95.5, 51.5]);
  expect(catalog.picture(catalog.imagesOfItem("S1")[0]!).width).toBeGreaterThan(64);
  expect(() => catalog.item("S999")).toThrow("ITEM_UNKNOWN");
});
