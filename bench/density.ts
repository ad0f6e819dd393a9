import { parseArgs } from "node:util";
import { HammingIndex } from "../src/hamming-index/index.ts";
import { DenseCodes } from "./dense-codes.ts";
import { plot, savePlot } from "./plot.ts";
import { codesOf, realFeatures } from "./real-features.ts";
import { commandOf, machine, names, REAL_OPTIONS, whole } from "./set-up.ts";

const KS = [1, 2, 3, 6, 10, 20, 30, 60, 100, 200, 300, 600, 1200];
const ASKED = 150;

/** Median distance of the k-th neighbour of held-out pictures among n codes. */
export type DensityRow = {
  what: "real" | "generated" | "flipped";
  from: number;
  codes: number;
  k: number;
  distance: number;
};

export type DensityFigures = {
  cpu: string;
  seed: number;
  codesAre: string;
  queries: number;
  command: string;
  rows: DensityRow[];
  /** Mean of |generated - real| in bits over all k, where a quarter of the real codes was densified to all of them. */
  quarterOff: number;
  /** The same for codes made by flipping bits at random. */
  flippedOff: number;
};

/**
 * `npm run -s bench -- density [--sizes 100000,1000000] [--data … --gallery … --queries …] [--plot docs/plots] [--json]`:
 * how near the k-th neighbour of a held-out picture is among n codes. Real codes are taken by parts, so that the trend
 * shows; a quarter of them, densified to as many as there are, must lie as all of them do; all of them, densified further,
 * must go on along the same curve of distance against k ÷ n. Codes made by flipping bits are drawn beside.
 */
export async function benchDensity(args: readonly string[]): Promise<DensityFigures> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sizes: { type: "string", default: "100000,1000000" },
      ...REAL_OPTIONS,
    },
  });
  const sizes = names(values.sizes).map((size) => whole("--sizes", size));
  const seed = whole("--seed", values.seed);
  const real = await realFeatures(values.data, names(values.gallery), names(values.queries), seed);
  // In an order that depends on nothing, so that a part of them is a fair part.
  const gallery = mixed(real.gallery, seed);
  const n = gallery.length / 512;
  const queries = codesOf(real.queries.subarray(0, ASKED * 512));
  const codes = codesOf(gallery);
  const rows: DensityRow[] = [];
  const add = async (what: DensityRow["what"], from: number, some: Uint8Array): Promise<void> => {
    for (const row of await trend(some, queries)) rows.push({ what, from, ...row });
  };
  for (const part of [16, 4, 1]) await add("real", Math.floor(n / part), codes.subarray(0, Math.floor(n / part) * 64));
  const quarter = Math.floor(n / 4);
  const fromQuarter = await DenseCodes.of(gallery.slice(0, quarter * 512), seed);
  await add("generated", quarter, fromQuarter.codes(0, n));
  await add("flipped", quarter, flipped(codes.subarray(0, quarter * 64), n, seed));
  const fromAll = await DenseCodes.of(gallery, seed);
  for (const size of sizes) {
    await add("generated", n, fromAll.codes(0, size));
    await add("flipped", n, flipped(codes, size, seed));
  }
  const off = (what: DensityRow["what"]): number => {
    const differences = KS.flatMap((k) => {
      const at = (row: DensityRow): boolean => row.codes === n && row.k === k;
      const truth = rows.find((row) => row.what === "real" && at(row));
      const made = rows.find((row) => row.what === what && row.from === quarter && at(row));
      return truth && made ? [Math.abs(truth.distance - made.distance)] : [];
    });
    return differences.reduce((sum, value) => sum + value, 0) / differences.length;
  };
  const figures: DensityFigures = {
    cpu: machine().cpu,
    seed,
    codesAre: `${n} real (${real.from})`,
    queries: queries.length / 64,
    command: commandOf("density", args),
    rows,
    quarterOff: off("generated"),
    flippedOff: off("flipped"),
  };
  if (values.plot) savePlot(values.plot, "density", densityPlot(figures));
  return figures;
}

