import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { LookseeError } from "../src/errors.ts";
import { HammingIndex, type Hit } from "../src/hamming-index/index.ts";
import { Faiss, pythonWithFaiss } from "./faiss.ts";
import { ReadLimit } from "./read-limit.ts";
import { trueKeys, uniformCodes } from "./uniform-codes.ts";

const PAIRS = 5;
const QUERIES = 15;
const READS = 3;
const CHECKED = 3;
/** A peer that takes more ms than this for one round of the queries is asked once more and not five times. */
const SLOW_ROUND = 3000;

export type ScanRun = {
  codes: number;
  k: number;
  threads: number;
  msP50: number;
  msP95: number;
  gbPerSecond: number;
  /** Plain reads at the same thread count, measured in turn with the scan. */
  readGbPerSecond: number;
  /** Median over the alternating pairs of gbPerSecond ÷ readGbPerSecond of the pair. */
  ofReadLimit: number;
  /** By id and distance and place, against every distance counted one by one. */
  recall: number;
  upsertSeconds: number;
};

export type ScanPeer = {
  name: string;
  version: string;
  build: string;
  /** False for a build without SIMD: named, but not counted as beaten. */
  counted: boolean;
  settings: string;
  codes: number;
  k: number;
  threads: number;
  msP50: number;
  /** Median over the alternating rounds of its time ÷ looksee's at the same thread count; above 1, looksee is faster. */
  timesLooksee: number;
  /** Share of the k whose distance is within the true k-th: ties are its own to break. */
  recall: number;
};

export type ScanFigures = {
  cpu: string;
  cores: number;
  memoryGb: number;
  /** Load average of the last minute as the bench began: above 0 something else ran beside it. */
  load: number;
  node: string;
  threads: number[];
  seed: number;
  codesAre: string;
  command: string;
  runs: ScanRun[];
  peers: ScanPeer[];
  missing: { name: string; reason: string }[];
};

/** `npm run -s bench -- scan [--codes 1000000,10000000] [--threads 1,2] [--k 1200] [--seed 1] [--json]` */
export async function benchScan(args: readonly string[]): Promise<ScanFigures> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      codes: { type: "string", default: "1000000,10000000" },
      threads: { type: "string", default: availableParallelism() > 1 ? "1,2" : "1" },
      k: { type: "string", default: "1200" },
      seed: { type: "string", default: "1" },
      json: { type: "boolean" },
    },
  });
  const sizes = wholeNumbers("--codes", values.codes);
  const threads = wholeNumbers("--threads", values.threads);
  const [k, seed] = [wholeNumbers("--k", values.k)[0]!, wholeNumbers("--seed", values.seed)[0]!];
  const figures: ScanFigures = {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1e9),
    load: loadavg()[0]!,
    node: process.version,
    threads,
    seed,
    codesAre: "uniform random bits",
    command: `npm run -s bench -- scan ${args.join(" ")}`.trim(),
    runs: [],
    peers: [],
    missing: [],
  };
  const python = pythonWithFaiss();
  if (!python)
    figures.missing.push({ name: "faiss-cpu", reason: "no python3 here imports faiss; LOOKSEE_PYTHON may name one" });
  for (const n of sizes) {
    const codes = uniformCodes(n, seed);
    const queries = uniformCodes(QUERIES, seed + 1);
    const truth = Array.from({ length: CHECKED }, (_, i) => trueKeys(codes, codeOf(queries, i), k));
    const faiss = python ? await Faiss.open(python, codes, queries, k) : undefined;
    try {
      for (const count of threads) {
        console.error(`scanning ${n} codes with ${count} thread${count > 1 ? "s" : ""} …`);
        const index = await HammingIndex.open({ threads: count });
        const start = performance.now();
        const ids = Uint32Array.from({ length: n }, (_, i) => i + 1);
        await index.upsert(ids, codes);
        const upsertSeconds = (performance.now() - start) / 1000;
        figures.runs.push({ ...(await againstReads(index, queries, k, truth)), upsertSeconds });
        if (faiss)
          for (const heap of [true, false])
            figures.peers.push(await againstFaiss(faiss, heap, index, queries, k, truth));
        await index.close();
      }
    } finally {
      faiss?.close();
    }
  }
  return figures;
}

function wholeNumbers(option: string, text: string): number[] {
  const numbers = text.split(",").map(Number);
  if (numbers.every((number) => Number.isInteger(number) && number > 0)) return numbers;
  throw new LookseeError("USAGE", `${option} is ${text}`, "Use whole numbers above 0, with commas between them");
}

