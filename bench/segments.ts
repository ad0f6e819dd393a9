import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Bitmap, everyDistance, HammingIndex } from "../src/hamming-index/index.ts";
import { committing } from "./committing.ts";
import { uniformCodes } from "./uniform-codes.ts";

const K = 1200;
const ROUNDS = 15;
const SHARES = [0.0001, 0.001, 0.01, 0.1];
const SECONDS = 5;
/** Codes inserted a second beside the searches, and in one upsert. */
const RATE = 100_000;
const BATCH = 2_000;
/** Codes in the catalog to which another process commits more. */
const COMMITTED = 3_000_000;

/** `npm run -s bench -- segments [--codes 10000000] [--threads 2] [--seed 1] [--json]`: what an index costs beside its scans. */
export async function benchSegments(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      codes: { type: "string", default: "10000000" },
      threads: { type: "string", default: String(Math.min(2, availableParallelism())) },
      seed: { type: "string", default: "1" },
      json: { type: "boolean" },
    },
  });
  const [n, threads, seed] = [Number(values.codes), Number(values.threads), Number(values.seed)];
  const dir = mkdtempSync(join(tmpdir(), "looksee-bench-"));
  const queries = uniformCodes(ROUNDS, seed + 1);
  const query = (i: number): Uint8Array => queries.subarray((i % ROUNDS) * 64, (i % ROUNDS) * 64 + 64);
  try {
    const index = await HammingIndex.open({ dir, threads });
    const [upsertSeconds, truth] = await filled(index, n, seed, query(0));
    const flushSeconds = await seconds(() => index.flush(1));
    await index.close();

    const opened: Record<string, unknown> = {};
    for (const codes of ["memory", "file"] as const) {
      const before = process.memoryUsage().rss;
      let again: HammingIndex | undefined;
      const openSeconds = await seconds(async () => {
        again = await HammingIndex.open({ dir, threads, codes });
        await again.search(query(0), K);
      });
      const resident = (process.memoryUsage().rss - before) / n;
      const hits = await again!.search(query(0), K);
      const recall = hits.filter(({ id, distance }, i) => truth[i] === distance * 2 ** 32 + id).length / truth.length;
      const scan = await times(ROUNDS, (i) => again!.search(query(i), K));
      const figures = { openSeconds, recall, msP50: quantile(scan, 0.5), msP95: quantile(scan, 0.95) };
      opened[codes] = { ...figures, residentBytesPerCode: resident, bytes: again!.stats().bytes };
      if (codes === "memory") {
        opened.filters = await filters(again!, n, query, figures.msP50);
        opened.batch = await batch(again!, query, figures.msP50);
        opened.inserting = await inserting(again!, n, seed, query);
      }
      await again!.close();
    }
    const committed = await committing(COMMITTED, RATE, SECONDS, threads);
    return {
      cpu: cpus()[0]?.model ?? "unknown",
      cores: availableParallelism(),
      node: process.version,
      load: loadavg()[0],
      codes: n,
      k: K,
      threads,
      seed,
      command: `npm run -s bench -- segments ${args.join(" ")}`.trim(),
      upsertSeconds,
      flushSeconds,
      ...opened,
      committing: committed,
    };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Upserts `n` codes in parts, ids from 1, so that they are in memory once; with the true keys of one query. */
async function filled(index: HammingIndex, n: number, seed: number, query: Uint8Array): Promise<[number, number[]]> {
  const part = 1_000_000;
  const nearest: number[] = [];
  let total = 0;
  for (let from = 0; from < n; from += part) {
    const some = Math.min(part, n - from);
    const codes = uniformCodes(some, seed + 10 + from / part);
    const distances = everyDistance(codes, query);
    const keys = Float64Array.from(distances, (distance, i) => distance * 2 ** 32 + from + i + 1).sort();
    nearest.push(...keys.subarray(0, K));
    const ids = Uint32Array.from({ length: some }, (_, i) => from + i + 1);
    total += await seconds(() => index.upsert(ids, codes));
  }
  return [total, nearest.sort((a, b) => a - b).slice(0, K)];
}

/** Times under filters that keep a random share: the first use of a bitmap, and the next ones. */
async function filters(index: HammingIndex, n: number, query: (i: number) => Uint8Array, scanMs: number) {
  const rows = [];
  for (const share of SHARES) {
    const allow = Bitmap.of(Array.from({ length: Math.round(n * share) }, (_, i) => 1 + Math.floor((i + 0.5) / share)));
    const [first] = await times(1, (i) => index.search(query(i), K, { allow }));
    const ms = quantile(await times(ROUNDS, (i) => index.search(query(i), K, { allow })), 0.5);
    rows.push({ share, msFirst: first, msP50: ms, ofScan: ms / scanMs });
  }
  return rows;
}

/** Queries asked for together, which share passes. */
async function batch(index: HammingIndex, query: (i: number) => Uint8Array, scanMs: number) {
  const together = 32;
  const [ms] = await times(1, () => Promise.all(Array.from({ length: together }, (_, i) => index.search(query(i), K))));
  return { queries: together, msEach: ms! / together, ofScan: ms! / together / scanMs };
}

/** Searches one after the other, alone and beside upserts of new codes. */
async function inserting(index: HammingIndex, n: number, seed: number, query: (i: number) => Uint8Array) {
  const search = async (until: number): Promise<number[]> => {
    const all: number[] = [];
    while (performance.now() < until) all.push(...(await times(1, () => index.search(query(all.length), K))));
    return all;
  };
  const quiet = await search(performance.now() + SECONDS * 1000);
  const codes = uniformCodes(BATCH, seed + 5);
  const started = performance.now();
  const until = started + SECONDS * 1000;
  let inserted = 0;
  let stall = 0; // of this thread, by how late a timer rings
  const insert = async (): Promise<void> => {
    while (performance.now() < until) {
      const ids = Uint32Array.from({ length: BATCH }, (_, i) => n + 1 + inserted + i);
      await index.upsert(ids, codes);
      inserted += BATCH;
      const due = started + (inserted / RATE) * 1000;
      if (due > performance.now()) {
        await sleep(due - performance.now());
        stall = Math.max(stall, performance.now() - due);
      }
    }
  };
  const [busy] = await Promise.all([search(until), insert()]);
  return {
    codesPerSecond: (inserted / (performance.now() - started)) * 1000,
    quietMs: { p50: quantile(quiet, 0.5), p99: quantile(quiet, 0.99) },
    busyMs: { p50: quantile(busy, 0.5), p99: quantile(busy, 0.99) },
    longestStallMs: stall,
  };
}

async function times(n: number, work: (i: number) => Promise<unknown>): Promise<number[]> {
  const ms: number[] = [];
  for (let i = 0; i < n; i++) ms.push((await seconds(() => work(i))) * 1000);
  return ms;
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
}
