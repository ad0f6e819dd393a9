import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { json, looksee, type Run } from "./run.ts";

let dir = "";
let data: string[] = [];
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "looksee-bad-"));
  data = ["--data", join(dir, "data")];
  const red = await sharp({ create: { width: 90, height: 90, channels: 3, background: "#a33" } })
    .jpeg()
    .toBuffer();
  writeFileSync(join(dir, "red.jpg"), red);
  writeFileSync(join(dir, "cut.jpg"), red.subarray(0, 200));
  writeFileSync(join(dir, "empty.jpg"), "");
  writeFileSync(join(dir, "text.jpg"), "this is no picture\n".repeat(50));
  writeFileSync(join(dir, "bomb.png"), pngHeader(50_000, 50_000));
  writeFileSync(join(dir, "one.csv"), `id,title,image\none,Red,red.jpg\n`);
  json("import", join(dir, "one.csv"), ...data);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** A PNG that claims a size and holds nothing. */
function pngHeader(width: number, height: number): Buffer {
  const header = Buffer.alloc(33);
  header.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  header.writeUInt32BE(13, 8);
  header.write("IHDR", 12, "latin1");
  header.writeUInt32BE(width, 16);
  header.writeUInt32BE(height, 20);
  header.set([8, 2, 0, 0, 0], 24);
  return header;
}

/** One sentence or two on stderr that begin with the code, after what a slow machine says of its progress; nothing on stdout. */
function expectRefusal(words: string[], code: string, exit = 3): Run {
  const run = looksee(...words);
  expect(run.stderr).toMatch(new RegExp(`^(?:reading +\\d+\\n)*${code}: [^\\n]+\\.\\n$`));
  expect(run.stdout).toBe("");
  expect(run.exit).toBe(exit);
  return run;
}

test.each([
  ["empty.jpg", "PICTURE_EMPTY"],
  ["text.jpg", "PICTURE_FORMAT"],
  ["cut.jpg", "PICTURE_BROKEN"],
  ["bomb.png", "PICTURE_TOO_LARGE"],
  ["nothing.jpg", "PICTURE_MISSING"],
])("search of %s is refused as %s, and the file is named", (file, code) => {
  const photo = join(dir, file);
  expect(expectRefusal(["search", photo, ...data], code).stderr).toContain(file);
});

test("what is not there is said so, and nothing is made for it", () => {
  const red = join(dir, "red.jpg");
  expectRefusal(["search", red, ...data, "--catalog", "nope"], "CATALOG_UNKNOWN");
  expectRefusal(["search", red, "--data", join(dir, "no-folder")], "CATALOG_UNKNOWN");
  expect(existsSync(join(dir, "no-folder"))).toBe(false);
  expectRefusal(["search", "--item", "two", ...data], "ITEM_UNKNOWN");
  expectRefusal(["import", join(dir, "nothing.csv"), ...data], "SOURCE_MISSING");
  expectRefusal(["search", red, "--category", "hats", ...data], "CATEGORY_UNKNOWN", 2);
});

test("a table with a wrong column names the columns it has", () => {
  writeFileSync(join(dir, "wrong.csv"), "colour,weight\nred,3\n");
  const refusal = expectRefusal(["import", join(dir, "wrong.csv"), ...data], "MAPPING_COLUMN");
  expect(refusal.stderr).toContain("colour, weight");
  writeFileSync(join(dir, "empty.csv"), "");
  expectRefusal(["import", join(dir, "empty.csv"), ...data], "SOURCE_EMPTY");
  expectRefusal(["eval", join(dir, "wrong.csv"), ...data], "QUERIES_COLUMN");
});

test("usage: unknown verbs and options, a box that is none, both a photo and an item", () => {
  for (const words of [["serch"], ["search"], ["search", "a.jpg", "--box", "1,2"], ["serve", "--port", "x"]]) {
    const run = looksee(...words, ...data);
    expect([words, run.exit]).toEqual([words, 2]);
    expect(run.stderr.length).toBeGreaterThan(20);
  }
  expect(looksee("serch").stderr).toContain("Did you mean search?");
  expectRefusal(["search", join(dir, "red.jpg"), "--item", "one", ...data], "SEARCH_BAD_INPUT", 2);
  expectRefusal(["search", join(dir, "red.jpg"), "--box", "0.5,0.5,0.1,0.1", ...data], "SEARCH_BOX", 2);
});

test("a port in use and a host that others can reach are refused", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
  const { port } = taken.address() as { port: number };
  expectRefusal(["serve", "--port", String(port), ...data], "PORT_IN_USE");
  taken.close();
  expectRefusal(["serve", "--host", "0.0.0.0", "--port", "0", ...data], "HOST_NEEDS_KEY");
});

test("a data folder that cannot be written is refused before any work", () => {
  const file = join(dir, "a-file");
  writeFileSync(file, "");
  expectRefusal(["import", join(dir, "one.csv"), "--data", join(file, "data")], "DATA_UNWRITABLE");
  if (process.getuid?.() === 0) return; // root may write anywhere
  const folder = join(dir, "read-only");
  mkdirSync(folder);
  chmodSync(folder, 0o500);
  expectRefusal(["import", join(dir, "one.csv"), "--data", folder], "DATA_UNWRITABLE");
});

test("an old Node gets one sentence and exit 3 before anything is imported", () => {
  const bin = resolve(import.meta.dirname, "../../bin/looksee.js");
  const pretend = "data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'20.20.2'}})";
  const run = spawnSync(process.execPath, ["--import", pretend, bin, "--version"], { encoding: "utf8" });
  expect(run.stderr).toMatch(/^NODE_TOO_OLD: [^\n]+\n$/);
  expect(run.status).toBe(3);
});
