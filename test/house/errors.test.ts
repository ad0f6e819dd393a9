import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { ERRORS, LookseeError } from "../../src/errors.ts";

const source = resolve(import.meta.dirname, "../../src");

test("every code of the table is raised somewhere, so the table never lists what cannot happen", () => {
  const text = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && file !== "errors.ts")
    .map((file) => readFileSync(join(source, file), "utf8"))
    .join("\n");
  const unused = Object.keys(ERRORS).filter((code) => code !== "NODE_TOO_OLD" && !text.includes(`"${code}"`));
  expect(unused).toEqual([]);
});

test("an error reads as code, problem, remedy, and knows its status and exit", () => {
  const error = new LookseeError("CATALOG_UNKNOWN", "no catalog shoes", "Import one first");
  expect(error.message).toBe("CATALOG_UNKNOWN: no catalog shoes. Import one first.");
  expect([error.status, error.exit]).toEqual([404, 3]);
});
