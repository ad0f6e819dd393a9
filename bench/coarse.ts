import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { LookseeError } from "../src/errors.ts";
import { type BuildTimes, looksee, type PeersRun } from "./looksee.ts";
import { plot, savePlot } from "./plot.ts";
import { commandOf, type Machine, machine, names, REAL_OPTIONS, setUp, whole } from "./set-up.ts";

export type CoarseFigures = Machine & {
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
 * [--categories likeness|chance] [--data … --gallery … --queries …] [--plot docs/plots] [--json]`: looksee alone, as the
 * catalog grows, among all codes and within the query's category of 14: the one that the model gives its picture
 * (likeness), or one that has nothing to do with what it shows (chance).
 */
export async function benchCoarse(args: readonly string[]): Promise<CoarseFigures> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      codes: { type: "string", default: "100000,1000000" },
      floors: { type: "string", default: "0.99,0.995" },
      threads: { type: "string", default: String(availableParallelism()) },
      asked: { type: "string", default: "100" },
      categories: { type: "string", default: "likeness" },
      ...REAL_OPTIONS,
    },
  });
  const sizes = names(values.codes).map((size) => whole("--codes", size));
  const floors = names(values.floors).map(Number);
  if (!floors.every((floor) => floor > 0 && floor < 1))
    throw new LookseeError("USAGE", `--floors ${values.floors}`, "Floors of recall lie between 0 and 1");
  const threads = whole("--threads", values.threads);
  const { real, dense, queries, seed } = await setUp(values, whole("--asked", values.asked));
  if (!["likeness", "chance"].includes(values.categories))
    throw new LookseeError("USAGE", `--categories ${values.categories}`, "Use likeness or chance");
  const chance = values.categories === "chance";
  const categoryOf = (i: number): number =>
    chance ? 1 + ((Math.imul(i, 0x9e3779b1) >>> 8) % 14) : real.galleryCategories[dense.source(i)]!;
  const asking = chance ? queries.map(({ code }, i) => ({ code, category: 1 + (i % 14) })) : queries;
  const figures: CoarseFigures = {
    ...machine(),
    seed,
    codesAre: `${dense.real} real (${real.from}), densified`,
    queries: queries.length,
    command: commandOf("coarse", args),
    runs: [],
    builds: [],
  };
  for (const count of sizes) {
    console.error(`${count} codes …`);
    const { runs: measured, seconds } = await looksee({ count, dense, categoryOf }, asking, threads, floors);
    const exact = (run: PeersRun): PeersRun =>
      measured.find((one) => one.mode === "exact" && one.inCategory === run.inCategory)!;
    const runs = measured.map((run) => ({ ...run, ofExact: run.msP50 / exact(run).msP50 }));
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
  `${run.mode === "exact" ? "exact" : `coarse, ${run.settings.split(",")[0]}`}${run.inCategory ? ", in a category" : ""}`;

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
    "      codes mode    ms p50   ms p95  of exact     @60   60 p5   @1200    said  compared  settings",
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
        String(run.compared).padStart(9),
        ` ${run.inCategory ? "in a category, " : ""}${run.settings}, ${run.threads} threads, ${run.bytesPerItem.toFixed(0)} bytes/item`,
      ].join(" "),
    ),
    ...builds.map(
      (build) =>
        `${build.codes} codes: drawn ${build.draw.toFixed(1)} s, taken in ${build.insert.toFixed(1)} s, lists and settings ${build.cluster.toFixed(1)} s; most memory so far ${build.residentGb.toFixed(1)} GB`,
    ),
  ].join("\n");
}
