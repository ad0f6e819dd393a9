import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import * as engine from "../../src/hamming-index/index.ts";
import * as looksee from "../../src/index.ts";

test("what a program can import is a decision: growing the list is one too", () => {
  expect(Object.keys(looksee).sort()).toEqual([
    "Catalog",
    "LookseeError",
    "MALL_VERSION",
    "Models",
    "Shop",
    "doctor",
    "fetchPicture",
    "open",
    "snapshots",
    "writeMall",
    "writeReport",
  ]);
  expect(Object.keys(engine).sort()).toEqual(["Bitmap", "HammingIndex", "byDistanceThenId", "everyDistance"]);
});

test("the package offers exactly the two entries, and compiled JavaScript", () => {
  const { exports, bin, files } = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../package.json"), "utf8"));
  expect(Object.keys(exports)).toEqual([".", "./hamming-index"]);
  expect(exports["."].default).toBe("./dist/index.js");
  expect(bin).toEqual({ looksee: "bin/looksee.js" });
  expect(files).toEqual(["bin", "dist", "models/default"]);
});