/** Distance against k ÷ n: real codes of every size lie on one curve, and what is generated should too. */
function densityPlot({ rows }: DensityFigures): string {
  const series = [...new Map(rows.map((row) => [`${row.what} ${row.from} ${row.codes}`, row])).values()];
  return plot({
    title: "How near the k-th neighbour of a held-out picture is: median over queries, bits of 512",
    x: { label: "k ÷ number of codes", log: true },
    y: { label: "distance of the k-th neighbour" },
    series: series.map(({ what, from, codes }) => ({
      name: `${codes.toLocaleString("en")} ${what}${what === "real" ? "" : ` from ${from.toLocaleString("en")}`}`,
      dashed: what === "flipped",
      points: rows
        .filter((row) => row.what === what && row.from === from && row.codes === codes)
        .map((row) => [row.k / codes, row.distance] as const),
    })),
  });
}

async function trend(
  codes: Uint8Array,
  queries: Uint8Array,
): Promise<{ codes: number; k: number; distance: number }[]> {
  const n = codes.length / 64;
  const index = await HammingIndex.open();
  await index.upsert(
    Uint32Array.from({ length: n }, (_, i) => i + 1),
    codes,
  );
  const ks = KS.filter((k) => k <= n / 4);
  const found = ks.map(() => [] as number[]);
  for (let i = 0; i < queries.length / 64; i++) {
    const hits = await index.search(queries.subarray(i * 64, (i + 1) * 64), ks.at(-1)!);
    for (const [j, k] of ks.entries()) found[j]!.push(hits[k - 1]!.distance);
  }
  await index.close();
  return ks.map((k, j) => ({ codes: n, k, distance: found[j]!.sort((a, b) => a - b)[found[j]!.length >> 1]! }));
}

/** What does not do: real codes with 10 to 150 of their bits flipped. */
function flipped(codes: Uint8Array, count: number, seed: number): Uint8Array {
  const n = codes.length / 64;
  const made = new Uint8Array(count * 64);
  let state = seed | 1;
  const random = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  for (let i = 0; i < count; i++) {
    const base = i < n ? i : random() % n;
    made.set(codes.subarray(base * 64, (base + 1) * 64), i * 64);
    if (i >= n)
      for (let flips = 10 + (random() % 140); flips > 0; flips--)
        made[i * 64 + (random() % 64)]! ^= 1 << (random() % 8);
  }
  return made;
}

function mixed(features: Float32Array, seed: number): Float32Array {
  const n = features.length / 512;
  const keys = Array.from({ length: n }, (_, i) => ({ i, key: Math.imul(i + 1 + seed * 7919, 0x9e3779b1) >>> 0 }));
  const out = new Float32Array(features.length);
  for (const [to, { i }] of keys.sort((a, b) => a.key - b.key).entries())
    out.set(features.subarray(i * 512, (i + 1) * 512), to * 512);
  return out;
}

export function table({ rows, quarterOff, flippedOff, codesAre, queries, command }: DensityFigures): string {
  const lines = [...new Map(rows.map((row) => [`${row.what} ${row.from} ${row.codes}`, row])).values()].map(
    ({ what, from, codes }) => {
      const at = (k: number): string =>
        String(
          rows.find((row) => row.what === what && row.from === from && row.codes === codes && row.k === k)?.distance ??
            "",
        );
      return `${what.padEnd(10)}${String(from).padStart(8)}${String(codes).padStart(10)}${KS.map((k) => at(k).padStart(6)).join("")}`;
    },
  );
  return [
    `${codesAre}, ${queries} queries; ${command}`,
    `                from     codes${KS.map((k) => `k=${k}`.padStart(6)).join("")}`,
    ...lines,
    `a quarter densified to all: off by ${quarterOff.toFixed(1)} bits on average; bits flipped instead: ${flippedOff.toFixed(1)}`,
  ].join("\n");
}
