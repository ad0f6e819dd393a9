import { NO_FILE, PIECE_WORDS } from "./board.ts";
import { FRAME_CODES } from "./layout.ts";
import { Segment } from "./segment.ts";
import type { Slots } from "./slots.ts";

/** A piece is at most 2 MB of codes, some 60 µs of one core: so long may the threads end apart. */
const PIECE_CODES = 32_768;

/** What a search is to compare, cut so that threads can share it. */
export class Pieces {
  #words = new Uint32Array(64 * PIECE_WORDS);
  #length = 0;
  /** Slots in all pieces. */
  codes = 0;

  /** The slots `from` … `to` - 1. */
  add(slots: Slots, from: number, to: number): void {
    const file = slots instanceof Segment ? (slots.file?.number ?? NO_FILE) : NO_FILE;
    for (let at = from; at < to; ) {
      const frame = at >>> 16;
      const end = Math.min(to, at + PIECE_CODES, (frame + 1) * FRAME_CODES);
      const { memory, codes, side } = slots.frames[frame]!;
      const base = frame * FRAME_CODES;
      this.#push(memory, codes, side, at - base, end - base, codes < 0 ? file : NO_FILE, base);
      this.codes += end - at;
      at = end;
    }
  }

  get words(): Uint32Array {
    return this.#words.subarray(0, this.#length);
  }

  get count(): number {
    return this.#length / PIECE_WORDS;
  }

  #push(...piece: [number, number, number, number, number, number, number]): void {
    if (this.#length + PIECE_WORDS > this.#words.length) {
      const words = new Uint32Array(this.#words.length * 2);
      words.set(this.#words);
      this.#words = words;
    }
    this.#words.set(piece, this.#length);
    this.#length += PIECE_WORDS;
  }
}