async function againstReads(
  index: HammingIndex,
  queries: Uint8Array,
  k: number,
  truth: readonly Float64Array[],
): Promise<Omit<ScanRun, "upsertSeconds">> {
  const { codes, threads } = index.stats();
  const reads = new ReadLimit(threads);
  const warm = [await timed(index, queries, k), await timed(index, queries, k)];
  for (let i = 0; i < READS; i++) reads.pass();
  const gb = (codes * 64) / 1e6;
  const ms: number[] = [];
  const read: number[] = [];
  const ratios: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    const limit = median(Array.from({ length: READS }, () => reads.pass()));
    const scan = (await timed(index, queries, k)).ms;
    ratios.push(gb / median(scan) / limit);
    read.push(limit);
    ms.push(...scan);
  }
  await reads.close();
  const found = warm[0]!.hits.map((hits, i) => hits.filter((hit, at) => keyOf(hit) === truth[i]![at]).length);
  const wanted = truth.map((keys) => keys.length);
  return {
    codes,
    k,
    threads,
    msP50: median(ms),
    msP95: quantile(ms, 0.95),
    gbPerSecond: gb / median(ms),
    readGbPerSecond: median(read),
    ofReadLimit: median(ratios),
    recall: sum(found) / sum(wanted),
  };
}

async function againstFaiss(
  faiss: Faiss,
  heap: boolean,
  index: HammingIndex,
  queries: Uint8Array,
  k: number,
  truth: readonly Float64Array[],
): Promise<ScanPeer> {
  const { codes, threads } = index.stats();
  const warm = await faiss.round(threads, heap);
  const ms: number[] = [];
  const ratios: number[] = [];
  // Its threads wait for one another by turning round, which beside other work takes seconds a query.
  const rounds = sum(warm.ms) > SLOW_ROUND ? 1 : PAIRS;
  for (let round = 0; round < rounds; round++) {
    const theirs = (await faiss.round(threads, heap)).ms;
    const ours = (await timed(index, queries, k)).ms;
    ratios.push(median(theirs) / median(ours));
    ms.push(...theirs);
  }
  const within = warm.distances.map((list, i) => {
    const farthest = Math.floor(truth[i]!.at(-1)! / 2 ** 32);
    return list.filter((distance) => distance >= 0 && distance <= farthest).length;
  });
  return {
    name: "faiss-cpu IndexBinaryFlat",
    version: faiss.version,
    build: faiss.build,
    counted: faiss.simd,
    settings: `use_heap=${heap}`,
    codes,
    k,
    threads,
    msP50: median(ms),
    timesLooksee: median(ratios),
    recall: sum(within) / sum(truth.map((keys) => keys.length)),
  };
}

async function timed(index: HammingIndex, queries: Uint8Array, k: number): Promise<{ ms: number[]; hits: Hit[][] }> {
  const ms: number[] = [];
  const hits: Hit[][] = [];
  for (let i = 0; i < QUERIES; i++) {
    const query = codeOf(queries, i);
    const start = performance.now();
    const found = await index.search(query, k);
    ms.push(performance.now() - start);
    if (i < CHECKED) hits.push(found);
  }
  return { ms, hits };
}

const codeOf = (codes: Uint8Array, i: number): Uint8Array => codes.subarray(i * 64, i * 64 + 64);
const keyOf = (hit: Hit): number => hit.distance * 2 ** 32 + hit.id;
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const median = (values: readonly number[]): number => quantile(values, 0.5);

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const low = sorted[Math.floor(at)]!;
  return low + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - low);
}

export function table(figures: ScanFigures): string {
  const { cpu, cores, node, seed, command, runs, peers, missing } = figures;
  return [
    `${cpu}, ${cores} cores, node ${node}, seed ${seed}, ${figures.codesAre}, load ${figures.load.toFixed(1)}; ${command}`,
    "     codes     k threads  ms p50  ms p95  GB/s  read GB/s  of read limit  recall",
    ...runs.map((run) =>
      [
        String(run.codes).padStart(10),
        String(run.k).padStart(5),
        String(run.threads).padStart(7),
        run.msP50.toFixed(2).padStart(7),
        run.msP95.toFixed(2).padStart(7),
        run.gbPerSecond.toFixed(1).padStart(5),
        run.readGbPerSecond.toFixed(1).padStart(10),
        run.ofReadLimit.toFixed(2).padStart(14),
        run.recall.toFixed(3).padStart(7),
      ].join(" "),
    ),
    ...peers.map(
      (peer) =>
        `${peer.name} ${peer.version} (${peer.build}${peer.counted ? "" : "; built without SIMD, not counted"}) ${peer.settings}: ` +
        `${peer.codes} codes, ${peer.threads} threads, ${peer.msP50.toFixed(2)} ms, ` +
        `${peer.timesLooksee.toFixed(2)} x looksee's time, recall ${peer.recall.toFixed(3)}`,
    ),
    ...missing.map(({ name, reason }) => `${name}: not measured, ${reason}`),
  ].join("\n");
}
