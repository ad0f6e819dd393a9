import type { Arena } from "./arena.ts";
import type { Bitmap } from "./bitmap.ts";
import { type Allowed, allowed, type Filter, marked } from "./filter.ts";
import { CODE_BYTES, FRAME_CODES } from "./layout.ts";
import type { Pieces } from "./pieces.ts";
import { SlotTable } from "./slot-table.ts";
import { type Bits, Slots, setCodes } from "./slots.ts";

/** Filters by group whose bits are remembered. */
const REMEMBERED = 32;

/** The newest codes, in the order in which they came, until a merge makes a segment of them. */
export class Tail extends Slots {
  readonly #table = new SlotTable((slot) => this.idAt(slot));
  /** By slot, up to the last that has another group than 0; empty where nobody speaks of groups. */
  #groups = new Uint16Array(0);
  readonly #ofGroup = new Map<number, { all: Allowed | undefined; under: WeakMap<Bitmap, Allowed> }>();

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

  groupAt(slot: number): number {
    return this.#groups[slot] ?? 0;
  }

  eachOf(group: number, visit: (from: number, to: number) => void): void {
    for (let slot = 0; slot < this.count; slot++) if (this.groupAt(slot) === group) visit(slot, slot + 1);
  }

  /** The group of each slot; undefined where all are 0. */
  get groups(): Uint16Array | undefined {
    return this.#groups.length === 0 ? undefined : this.#groups.slice(0, this.count);
  }

  /** Adds codes (n x 64 bytes) in the order given; an id that is here already has its older code killed. */
  append(ids: Uint32Array, codes: Uint8Array, groups: Uint16Array | undefined): void {
    if (groups) this.#setGroups(groups);
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

  #setGroups(groups: Uint16Array): void {
    const end = this.count + groups.length;
    if (end > this.#groups.length) {
      if (this.#groups.length === 0 && groups.every((group) => group === 0)) return;
      const more = new Uint16Array(Math.max(4096, 2 * end));
      more.set(this.#groups);
      this.#groups = more;
    }
    this.#groups.set(groups, this.count);
  }

  override kill(slot: number): void {
    this.#table.delete(this.idAt(slot));
    super.kill(slot);
  }

  addTo(pieces: Pieces, { allow, group }: Filter): void {
    if (group !== undefined) this.addFrames(pieces, this.placeBits(this.#bitsOf(group, allow)));
    else this.addFrames(pieces, allow && this.place(allow));
  }

  #bitsOf(group: number, allow: Bitmap | undefined): Bits {
    let known = this.#ofGroup.get(group);
    if (!known) {
      if (this.#ofGroup.size >= REMEMBERED) this.#ofGroup.delete(this.#ofGroup.keys().next().value!);
      known = { all: undefined, under: new WeakMap() };
      this.#ofGroup.set(group, known);
    }
    if (!allow) {
      known.all = marked(this.count, known.all, (from, set) => {
        for (let slot = from; slot < this.count; slot++) if (this.groupAt(slot) === group) set(slot);
      });
      return known.all.bits;
    }
    const under = allowed(allow, this, known.under.get(allow), (slot) => this.groupAt(slot) === group);
    known.under.set(allow, under);
    return under.bits;
  }

  get bytes(): number {
    return this.#table.bytes + this.#groups.byteLength;
  }
}
