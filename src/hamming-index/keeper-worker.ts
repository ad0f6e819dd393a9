import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type MessagePort, parentPort } from "node:worker_threads";
import { LookseeError } from "../errors.ts";
import type { Frame } from "./arena.ts";
import { trainCentroids } from "./coarse/index.ts";
import { type MergeOrder, merge, save } from "./merge.ts";
import type { SegmentParts } from "./segment.ts";
import type { SegmentHeader } from "./segment-header.ts";
import { readSegment } from "./segment-reader.ts";

export type KeeperOrder =
  | { kind: "merge"; order: MergeOrder }
  | { kind: "read"; path: string; header: SegmentHeader; frames: readonly Frame[] }
  | { kind: "save"; frames: readonly Frame[]; parts: SegmentParts; path: string; modelId: string }
  | { kind: "train"; sample: Uint8Array; lists: number }
  | { kind: "store"; path: string; bytes: Uint8Array }
  | { kind: "commit"; dir: string; manifest: Uint8Array; keep: readonly string[] };

export type KeeperAnswer = {
  id: number;
  value?: unknown;
  error?: { message: string; code?: string | undefined; problem?: string; remedy?: string };
};

type Message = { kind: "memory"; memory: WebAssembly.Memory } | (KeeperOrder & { id: number });

const port: MessagePort = parentPort!;
const memories: WebAssembly.Memory[] = [];
// Seen anew each time: the memory may have grown.
const views = {
  bytesOf: (memory: number): Uint8Array => new Uint8Array(memories[memory]!.buffer),
  wordsOf: (memory: number): Uint32Array => new Uint32Array(memories[memory]!.buffer),
};

port.on("message", (message: Message) => {
  if (message.kind === "memory") memories.push(message.memory);
  else answer(message);
});

function answer(order: KeeperOrder & { id: number }): void {
  const { id } = order;
  try {
    const value = done(order);
    port.postMessage({ id, value } satisfies KeeperAnswer, buffersOf(value));
  } catch (error) {
    const { message } = error as Error;
    const code = (error as NodeJS.ErrnoException).code;
    const more = error instanceof LookseeError ? { problem: error.problem, remedy: error.remedy } : {};
    port.postMessage({ id, error: { message, code, ...more } } satisfies KeeperAnswer);
  }
}

/** What a segment keeps for every code is handed over, not copied: gigabytes, of a hundred million codes. */
function buffersOf(value: unknown): ArrayBuffer[] {
  const { order, lists, groups } = (value ?? {}) as Partial<SegmentParts>;
  const arrays = [order, lists?.starts, groups?.from, groups?.of].filter((array) => array !== undefined);
  return [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))];
}

function done(order: KeeperOrder): unknown {
  if (order.kind === "merge") return merge(order.order, views);
  if (order.kind === "read") return readSegment(order.path, order.header, order.frames, views.bytesOf);
  if (order.kind === "save") return save(order.frames, order.parts, order.path, order.modelId, views);
  if (order.kind === "train") return trainCentroids(order.sample, order.lists);
  if (order.kind === "store") return store(order.path, order.bytes);
  return commit(order.dir, order.manifest, order.keep);
}

function commit(dir: string, manifest: Uint8Array, keep: readonly string[]): void {
  const draft = join(dir, "manifest.draft");
  store(draft, manifest);
  syncFolder(dir); // the segments' names before the manifest that speaks of them
  renameSync(draft, join(dir, "manifest"));
  syncFolder(dir);
  const kept = new Set(keep);
  for (const name of readdirSync(dir)) if (/\.(seg|lists)$/.test(name) && !kept.has(name)) rmSync(join(dir, name));
}

/** Writes a file and waits until the disk has it. */
function store(path: string, bytes: Uint8Array): void {
  const fd = openSync(path, "w");
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  fsyncSync(fd);
  closeSync(fd);
}

/** Makes new names in a folder durable; Windows knows no such thing and does it by itself. */
function syncFolder(dir: string): void {
  if (process.platform === "win32") return;
  const fd = openSync(dir, "r");
  fsyncSync(fd);
  closeSync(fd);
}
