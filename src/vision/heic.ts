import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { HeicIn, HeicOut } from "./heic-worker.ts";

/** A decoder that takes longer is ended: the file is made to keep it busy. */
const LONGEST_MS = 60_000;
/** The decoder's memory never shrinks; unused for so long, it goes as a whole. */
const IDLE_MS = 30_000;

type Pixels = { pixels: Uint8Array; width: number; height: number };
type Job = { bytes: Uint8Array; resolve(pixels: Pixels): void; reject(error: Error): void };

let worker: Worker | null = null;
let running: Job | null = null;
let clock: NodeJS.Timeout | undefined;
const queue: Job[] = [];

/**
 * Decodes a HEIC picture's primary image, turned as its container says: RGBA, 8 bits, rows from the top. One at a
 * time, in a thread of its own that begins with the first picture. Throws what the decoder says of a broken one.
 */
export function decodeHeic(bytes: Uint8Array): Promise<Pixels> {
  return new Promise((resolve, reject) => {
    queue.push({ bytes, resolve, reject });
    next();
  });
}

function next(): void {
  if (running) return;
  running = queue.shift() ?? null;
  clearTimeout(clock);
  if (!running) {
    clock = setTimeout(drop, IDLE_MS).unref();
    return;
  }
  worker ??= start();
  worker.ref();
  worker.postMessage({ bytes: running.bytes } satisfies HeicIn);
  clock = setTimeout(() => {
    drop();
    settle((job) => job.reject(new Error(`not decoded within ${LONGEST_MS / 1000} s`)));
  }, LONGEST_MS).unref();
}

function start(): Worker {
  // Beside this file, as .ts in a checkout and as .js in the package.
  const started = new Worker(new URL(`./heic-worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url));
  started.on("message", (out: HeicOut) => {
    started.unref(); // a decoder at rest keeps no process alive
    settle((job) => ("error" in out ? job.reject(new Error(out.error)) : job.resolve(out)));
  });
  started.on("error", (error) => {
    if (worker === started) worker = null;
    settle((job) => job.reject(error));
  });
  return started;
}

function settle(how: (job: Job) => void): void {
  const job = running;
  running = null;
  if (job) how(job);
  next();
}

function drop(): void {
  void worker?.terminate();
  worker = null;
}
