import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { importSource } from "../../src/indexing/index.ts";
import { fakeModel, jpeg } from "./fake-model.ts";
import { pictures, scratch, store, write } from "./scene.ts";

const COLUMNS = ["id", "title", "price", "currency", "stock", "url", "image"] as const;
type Row = Record<(typeof COLUMNS)[number], string>;
/** What goes wrong, the code and reason it must be set aside with, and how: cells of the row, or the line as written. */
type Way = { code: string; reason: RegExp } & ({ cells: Partial<Row> } | { line: (row: Row) => string | Buffer });

const cells = (given: Partial<Row>, code: string, reason: RegExp): Way => ({ cells: given, code, reason });
const line = (spoil: (row: Row) => string | Buffer, code: string, reason: RegExp): Way => ({
  line: spoil,
  code,
  reason,
});
const picture = (image: string, code: string, reason: RegExp) => cells({ image }, code, reason);
const bad = "ROW_BAD_VALUE";

const WAYS: Way[] = [
  line(({ id }) => `${id},Four fields,5,EUR`, "ROW_UNREADABLE", /4 fields where the header has 7/),
  line((row) => `${textOf(row)},more,and more`, "ROW_UNREADABLE", /9 fields where the header has 7/),
  line((row) => textOf({ ...row, title: `"never closed ${row.id}` }), "ROW_UNREADABLE", /quote/),
  line((row) => textOf({ ...row, title: '"closed" too early' }), "ROW_UNREADABLE", /text follows a closing quote/),
  line((row) => Buffer.from(textOf({ ...row, title: "caf\xe9" }), "latin1"), "ROW_UNREADABLE", /no UTF-8/),
  cells({ id: "" }, "ROW_NO_ID", /column id is empty/),
  cells({ id: "   " }, "ROW_NO_ID", /column id is empty/),
  cells({ id: "N1" }, "ROW_DUPLICATE_ID", /an earlier row has the id N1$/),
  cells({ id: "x".repeat(300) }, bad, /^id "x+…" cannot be read/),
  cells({ id: "two\nlines" }, bad, /^id "two\\nlines" cannot be read/),
  cells({ price: "on request" }, bad, /^price "on request"/),
  cells({ price: "-12.50" }, bad, /^price "-12.50"/),
  cells({ price: "10 - 20" }, bad, /^price "10 - 20"/),
  cells({ price: "€ 10 $" }, bad, /^price "€ 10 \$"/),
  cells({ price: "1,23,4" }, bad, /^price "1,23,4"/),
  cells({ price: "9".repeat(14) }, bad, /^price "9+"/),
  cells({ price: "15 %" }, bad, /^price "15 %"/),
  cells({ price: "1e5" }, bad, /^price "1e5"/),
  cells({ currency: "EURO" }, bad, /^currency "EURO"/),
  cells({ currency: "12" }, bad, /^currency "12"/),
  cells({ stock: "plenty" }, bad, /^stock "plenty"/),
  cells({ stock: "5-7" }, bad, /^stock "5-7"/),
  cells({ url: "javascript:alert(1)" }, bad, /^url "javascript/),
  cells({ url: "data:text/html,hi" }, bad, /^url "data:/),
  cells({ url: "ftp://s.example/1" }, bad, /^url "ftp:/),
  cells({ url: "http://" }, bad, /^url "http:\/\/"/),
  cells({ url: "https://s.example/a b" }, bad, /^url "https:/),
  cells({ title: "very long ".repeat(120) }, bad, /^title "very long/),
  cells({ image: "" }, "ROW_NO_PICTURE", /names no picture/),
  picture("nowhere.jpg", "PICTURE_MISSING", /there is no .*nowhere\.jpg/),
  picture("folder.jpg", "PICTURE_MISSING", /there is no .*folder\.jpg/),
  picture("empty.jpg", "PICTURE_EMPTY", /empty\.jpg is empty/),
  picture("text.jpg", "PICTURE_FORMAT", /./),
  picture("page.jpg", "PICTURE_FORMAT", /./),
  picture("paper.jpg", "PICTURE_FORMAT", /./),
  picture("cut.jpg", "PICTURE_BROKEN", /./),
  picture("cut.png", "PICTURE_BROKEN", /./),
  picture("bomb.png", "PICTURE_TOO_LARGE", /./),
  picture("heavy.jpg", "PICTURE_TOO_LARGE", /heavy\.jpg is larger than 100 MiB/),
  picture("http://10.0.0.1/a.jpg", "URL_REFUSED", /10\.0\.0\.1 leads into a private network/),
];

const GOOD_PICTURES = 100;
const good = (n: number): Row => ({
  id: `N${n}`,
  title: `Größe ${n}, "the good one"`,
  price: `${n % 90},${10 + (n % 90)} €`,
  currency: "EUR",
  stock: String(n % 7),
  url: `https://s.example/p/${n}`,
  image: `${1 + (n % GOOD_PICTURES)}.jpg`,
});
/** As CSV; a cell that begins with a quote is taken as it is. */
const textOf = (row: Row): string =>
  COLUMNS.map((column) =>
    /[",\n]/.test(row[column]) && !row[column].startsWith('"') ? quoted(row[column]) : row[column],
  ).join(",");
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

test("10,000 rows, 5 % broken in forty ways: exactly those are set aside, each with its reason; repaired, they come in", async () => {
  expect(WAYS).toHaveLength(40);
  const folder = scratch();
  await pictures(folder, GOOD_PICTURES);
  const whole = await jpeg(3, 400);
  const png = await sharp(whole).png().toBuffer();
  write(folder, {
    "empty.jpg": "",
    "text.jpg": "this is no picture",
    "page.jpg": "<!doctype html><html><body>404</body></html>",
    "paper.jpg": "%PDF-1.7\n1 0 obj",
    "cut.jpg": whole.subarray(0, whole.length >> 1),
    "cut.png": png.subarray(0, png.length >> 1),
    "bomb.png": Buffer.from("89504e470d0a1a0a0000000d494844520000c3500000c3500806000000", "hex"),
    "heavy.jpg": "",
  });
  mkdirSync(join(folder, "folder.jpg"));
  truncateSync(join(folder, "heavy.jpg"), 101 * 1024 * 1024); // a hole: no byte of it is on the disk

  const wayOf = (n: number): Way | undefined => (n % 20 === 7 ? WAYS[Math.floor(n / 20) % WAYS.length] : undefined);
  const numbers = Array.from({ length: 10_000 }, (_, i) => i + 1);
  const broken = numbers.filter((n) => wayOf(n));
  expect(broken).toHaveLength(500);
  const file = join(folder, "shop.csv");
  const lines = numbers.map((n) => {
    const way = wayOf(n);
    if (!way) return textOf(good(n));
    return "cells" in way ? textOf({ ...good(n), ...way.cells }) : way.line(good(n));
  });
  writeFileSync(
    file,
    Buffer.concat([COLUMNS.join(","), ...lines].map((text) => Buffer.concat([Buffer.from(text), Buffer.from("\n")]))),
  );

  const data = store();
  const model = fakeModel();
  const run = () => importSource(data, "main", model, file, { fetch: { retries: 0 } });
  const report = await run();
  expect(report.quarantined.map(({ row }) => row)).toEqual(broken);
  for (const { row, code, reason } of report.quarantined) {
    const way = wayOf(row)!;
    expect([row, code, reason]).toEqual([row, way.code, expect.stringMatching(way.reason)]);
  }
  const rowsAside = report.quarantined.filter(({ picture }) => picture === undefined).length;
  expect(report).toMatchObject({ rows: 10_000, imported: 10_000 - rowsAside, items: 10_000 - rowsAside });
  expect(
    data
      .catalog("main")
      .quarantine()
      .map(({ row, code }) => [row, code]),
  ).toEqual(report.quarantined.map(({ row, code }) => [row, code]));

  writeFileSync(file, [COLUMNS.join(","), ...numbers.map((n) => textOf(good(n)))].join("\n"));
  const repaired = await run();
  expect(repaired).toMatchObject({ rows: 10_000, imported: 500, unchanged: 9500, items: 10_000, quarantined: [] });
  expect([data.catalog("main").quarantine(), model.seen]).toEqual([[], GOOD_PICTURES]);
});
