import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { openStore } from "../src/catalog/index.ts";
import { Mirror } from "../src/search/mirror.ts";
import { MODEL } from "./committing-child.ts";
import { quantile } from "./looksee.ts";
import { uniformCodes } from "./uniform-codes.ts";

const K = 1200;
/** Searches a second, one after the other. */
const ASKED = 25;

export type Committing = {
  /** Codes in the catalog at the start, and those that another process committed a second meanwhile. */
  codes: number;
  codesPerSecond: number;
  /** The committing process: time in the catalog's commit, and of its CPU, for a row. */
  commitMicroseconds: number;
  commitCpuMicroseconds: number;
  /** A search with all that it must first take up; `lateMs`: the longest that this thread was busy. */
  quietMs: { p50: number; p99: number };
  busyMs: { p50: number; p99: number };
  lateMs: number;
  /** Whether the codes of the last commit are found by the next search. */
  found: boolean;
};

/**
 * ASKED searches a second through the searcher's mirror, alone and while another process commits codes of known pictures to
 * the catalog, as `index` does under a new model, `rate` a second or as many as it can. `seconds` each; `codes` are there
 * before.
 */
export async function committing(codes: number, rate: number, seconds: number, threads: number): Promise<Committing> {
  const dir = mkdtempSync(join(tmpdir(), "looksee-bench-"));
  const file = join(import.meta.dirname, "committing-child.ts");
  const child = spawn(process.execPath, [file, dir, String(codes), String(rate * seconds)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const said = async () => JSON.parse((await lines.next()).value ?? "null");
    await said();
    const store = openStore(dir);
    const mirror = await Mirror.open(store.catalog("main"), MODEL, threads);
    const queries = uniformCodes(16, 5);
    const search = async (until: () => boolean): Promise<number[]> => {
      const ms: number[] = [];
      while (!until()) {
        const start = performance.now();
        await mirror.refresh();
        const at = (ms.length % 16) * 64;
        await mirror.index.search(queries.subarray(at, at + 64), K);
        ms.push(performance.now() - start);
        await sleep(Math.max(0, 1000 / ASKED - ms.at(-1)!));
      }
      return ms;
    };
    await search(after(500));
    const quiet = await search(after(seconds * 1000));
    let ended: { rows: number; seconds: number; commitSeconds: number; cpuSeconds: number } | undefined;
    child.stdin.write(`${JSON.stringify({ rate, seconds })}\n`);
    const told = said().then((line) => {
      ended = line;
    });
    let lateMs = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      lateMs = Math.max(lateMs, performance.now() - last - 5);
      last = performance.now();
    }, 5);
    const busy = await search(() => ended !== undefined);
    clearInterval(watch);
    await told;
    const { rows, seconds: took, commitSeconds, cpuSeconds } = ended!;
    await mirror.refresh();
    const found = mirror.index.size === codes + rows;
    await mirror.close();
    store.close();
    const figures = (ms: readonly number[]) => ({ p50: quantile(ms, 0.5), p99: quantile(ms, 0.99) });
    return {
      codes,
      codesPerSecond: rows / took,
      commitMicroseconds: (commitSeconds / rows) * 1e6,
      commitCpuMicroseconds: (cpuSeconds / rows) * 1e6,
      quietMs: figures(quiet),
      busyMs: figures(busy),
      lateMs,
      found,
    };
  } finally {
    child.stdin.end();
    if (child.exitCode === null) await once(child, "exit");
    rmSync(dir, { recursive: true, force: true });
  }
}

function after(ms: number): () => boolean {
  const end = performance.now() + ms;
  return () => performance.now() >= end;
}
