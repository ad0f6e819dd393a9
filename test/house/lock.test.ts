import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { missingFrom, platformOf } from "../../scripts/complete-lock.ts";

const text = readFileSync(resolve(import.meta.dirname, "../../package-lock.json"), "utf8");

test("the lock names every platform's packages, else `npm ci` refuses it", () => {
  expect(missingFrom(JSON.parse(text))).toEqual([]);
  const lock = { packages: { "": { version: "1", optionalDependencies: { "a-win32-x64": "2.0.0" } } } };
  expect(missingFrom(lock)).toEqual([{ name: "a-win32-x64", version: "2.0.0", dev: false }]);
});

test("the lock names no registry", () => {
  expect(text).not.toMatch(/"resolved"|https?:\/\/registry/);
});

test("a platform is read off a package's name", () => {
  expect(platformOf("@a/b-linux-arm64-musl")).toEqual({ os: ["linux"], cpu: ["arm64"], libc: ["musl"] });
  expect(platformOf("@a/b-darwin-x64")).toEqual({ os: ["darwin"], cpu: ["x64"] });
});
