import { expect, test } from "vitest";
import { DenseCodes } from "../../bench/dense-codes.ts";
import { looksee, recallOf } from "../../bench/looksee.ts";
import { plot } from "../../bench/plot.ts";
import { everyDistance } from "../../src/hamming-index/index.ts";
import { oracleOf, xorshift } from "./random-codes.ts";

/** Features in twelve crowds that vary in four directions each, as real ones vary in few. */
function features(n: number, seed: number): Float32Array {
  const random = xorshift(seed);
  const uniform = (): number => random() / 2 ** 31 - 1;
  const fixed = xorshift(77);
  const axes = Float32Array.from({ length: 12 * 5 * 512 }, () => fixed() / 2 ** 31 - 1);
  const all = new Float32Array(n * 512);
  for (let i = 0; i < n; i++) {
    const crowd = (random() % 12) * 5 * 512;
    const steps = [1, uniform(), uniform(), uniform(), uniform()];
    for (const [axis, step] of steps.entries())
      for (let at = 0; at < 512; at++) all[i * 512 + at]! += step * axes[crowd + axis * 512 + at]!;
  }
  return all;
}

const table = features(600, 3);
const signs = (row: number): Uint8Array => {
  const code = new Uint8Array(64);
  for (let i = 0; i < 512; i++) if (table[row * 512 + i]! > 0) code[i >> 3]! |= 1 << (i & 7);
  return code;
};

test("the first codes are the real ones; any run of codes is the same, asked for alone or among others", async () => {
  const dense = await DenseCodes.of(table, 5);
  const codes = dense.codes(0, 3000);
  for (const row of [0, 1, 599]) expect(Uint8Array.from(codes.subarray(row * 64, row * 64 + 64))).toEqual(signs(row));
  expect(Uint8Array.from(dense.codes(1234, 77))).toEqual(Uint8Array.from(codes.subarray(1234 * 64, 1311 * 64)));
  const again = (await DenseCodes.of(table, 5)).codes(2900, 100);
  expect(Uint8Array.from(again)).toEqual(Uint8Array.from(codes.subarray(2900 * 64)));
  expect(Uint8Array.from((await DenseCodes.of(table, 6)).codes(2900, 100))).not.toEqual(Uint8Array.from(again));
});

test("more codes bring nearer neighbours to features that were never seen", async () => {
  const dense = await DenseCodes.of(table, 5);
  const strangers = await DenseCodes.of(features(40, 4), 1);
  const nearest = (n: number): number => {
    const codes = dense.codes(0, n);
    let sum = 0;
    for (let i = 0; i < 40; i++) sum += Math.min(...everyDistance(codes, strangers.codes(i, 1)));
    return sum / 40;
  };
  const [few, real, many] = [nearest(150), nearest(600), nearest(9600)];
  expect(real).toBeLessThan(few);
  expect(many).toBeLessThan(real * 0.9);
});

test("looksee is asked exactly and coarsely, and keeps its floor", async () => {
  const dense = await DenseCodes.of(table, 5);
  const strangers = await DenseCodes.of(features(30, 4), 1);
  const queries = Array.from({ length: 30 }, (_, i) => ({ code: Uint8Array.from(strangers.codes(i, 1)), category: 1 }));
  const categoryOf = (i: number): number => 1 + (dense.source(i) % 3);
  const { runs, exact } = await looksee({ count: 9000, dense, categoryOf }, queries, 1, [0.95]);
  const ids = Uint32Array.from({ length: 9000 }, (_, i) => i + 1);
  expect(exact[3]).toEqual(oracleOf(ids, dense.codes(0, 9000), queries[3]!.code, 1200).map(({ id }) => id));
  const asked = ["exact", "coarse"].flatMap((mode) => [false, true].map((inCategory) => ({ mode, inCategory })));
  expect(runs.map(({ mode, inCategory }) => ({ mode, inCategory }))).toEqual([0, 2, 1, 3].map((i) => asked[i]));
  for (const [i, { mode, compared, recall, expected }] of runs.entries()) {
    const all = i < 2 ? 9000 : Array.from({ length: 9000 }, (_, i) => categoryOf(i)).filter((one) => one === 1).length;
    if (mode === "exact") expect([compared, recall["1200"]]).toEqual([all, 1]);
    else {
      expect(recall["60"]).toBeGreaterThanOrEqual(0.95);
      expect(expected).toBeGreaterThanOrEqual(0.95);
    }
  }
});

test("recall is counted by id among as many of the true ones", () => {
  const { recall } = recallOf([[1, 3, 2, 9]], [[1, 2, 3, 4]]);
  expect(recall).toMatchObject({ "1": 1, "10": 0.75 });
});

test("a plot is SVG that names every series, whatever is in a name", () => {
  const svg = plot({
    title: "a < b",
    x: { label: "x", log: true },
    y: { label: "y" },
    series: [
      {
        name: "one & two",
        points: [
          [1, 2],
          [1000, 5],
        ],
      },
    ],
  });
  expect(svg).toContain("one &amp; two");
  expect(svg).toContain("a &lt; b");
  expect(svg.match(/<circle /g)).toHaveLength(2);
});
