import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { drawPeers } from "./draw-peers.ts";
import { type CodeSource, DEPTHS, K, looksee, type PeersRun, quantile, recallOf } from "./looksee.ts";
import { askPeer, PEERS } from "./peer.ts";
import { commandOf, type Machine, machine, names, REAL_OPTIONS, setUp, whole } from "./set-up.ts";

/** Floors of recall that looksee's coarse search is asked for. */
const FLOORS = [0.9, 0.99, 0.995, 0.999];

export type PeersFigures = Machine & {
  seed: number;
  codesAre: string;
  queries: number;
  command: string;
  runs: PeersRun[];
  missing: { engine: string; reason: string }[];
};

/**
 * `npm run -s bench -- peers [--codes N] [--data DIR --gallery a,b/13 --queries c,d] [--asked 100] [--threads 1,2]
 * [--minutes 10] [--engines …|none] [--seed 1] [--plot docs/plots] [--json]`: the same real codes, densified to N, and the same held-out
 * queries through looksee and whatever peers LOOKSEE_PYTHON has. Without --codes: the real codes as they are.
 */
export async function benchPeers(args: readonly string[]): Promise<PeersFigures> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      codes: { type: "string" },
      asked: { type: "string", default: "100" },
      threads: { type: "string", default: availableParallelism() > 1 ? "1,2" : "1" },
      minutes: { type: "string", default: "10" },
      engines: { type: "string", default: PEERS.join(",") },
      ...REAL_OPTIONS,
    },
  });
  const minutes = whole("--minutes", values.minutes);
  const threads = values.threads.split(",").map((value) => whole("--threads", value));
  const { real, dense, queries, seed } = await setUp(values, whole("--asked", values.asked));
  const count = values.codes === undefined ? dense.real : whole("--codes", values.codes);
  const figures: PeersFigures = {
    ...machine(),
    seed,
    codesAre: `${Math.min(count, dense.real)} real (${real.from})${count > dense.real ? `, densified to ${count}` : ""}`,
    queries: queries.length,
    command: commandOf("peers", args),
    runs: [],
    missing: [],
  };
  const source: CodeSource = { count, dense };
  let truth: number[][] = [];
  for (const one of threads) {
    console.error(`looksee: ${count} codes, ${one} threads …`);
    const { runs, exact } = await looksee(source, queries, one, FLOORS);
    truth = exact;
    figures.runs.push(...runs);
  }
  const wanted = values.engines === "none" ? [] : names(values.engines);
  const python = pythonWithNumpy();
  if (!python)
    for (const engine of wanted)
      figures.missing.push({ engine, reason: "no python3 here imports numpy; LOOKSEE_PYTHON may name one" });
  else if (wanted.length > 0) {
    const folder = mkdtempSync(join(tmpdir(), "looksee-peers-"));
    try {
      writeFileSync(join(folder, "codes"), dense.codes(0, count));
      writeFileSync(join(folder, "queries"), Buffer.concat(queries.map(({ code }) => code)));
      for (const engine of wanted) {
        for (const one of threads) {
          console.error(`${engine}, ${one} threads …`);
          const { runs, missing } = await askPeer(python, engine, folder, one, K, minutes);
          for (const { found, ms, bytes, ...run } of runs) {
            const ids = queries.map((_, i) => Array.from(found.subarray(i * K, (i + 1) * K), Number));
            const counted = engine !== "faiss-cpu" || /AVX|NEON|SVE/.test(run.build);
            const measured = { msP50: quantile(ms, 0.5), msP95: quantile(ms, 0.95), bytesPerItem: bytes / count };
            const facts = { engine, counted, codes: count, threads: one };
            figures.runs.push({ ...facts, ...run, ...measured, ...recallOf(ids, truth) });
          }
          if (missing) figures.missing.push({ engine: `${engine}, ${one} threads`, reason: missing });
        }
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  if (values.plot) drawPeers(values.plot, figures.runs);
  return figures;
}

function pythonWithNumpy(): string | undefined {
  const named = process.env.LOOKSEE_PYTHON;
  return (named ? [named] : ["python3", "/usr/bin/python3"]).find(
    (python) => spawnSync(python, ["-c", "import numpy"], { stdio: "ignore" }).status === 0,
  );
}

export function table(figures: PeersFigures): string {
  const { cpu, cores, node, seed, command, codesAre, queries, load } = figures;
  return [
    `${cpu}, ${cores} cores, node ${node}, seed ${seed}, load ${load.toFixed(1)}; ${codesAre}; ${queries} queries; ${command}`,
    "engine        mode    threads   ms p50   ms p95      qps    @1     @10    @60    @1200  60 p5  bytes/item  build s  settings",
    ...figures.runs.map((run) =>
      [
        run.engine.padEnd(13),
        run.mode.padEnd(8),
        String(run.threads).padStart(6),
        run.msP50.toFixed(2).padStart(8),
        run.msP95.toFixed(2).padStart(8),
        run.qps.toFixed(0).padStart(8),
        ...DEPTHS.map((k) => run.recall[`${k}`].toFixed(4)),
        run.recallP5.toFixed(3),
        run.bytesPerItem.toFixed(0).padStart(10),
        run.buildSeconds.toFixed(1).padStart(8),
        ` ${run.settings}${run.expected === undefined ? "" : `, said ${run.expected.toFixed(4)}`}; ${run.version} ${run.build}${run.counted ? "" : " (no SIMD: not counted)"}`,
      ].join(" "),
    ),
    ...figures.missing.map(({ engine, reason }) => `${engine}: ${reason}`),
  ].join("\n");
}
