import { readSync } from "node:fs";
import type { Frame } from "./arena.ts";
import { assign, type Centroids, sortByList } from "./coarse/index.ts";
import { Workbench } from "./coarse/kernel.ts";
import { CODE_BYTES, FRAME_CODES, SAMPLE_AT, SAMPLE_STEP } from "./layout.ts";
import type { CodeFile } from "./scanner.ts";
import type { SegmentParts } from "./segment.ts";
import { SegmentWriter } from "./segment-writer.ts";
import type { Bits } from "./slots.ts";

/** Where living codes are taken from, as of one moment. */
export type Source = {
  frames: readonly Frame[];
  count: number;
  dead: Bits;
  /** The file that has the codes, if they are not in the frames. */
  codes?: CodeFile | undefined;
  /** First slot of each list, where the source is sorted by the very centroids of the order. */
  starts?: Uint32Array | undefined;
};

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

type Views = { bytesOf(memory: number): Uint8Array; wordsOf(memory: number): Uint32Array };

const CODE_WORDS = CODE_BYTES / 4;
/** Codes whose lists are found together: 1 MB. */
const ASSIGNED = 16_384;
/** Codes read at once from a source's file: 1 MB where they are asked for one after the other, give or take GAP, else one. */
const WINDOW = 16_384;
const GAP = 256;

/** Copies the living codes of all sources, by list, then ascending id, to the frames, and to a file if one is asked for. */
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
  let { ids, refs, bases } = living(sources, views);
  const count = ids.length;
  sortById(ids, refs);
  const copier = new Copier(sources, bases, views);
  let order: Uint32Array | undefined;
  let starts = Uint32Array.of(0, count);
  if (centroids) {
    const byList = sortByList(listsOf(refs, bases, sources, centroids, copier), centroids.lists.length / CODE_BYTES);
    starts = byList.starts.slice();
    ids = byList.order.map((at) => ids[at]!);
    refs = byList.order.map((at) => refs[at]!);
    order = new Uint32Array(count);
    for (const [slot, at] of byList.order.entries()) order[at] = slot;
  }
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
    const codes = new Uint8Array(to.buffer, at * 4, n * CODE_BYTES);
    if (inMemory) sample(views.bytesOf(frame.memory), frame, n);
    writer?.add("codes", codes);
  }
  writer?.add("ids", new Uint8Array(ids.buffer, ids.byteOffset, count * 4));
  const parts: SegmentParts = {
    count,
    minId: ids[order?.[0] ?? 0]!,
    maxId: ids[order?.[count - 1] ?? count - 1]!,
    order,
    lists: { starts, centroids: centroids?.lists },
  };
  return { ...parts, written: writer?.finish(parts, modelId) };
}

/** Ids and places of all that lives; the place of slot s of source i is bases[i] + s. */
function living(sources: readonly Source[], { wordsOf }: Views) {
  const bases = Uint32Array.from({ length: sources.length + 1 });
  for (const [i, { count }] of sources.entries()) bases[i + 1] = bases[i]! + count;
  const ids = new Uint32Array(bases.at(-1)!);
  const refs = new Uint32Array(ids.length);
  let n = 0;
  for (const [i, { frames, count, dead }] of sources.entries())
    for (const [f, frame] of frames.entries()) {
      const words = wordsOf(frame.memory);
      const bits = dead[f];
      const end = Math.min(FRAME_CODES, count - f * FRAME_CODES);
      for (let slot = 0; slot < end; slot++) {
        if (bits && ((bits[slot >>> 3]! >>> (slot & 7)) & 1) === 1) continue;
        ids[n] = words[(frame.side >>> 2) + slot]!;
        refs[n++] = bases[i]! + f * FRAME_CODES + slot;
      }
    }
  return { ids: ids.subarray(0, n), refs: refs.subarray(0, n), bases };
}

/** The list of each code: known where its source is sorted by these centroids, else found by comparing. */
function listsOf(
  refs: Uint32Array,
  bases: Uint32Array,
  sources: readonly Source[],
  centroids: Centroids,
  copier: Copier,
): Uint32Array {
  const lists = new Uint32Array(refs.length);
  const codes = new Uint32Array(ASSIGNED * CODE_WORDS);
  const asked = new Uint32Array(ASSIGNED);
  const bench = new Workbench();
  let n = 0;
  const flush = (): void => {
    const found = assign(new Uint8Array(codes.buffer, 0, n * CODE_BYTES), centroids, bench);
    for (let i = 0; i < n; i++) lists[asked[i]!] = found[i]!;
    n = 0;
  };
  for (let i = 0; i < refs.length; i++) {
    const source = copier.sourceOf(refs[i]!);
    const { starts } = sources[source]!;
    if (starts) {
      lists[i] = listAt(starts, refs[i]! - bases[source]!);
      continue;
    }
    copier.copy(refs[i]!, codes, n * CODE_WORDS);
    asked[n++] = i;
    if (n === ASSIGNED) flush();
  }
  flush();
  return lists;
}

