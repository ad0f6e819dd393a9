import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const main = resolve(import.meta.dirname, "../../bench/main.ts");
const bench = (...args: string[]) => {
  const env = { ...process.env, LOOKSEE_PYTHON: "no-python-here" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { env, encoding: "utf8" });
  return { status, stdout, stderr };
};

test("bench scan prints one document, exact, with what was not measured and why", () => {
  const { status, stdout } = bench("scan", "--codes", "30000", "--threads", "2", "--k", "50", "--seed", "9", "--json");
  expect(status).toBe(0);
  const figures = JSON.parse(stdout);
  expect(figures).toMatchObject({ threads: [2], seed: 9, peers: [], missing: [{ name: "faiss-cpu" }] });
  expect(figures.command).toBe("npm run -s bench -- scan --codes 30000 --threads 2 --k 50 --seed 9 --json");
  expect(figures.runs).toHaveLength(1);
  for (const run of figures.runs) {
    expect(run).toMatchObject({ codes: 30_000, k: 50, recall: 1 });
    for (const figure of ["msP50", "msP95", "gbPerSecond", "readGbPerSecond", "ofReadLimit"])
      expect(run[figure]).toBeGreaterThan(0);
  }
});

test.each([[["nothing"]], [[]], [["scan", "--codes", "many"]], [["scan", "--kodes", "1"]]])(
  "bench %j is USAGE",
  (args) => {
    const { status, stdout, stderr } = bench(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^USAGE: /);
  },
);
