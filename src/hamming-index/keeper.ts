import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { ERRORS, type ErrorCode, LookseeError } from "../errors.ts";
import type { Frame } from "./arena.ts";
import type { Centroids } from "./coarse/index.ts";
import type { KeeperAnswer, KeeperOrder } from "./keeper-worker.ts";
import type { Merged, MergeOrder } from "./merge.ts";
import type { SegmentParts } from "./segment.ts";
import type { SegmentHeader } from "./segment-header.ts";

/** Does what takes long and is no search, in a thread of its own that is started when there is first something to do. */
export class Keeper {
  #worker: Worker | undefined;
  readonly #memories: WebAssembly.Memory[] = [];
  readonly #asked = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  #next = 0;

  add(memory: WebAssembly.Memory): void {
    this.#memories.push(memory);
    this.#worker?.postMessage({ kind: "memory", memory });
  }

  /** See merge(). */
  merge(order: MergeOrder): Promise<Merged> {
    return this.#ask({ kind: "merge", order });
  }

  /** See readSegment(). */
  read(path: string, header: SegmentHeader, frames: readonly Frame[]): Promise<SegmentParts> {
    return this.#ask({ kind: "read", path, header, frames });
  }

  /** See save(). */
  save(
    frames: readonly Frame[],
    parts: SegmentParts,
    path: string,
    modelId: string,
  ): Promise<{ crc: number; bytes: number }> {
    return this.#ask({ kind: "save", frames, parts, path, modelId });
  }

  /** See trainCentroids(). */
  train(sample: Uint8Array, lists: number): Promise<Centroids> {
    return this.#ask({ kind: "train", sample, lists });
  }

  /** Writes a file and waits until the disk has it. */
  store(path: string, bytes: Uint8Array): Promise<void> {
    return this.#ask({ kind: "store", path, bytes });
  }

  /** Replaces the folder's manifest; durable when it resolves. Then files of segments and lists not in `keep` are deleted. */
  commit(dir: string, manifest: Uint8Array, keep: readonly string[]): Promise<void> {
    return this.#ask({ kind: "commit", dir, manifest, keep });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #ask<T>(order: KeeperOrder): Promise<T> {
    const worker = this.#started();
    const id = this.#next++;
    worker.ref();
    return new Promise<T>((resolve, reject) => {
      this.#asked.set(id, { resolve: resolve as (value: unknown) => void, reject });
      worker.postMessage({ id, ...order });
    });
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const file = new URL(`./keeper-worker${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(file, { execArgv: [], name: "hamming-index keeper" });
    worker.on("message", ({ id, value, error }: KeeperAnswer) => {
      const asked = this.#asked.get(id);
      this.#asked.delete(id);
      if (this.#asked.size === 0) worker.unref();
      if (error) asked?.reject(revived(error));
      else asked?.resolve(value);
    });
    worker.on("error", (error) => {
      for (const { reject } of this.#asked.values()) reject(error);
      this.#asked.clear();
    });
    worker.unref();
    for (const memory of this.#memories) worker.postMessage({ kind: "memory", memory });
    this.#worker = worker;
    return worker;
  }
}

/** An error loses its class between threads. */
function revived(error: NonNullable<KeeperAnswer["error"]>): Error {
  if (error.code !== undefined && error.code in ERRORS)
    return new LookseeError(error.code as ErrorCode, error.problem!, error.remedy!);
  if (error.code !== undefined && /^E[A-Z]+$/.test(error.code))
    return new LookseeError(
      "INDEX_FOLDER",
      `the folder of the index cannot be written to (${error.message})`,
      "Free some space, or give this user the right to write there",
    );
  return new Error(error.message);
}
