import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { buildKernel, KERNELS } from "../../kernel/build.ts";

const root = resolve(import.meta.dirname, "../..");

test.each(KERNELS)("$module is what $source compiles to", async ({ source, module }) => {
  expect(readFileSync(join(root, module), "utf8"), "run `npm run kernel`").toBe(await buildKernel(source));
});

test("the room stands alone: it imports node's own modules, itself and the errors", () => {
  const room = join(root, "src/hamming-index");
  const files = readdirSync(room, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const imports = files.flatMap((file) =>
    [...readFileSync(join(room, file), "utf8").matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g)].map((m) => m[1]!),
  );
  expect(imports.length).toBeGreaterThan(10);
  expect(
    imports.filter((target) => !/^(node:(?!sqlite)|\.\/|\.\.\/(errors|layout|every-distance)\.ts$)/.test(target)),
  ).toEqual([]);
});