/** The list that has a slot; `starts`: first slot of each list, and the number of slots. */
export function listAt(starts: Uint32Array, slot: number): number {
  let [low, high] = [0, starts.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= slot) low = middle;
    else high = middle;
  }
  return low;
}

/** Copies codes by their place among all sources. */
class Copier {
  readonly #bases: Uint32Array;
  readonly #readers: Reader[];
  #source = 0; // of the code looked at last: neighbours mostly come from the same one

  constructor(sources: readonly Source[], bases: Uint32Array, views: Views) {
    this.#bases = bases;
    this.#readers = sources.map((source) => new Reader(source, views));
  }

  sourceOf(ref: number): number {
    const bases = this.#bases;
    if (ref >= bases[this.#source]! && ref < bases[this.#source + 1]!) return this.#source;
    this.#source = 0;
    while (ref >= bases[this.#source + 1]!) this.#source++;
    return this.#source;
  }

  copy(ref: number, to: Uint32Array, at: number): void {
    const source = this.sourceOf(ref);
    this.#readers[source]!.copy(ref - this.#bases[source]!, to, at);
  }
}

type Pairs = { ids: Uint32Array; refs: Uint32Array };

/** Radix sort, least significant digit first, of ids with their places; nothing where they ascend already. */
function sortById(ids: Uint32Array, refs: Uint32Array): void {
  const n = ids.length;
  let ascending = true;
  for (let i = 1; i < n && ascending; i++) ascending = ids[i - 1]! < ids[i]!;
  if (ascending) return;
  let [from, to]: [Pairs, Pairs] = [
    { ids, refs },
    { ids: new Uint32Array(n), refs: new Uint32Array(n) },
  ];
  for (let shift = 0; shift < 32; shift += 8) {
    const next = new Uint32Array(256);
    for (let i = 0; i < n; i++) next[(from.ids[i]! >>> shift) & 255]!++;
    for (let digit = 0, sum = 0; digit < 256; digit++) [next[digit], sum] = [sum, sum + next[digit]!];
    for (let i = 0; i < n; i++) {
      const at = next[(from.ids[i]! >>> shift) & 255]!++;
      to.ids[at] = from.ids[i]!;
      to.refs[at] = from.refs[i]!;
    }
    [from, to] = [to, from];
  }
}

function sample(memory: Uint8Array, frame: Frame, n: number): void {
  for (let slot = 0; slot < n; slot += SAMPLE_STEP) {
    const at = frame.codes + slot * CODE_BYTES;
    memory.copyWithin(frame.codes + SAMPLE_AT + (slot / SAMPLE_STEP) * CODE_BYTES, at, at + CODE_BYTES);
  }
}

/** A source's codes, from its frames or from its file. */
class Reader {
  readonly #source: Source;
  readonly #words: readonly Uint32Array[];
  readonly #window: Uint32Array | undefined;
  #from = 0;
  #to = 0;

  constructor(source: Source, { wordsOf }: Views) {
    this.#source = source;
    this.#words = source.frames.map(({ memory }) => wordsOf(memory));
    this.#window = source.codes && new Uint32Array(WINDOW * CODE_WORDS);
  }

  copy(slot: number, to: Uint32Array, at: number): void {
    let words = this.#window;
    let from: number;
    if (words) {
      if (slot < this.#from || slot >= this.#to) this.#fill(slot);
      from = (slot - this.#from) * CODE_WORDS;
    } else {
      words = this.#words[slot >>> 16]!;
      from = (this.#source.frames[slot >>> 16]!.codes >>> 2) + (slot & (FRAME_CODES - 1)) * CODE_WORDS;
    }
    for (let word = 0; word < CODE_WORDS; word++) to[at + word] = words[from + word]!;
  }

  #fill(slot: number): void {
    const { fd, codesAt } = this.#source.codes!;
    const onward = slot >= this.#to && slot < this.#to + GAP;
    this.#from = slot;
    this.#to = onward ? Math.min(slot + WINDOW, this.#source.count) : slot + 1;
    const wanted = (this.#to - slot) * CODE_BYTES;
    const bytes = new Uint8Array(this.#window!.buffer);
    for (let got = 0; got < wanted; ) {
      const more = readSync(fd, bytes, got, wanted - got, codesAt + slot * CODE_BYTES + got);
      if (more === 0) throw new Error("a segment file ends early");
      got += more;
    }
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
