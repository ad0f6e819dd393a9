import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { expect, test } from "vitest";

/** Higher may import lower; equal floors never import each other. errors.ts and config.ts are open to all. */
const FLOOR: Record<string, number> = {
  server: 5,
  cli: 5,
  "index.ts": 4,
  learning: 3,
  indexing: 2,
  search: 1,
  catalog: 0,
  vision: 0,
  "hamming-index": 0,
  ranking: 0,
  mall: 0,
};
const OPEN = new Set(["errors.ts", "config.ts"]);
const SIDEWAYS = new Set(["cli -> server"]); // `looksee serve` and `looksee demo` start the other door

const source = resolve(import.meta.dirname, "../src");

type Import = { file: string; from: string; to: string };

function importsBetweenRooms(root: string): Import[] {
  const found: Import[] = [];
  for (const entry of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    if (!entry.endsWith(".ts")) continue;
    const text = readFileSync(join(root, entry), "utf8");
    for (const [, target] of text.matchAll(/(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g)) {
      const to = relative(root, resolve(root, dirname(entry), target!));
      found.push({ file: entry, from: entry.split(sep)[0]!, to: to.split(sep)[0]! });
    }
  }
  return found;
}

export function breaches(imports: readonly Import[]): string[] {
  const wrong: string[] = [];
  for (const { file, from, to } of imports) {
    if (from === to || OPEN.has(to) || SIDEWAYS.has(`${from} -> ${to}`)) continue;
    if (OPEN.has(from)) wrong.push(`${file}: open to all, so it imports no room, not even ${to}`);
    else if (FLOOR[from] === undefined) wrong.push(`${file}: ${from} is no room of design.md`);
    else if (FLOOR[to] === undefined) wrong.push(`${file}: imports ${to}, which is no room`);
    else if (FLOOR[from] <= FLOOR[to])
      wrong.push(`${file}: ${from} may not import ${to}; move the call up or the code down`);
  }
  return wrong;
}

test("imports go down only: doors -> index -> learning -> indexing -> search -> engines", () => {
  const imports = importsBetweenRooms(source);
  expect(imports.length).toBeGreaterThan(10);
  expect(breaches(imports)).toEqual([]);
});

test("an import that goes up or sideways is caught", () => {
  expect(breaches([{ file: "vision/a.ts", from: "vision", to: "search" }])).toHaveLength(1);
  expect(breaches([{ file: "vision/a.ts", from: "vision", to: "catalog" }])).toHaveLength(1);
  expect(breaches([{ file: "server/a.ts", from: "server", to: "cli" }])).toHaveLength(1);
  expect(breaches([{ file: "search/a.ts", from: "search", to: "vision" }])).toEqual([]);
});
