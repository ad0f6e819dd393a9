import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { Thumbnails } from "../../src/catalog/thumbnails.ts";

const dir = mkdtempSync(join(tmpdir(), "looksee-thumbnails-"));
afterEach(() => rmSync(join(dir, "thumbnails"), { recursive: true, force: true }));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const SHA = "ab".repeat(32);
const jpeg = Buffer.from("a small picture");

test("a thumbnail is kept for the sides of the page, and for no others", () => {
  const thumbnails = new Thumbnails(dir);
  for (const side of [320, 640, 1280]) {
    expect(thumbnails.read(SHA, side)).toBeUndefined();
    thumbnails.save(SHA, side, jpeg);
    expect(Buffer.from(thumbnails.read(SHA, side)!)).toEqual(jpeg);
  }
  thumbnails.save(SHA, 321, jpeg);
  expect(thumbnails.read(SHA, 321)).toBeUndefined();
  expect(readdirSync(join(dir, "thumbnails")).sort()).toEqual(["1280", "320", "640"]);
  thumbnails.remove(SHA);
  expect(thumbnails.read(SHA, 320)).toBeUndefined();
});

test("one that is damaged or cut short is not shown", () => {
  const thumbnails = new Thumbnails(dir);
  thumbnails.save(SHA, 320, jpeg);
  const path = join(dir, "thumbnails/320/ab", SHA);
  const whole = readFileSync(path);
  for (const damaged of [Buffer.alloc(0), whole.subarray(0, 3), whole.subarray(0, -1), Buffer.alloc(whole.length)]) {
    writeFileSync(path, damaged);
    expect(thumbnails.read(SHA, 320)).toBeUndefined();
  }
  thumbnails.save(SHA, 320, jpeg);
  expect(Buffer.from(thumbnails.read(SHA, 320)!)).toEqual(jpeg);
});

test("a place that cannot be written is no reason to fail", () => {
  writeFileSync(join(dir, "file"), "");
  const thumbnails = new Thumbnails(join(dir, "file"));
  thumbnails.save(SHA, 320, jpeg);
  expect(thumbnails.read(SHA, 320)).toBeUndefined();
});
