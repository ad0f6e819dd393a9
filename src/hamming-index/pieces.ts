import type { Frame } from "./arena.ts";
import { NO_FILE, PIECE_WORDS } from "./board.ts";
import { FRAME_CODES } from "./layout.ts";

/** A piece is at most 2 MB of codes, some 60 µs of one core: so long may the threads end apart. */
const PIECE_CODES = 32_768;

/** Whose slots are to be compared; `file`: the number of the file that has its codes, if they are not in the frames. */
type Part = { readonly frames: readonly Frame[]; readonly fileNumber: number | undefined };

/** What a search is to compare, cut so that threads can share it. */
export class Pieces {
  #words = new Uint32Array(64 * PIECE_WORDS);
  #length = 0;
  /** Slots in all pieces. */
  codes = 0;

  /** The slots `from` … `to` - 1; `filtered`: those of them whose allow bit is set. */
  add(part: Part, from: number, to: number, filtered: boolean): void {
    for (let at = from; at < to; ) {
      const frame = at >>> 16;
      const base = frame * FRAME_CODES;
      const end = Math.min(to, at + PIECE_CODES, base + FRAME_CODES);
      const { memory, codes, side } = part.frames[frame]!;
      if (this.#length + PIECE_WORDS > this.#words.length) this.#grow();
      const words = this.#words;
      const next = this.#length;
      words[next] = memory;
      words[next + 1] = codes;
      words[next + 2] = side;
      words[next + 3] = at - base;
      words[next + 4] = end - base;
      words[next + 5] = codes < 0 ? (part.fileNumber ?? NO_FILE) : NO_FILE;
      words[next + 6] = base;
      words[next + 7] = filtered ? 1 : 0;
      this.#length += PIECE_WORDS;
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

  /** The same pieces in parts of at most `codes` slots each, `codes` being more than a piece has. */
  *parts(codes: number): Generator<{ words: Uint32Array; codes: number }> {
    let [from, taken] = [0, 0];
    for (let at = 0; at < this.#length; at += PIECE_WORDS) {
      const here = this.#words[at + 4]! - this.#words[at + 3]!;
      if (taken + here > codes) {
        yield { words: this.#words.subarray(from, at), codes: taken };
        [from, taken] = [at, 0];
      }
      taken += here;
    }
    if (taken > 0) yield { words: this.#words.subarray(from, this.#length), codes: taken };
  }

  #grow(): void {
    const words = new Uint32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
  }
}
