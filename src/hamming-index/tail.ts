import type { Arena } from "./arena.ts";
import { CODE_BYTES, FRAME_CODES } from "./layout.ts";
import { SlotTable } from "./slot-table.ts";
import { Slots, setCodes } from "./slots.ts";

/** The newest codes, in the order in which they came, until a merge makes a segment of them. */
export class Tail extends Slots {
  readonly #table = new SlotTable((slot) => this.idAt(slot));

  constructor(arena: Arena) {
    super(arena, []);
  }

  /** Makes room for `n` more. Throws INDEX_FULL. */
  reserve(n: number): void {
    const missing = Math.ceil((this.count + n) / FRAME_CODES) - this.frames.length;
    if (missing > 0) this.frames.push(...this.arena.take(missing, true));
    this.#table.reserve(this.count + n);
  }

  find(id: number): number {
    return this.#table.find(id);
  }

  /** Adds codes (n x 64 bytes) in the order given; an id that is here already has its older code killed. */
  append(ids: Uint32Array, codes: Uint8Array): void {
    for (let done = 0; done < ids.length; ) {
      const at = this.count & (FRAME_CODES - 1);
      const n = Math.min(ids.length - done, FRAME_CODES - at);
      const frame = this.frames[this.count >>> 16]!;
      this.arena.wordsOf(frame.memory).set(ids.subarray(done, done + n), (frame.side >>> 2) + at);
      setCodes(this.arena.bytesOf(frame.memory), frame, at, codes.subarray(done * CODE_BYTES, (done + n) * CODE_BYTES));
      for (let i = 0; i < n; i++, this.count++) {
        const before = this.#table.find(ids[done + i]!);
        if (before < 0) this.#table.add(this.count);
        else {
          this.#table.move(ids[done + i]!, this.count);
          super.kill(before);
        }
      }
      done += n;
    }
  }

  override kill(slot: number): void {
    this.#table.delete(this.idAt(slot));
    super.kill(slot);
  }

  get bytes(): number {
    return this.#table.bytes;
  }
}
