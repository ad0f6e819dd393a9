import type { Frame } from "./arena.ts";
import type { Centroids } from "./coarse/index.ts";
import { runsOf } from "./groups.ts";
import { CODE_BYTES, FRAME_CODES, SAMPLE_AT, SAMPLE_STEP } from "./layout.ts";
import { arranged, living } from "./merge-order.ts";
import { basesOf, CODE_WORDS, Copier, type Source, type Views } from "./merge-sources.ts";
import type { SegmentParts } from "./segment.ts";
import { SegmentWriter } from "./segment-writer.ts";

export type MergeOrder = {
  sources: readonly Source[];
  /** For the merged segment: exactly as many as it takes. */
  frames: readonly Frame[];
  /** Where to write it; without, it is in memory only. */
  path?: string | undefined;
  modelId: string;
  /** What to sort the codes by; without, there is one list. */
  centroids?: Centroids | undefined;
};

export type Merged = SegmentParts & { written?: { crc: number; bytes: number } | undefined };

/** Copies the living codes of all sources, by list, then group, then ascending id, to the frames, and to a file if one is asked for. */
export function merge(order: MergeOrder, views: Views): Merged {
  if (order.path === undefined) return merged(order, views);
  return written(order.path, (writer) => merged(order, views, writer));
}

/** Lets `work` write a file; of one that it does not finish nothing is left open. */
function written<T>(path: string, work: (writer: SegmentWriter) => T): T {
  const writer = new SegmentWriter(path);
  try {
    return work(writer);
  } catch (error) {
    writer.abandon();
    throw error;
  }
}

function merged({ sources, frames, modelId, centroids }: MergeOrder, views: Views, writer?: SegmentWriter): Merged {
  const bases = basesOf(sources);
  const codes = living(sources, bases, views);
  const copier = new Copier(sources, bases, views);
  const { ids, refs, groups, starts, order } = arranged(codes, bases, sources, copier, centroids);
  const count = ids.length;
  const inMemory = frames[0]!.codes >= 0;
  const stage = inMemory ? undefined : new Uint32Array(FRAME_CODES * CODE_WORDS);
  for (const [i, frame] of frames.entries()) {
    const first = i * FRAME_CODES;
    const n = Math.min(FRAME_CODES, count - first);
    const words = views.wordsOf(frame.memory);
    const to = stage ?? words;
    const at = stage ? 0 : frame.codes >>> 2;
    for (let slot = 0; slot < n; slot++) copier.copy(refs[first + slot]!, to, at + slot * CODE_WORDS);
    words.set(ids.subarray(first, first + n), frame.side >>> 2);
    const copied = new Uint8Array(to.buffer, at * 4, n * CODE_BYTES);
    if (inMemory) sample(views.bytesOf(frame.memory), frame, n);
    writer?.add("codes", copied);
  }
  writer?.add("ids", new Uint8Array(ids.buffer, ids.byteOffset, count * 4));
  const parts: SegmentParts = {
    count,
    minId: ids[order?.[0] ?? 0]!,
    maxId: ids[order?.[count - 1] ?? count - 1]!,
    order,
    lists: { starts, centroids: centroids?.lists },
    groups: groups && runsOf(groups, starts),
  };
  return { ...parts, written: writer?.finish(parts, modelId) };
}

function sample(memory: Uint8Array, frame: Frame, n: number): void {
  for (let slot = 0; slot < n; slot += SAMPLE_STEP) {
    const at = frame.codes + slot * CODE_BYTES;
    memory.copyWithin(frame.codes + SAMPLE_AT + (slot / SAMPLE_STEP) * CODE_BYTES, at, at + CODE_BYTES);
  }
}

/** Writes a segment that is in memory to a file. */
export function save(
  frames: readonly Frame[],
  parts: SegmentParts,
  path: string,
  modelId: string,
  { bytesOf }: Views,
): { crc: number; bytes: number } {
  return written(path, (writer) => {
    const each = (name: "codes" | "ids", width: number): void => {
      for (const [i, frame] of frames.entries()) {
        const at = name === "codes" ? frame.codes : frame.side;
        const n = Math.min(FRAME_CODES, parts.count - i * FRAME_CODES);
        writer.add(name, bytesOf(frame.memory).subarray(at, at + n * width));
      }
    };
    each("codes", CODE_BYTES);
    each("ids", 4);
    return writer.finish(parts, modelId);
  });
}
