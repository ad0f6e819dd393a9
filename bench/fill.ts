import { Worker } from "node:worker_threads";
import type { Frame } from "../src/hamming-index/arena.ts";
import { assign, type Centroids } from "../src/hamming-index/coarse/index.ts";
import { setCodes } from "../src/hamming-index/slots.ts";
import type { DenseCodes } from "./dense-codes.ts";
import type { CodeSource } from "./list-index.ts";

const RUN = 65_536;

/** What threads do with the codes: note the list of each, or put each where it belongs. */
export type FillJob =
  | { kind: "assign"; centroids: Centroids; listOf: Uint32Array }
  | { kind: "place"; memories: WebAssembly.Memory[]; frames: Frame[]; slotOf: Uint32Array };

export type FillSetup = { features: Float32Array; seed: number; count: number; job: FillJob; next: Int32Array };

/** Shares the codes among threads, run by run. They are drawn again in each, so nothing but what is written is shared. */
export async function inThreads({ count, dense }: CodeSource, threads: number, job: FillJob): Promise<void> {
  const next = new Int32Array(new SharedArrayBuffer(4));
  if (threads === 1) return fill(dense, count, job, next);
  const setup: FillSetup = { features: dense.features, seed: dense.seed, count, job, next };
  const file = new URL("./fill-worker.ts", import.meta.url);
  const workers = Array.from({ length: threads }, () => new Worker(file, { workerData: setup }));
  await Promise.all(
    workers.map(
      (worker) =>
        new Promise<void>((resolve, reject) => {
          worker.on("error", reject);
          worker.on("exit", () => resolve());
        }),
    ),
  );
}

export function fill(dense: DenseCodes, count: number, job: FillJob, next: Int32Array): void {
  const bytes = job.kind === "place" ? job.memories.map(({ buffer }) => new Uint8Array(buffer)) : [];
  const words = job.kind === "place" ? job.memories.map(({ buffer }) => new Uint32Array(buffer)) : [];
  for (let from = Atomics.add(next, 0, 1) * RUN; from < count; from = Atomics.add(next, 0, 1) * RUN) {
    const n = Math.min(RUN, count - from);
    const codes = dense.codes(from, n);
    if (job.kind === "assign") {
      job.listOf.set(assign(codes, job.centroids), from);
      continue;
    }
    for (let i = 0; i < n; i++) {
      const slot = job.slotOf[from + i]!;
      const frame = job.frames[slot >>> 16]!;
      setCodes(bytes[frame.memory]!, frame, slot & 0xffff, codes.subarray(i * 64, (i + 1) * 64));
      words[frame.memory]![(frame.side >>> 2) + (slot & 0xffff)] = from + i + 1;
    }
  }
}
