import { readSync } from "node:fs";
import type { Frame } from "./arena.ts";
import type { GroupRuns } from "./groups.ts";
import { CODE_BYTES, FRAME_CODES } from "./layout.ts";
import type { CodeFile } from "./scanner.ts";
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
  /** The group of each slot, or of each run of slots; undefined: all are 0, as are slots beyond. */
  groups?: Uint16Array | GroupRuns | undefined;
};

export type Views = { bytesOf(memory: number): Uint8Array; wordsOf(memory: number): Uint32Array };

export const CODE_WORDS = CODE_BYTES / 4;
/** Codes read at once from a source's file: 1 MB where they are asked for one after the other, give or take GAP, else one. */
const WINDOW = 16_384;
const GAP = 256;

/** The place of slot s of source i is the i-th of these + s; the last is the number of slots. */
export function basesOf(sources: readonly Source[]): Uint32Array {
  const bases = new Uint32Array(sources.length + 1);
  for (const [i, { count }] of sources.entries()) bases[i + 1] = bases[i]! + count;
  return bases;
}

/** Copies codes by their place among all sources. */
export class Copier {
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
