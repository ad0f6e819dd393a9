import { availableParallelism, cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { LookseeError } from "../src/errors.ts";
import { DenseCodes } from "./dense-codes.ts";
import { type BuildTimes, looksee, type PeersRun } from "./looksee.ts";
import { plot, savePlot } from "./plot.ts";
import { codesOf, realFeatures } from "./real-features.ts";

export type CoarseFigures = {
  cpu: string;
  cores: number;
  load: number;
  node: string;
  seed: number;
  codesAre: string;
  queries: number;
  command: string;
  /** `ofExact`: p50 ÷ the p50 of the exact search over the same codes. */
  runs: (PeersRun & { ofExact: number })[];
  builds: ({ codes: number; residentGb: number } & BuildTimes)[];
};

/**
 * `npm run -s bench -- coarse [--codes 1000000,10000000] [--floors 0.99,0.995] [--threads 2] [--asked 100]
 * [--data … --gallery … --queries …] [--plot docs/plots] [--json]`: looksee alone, as the catalog grows.
 */
export async function benchCoarse(args: readonly string[]): Promise<CoarseFigures> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      codes: { type: "string", default: "100000,1000000" },
      floors: { type: "string", default: "0.99,0.995" },
      threads: { type: "string", default: String(availableParallelism()) },
      asked: { type: "string", default: "100" },
      data: { type: "string" },
      gallery: { type: "string", default: "" },
      queries: { type: "string", default: "" },
      seed: { type: "string", default: "1" },
      plot: { type: "string" },
      json: { type: "boolean" },
    },
  });
  const numbers = (text: string): number[] => text.split(",").map(Number);
  const [sizes, floors] = [numbers(values.codes), numbers(values.floors)];
  const [threads, asked, seed] = [Number(values.threads), Number(values.asked), Number(values.seed)];
  if ([...sizes, threads, asked, seed].some((value) => !Number.isSafeInteger(value) || value < 1))
    throw new LookseeError("USAGE", "sizes, threads, asked and seed are whole numbers from 1", "See bench/coarse.ts");
  const names = (text: string): string[] => text.split(",").filter(Boolean);
  const real = await realFeatures(values.data, names(values.gallery), names(values.queries), seed);
  const dense = await DenseCodes.of(real.gallery, seed);
  const codes = codesOf(real.queries.subarray(0, asked * 512));
  const queries = Array.from({ length: codes.length / 64 }, (_, i) => codes.subarray(i * 64, (i + 1) * 64));
  const figures: CoarseFigures = {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    load: loadavg()[0]!,
    node: process.version,
    seed,
    codesAre: `${dense.real} real (${real.from}), densified`,
    queries: queries.length,
    command: `npm run -s bench -- coarse ${args.join(" ")}`.trim(),
    runs: [],
    builds: [],
  };
  for (const count of sizes) {
    console.error(`${count} codes …`);
    const { runs: measured, seconds } = await looksee({ count, dense }, queries, threads, floors);
    const runs = measured.map((run) => ({ ...run, ofExact: run.msP50 / measured[0]!.msP50 }));
    figures.runs.push(...runs);
    const residentGb = process.resourceUsage().maxRSS / 1e6;
    figures.builds.push({ codes: count, residentGb, ...seconds });
    console.error(table({ ...figures, runs, builds: figures.builds.slice(-1) }));
  }
  if (values.plot) savePlot(values.plot, "growth", growth(figures));
  return figures;
}

function growth({ runs }: CoarseFigures): string {
  return plot({
    title: "Milliseconds for the 1,200 nearest, p50, as the catalog grows",
    x: { label: "codes", log: true },
    y: { label: "ms", log: true },
    series: [...new Set(runs.map(nameOf))].map((name) => ({
      name,
      points: runs.filter((run) => nameOf(run) === name).map((run) => [run.codes, run.msP50] as const),
    })),
  });
}

const nameOf = (run: PeersRun): string =>
  run.mode === "exact" ? `exact, ${run.threads} threads` : `coarse, ${run.settings.split(",")[0]}`;

export function table({
  cpu,
  cores,
  node,
  seed,
  load,
  codesAre,
  queries,
  command,
  runs,
  builds,
}: CoarseFigures): string {
  return [
    `${cpu}, ${cores} cores, node ${node}, seed ${seed}, load ${load.toFixed(1)}; ${codesAre}; ${queries} queries; ${command}`,
    "      codes mode    ms p50   ms p95  of exact     @60   60 p5   @1200    said  settings",
    ...runs.map((run) =>
      [
        String(run.codes).padStart(11),
        run.mode.padEnd(6),
        run.msP50.toFixed(2).padStart(7),
        run.msP95.toFixed(2).padStart(8),
        run.ofExact.toFixed(3).padStart(9),
        run.recall["60"].toFixed(4).padStart(7),
        run.recallP5.toFixed(3).padStart(7),
        run.recall["1200"].toFixed(4).padStart(7),
        (run.expected ?? 1).toFixed(4).padStart(7),
        ` ${run.settings}, ${run.threads} threads, ${run.bytesPerItem.toFixed(0)} bytes/item`,
      ].join(" "),
    ),
    ...builds.map(
      (build) =>
        `${build.codes} codes: drawn ${build.draw.toFixed(1)} s, taken in ${build.insert.toFixed(1)} s, lists and settings ${build.cluster.toFixed(1)} s; most memory so far ${build.residentGb.toFixed(1)} GB`,
    ),
  ].join("\n");
}
