import type { Arena, Frame } from "./arena.ts";
import type { Bitmap } from "./bitmap.ts";
import { type Allowed, allowed, type Filter } from "./filter.ts";
import { ALLOW_AT, CODE_BYTES, DEAD_AT, FRAME_CODES, MASK_BYTES, SAMPLE_AT, SAMPLE_STEP } from "./layout.ts";
import type { Pieces } from "./pieces.ts";

/** A bit for each slot of each frame; a frame without any has none. */
export type Bits = readonly (Uint8Array | undefined)[];

/**
 * Codes in frames, slot by slot, and which of them are dead. A search in progress reads the frames from other threads:
 * so slots are only ever added, and a death reaches the frames when settle() is called, between two searches.
 */
export abstract class Slots {
  readonly arena: Arena;
  readonly frames: Frame[];
  /** Slots in use, dead ones among them. */
  count = 0;
  deadCount = 0;
  readonly #dead: (Uint8Array | undefined)[] = [];
  readonly #unsettled = new Set<number>();
  readonly #allowed = new WeakMap<Bitmap, Allowed>();
  readonly #placed: (Uint8Array | undefined)[] = [];

  constructor(arena: Arena, frames: Frame[]) {
    this.arena = arena;
    this.frames = frames;
  }

  /** The slot that holds the living code of `id`, or -1. */
  abstract find(id: number): number;

  abstract groupAt(slot: number): number;

  /** Visits the slots of a group, dead ones too, by ascending slot, as [from, to). */
  abstract eachOf(group: number, visit: (from: number, to: number) => void): void;

  /** Adds the slots that a filter leaves to compare. Not while a search is in progress. */
  abstract addTo(pieces: Pieces, filter: Filter): void;

  /** Bytes in the JavaScript heap and beside it that are no frames. */
  abstract get bytes(): number;

  /** The number of the file that has the codes, where they are not in the frames. */
  get fileNumber(): number | undefined {
    return undefined;
  }

  get live(): number {
    return this.count - this.deadCount;
  }

  idAt(slot: number): number {
    const { memory, side } = this.frames[slot >>> 16]!;
    return this.arena.wordsOf(memory)[(side >>> 2) + (slot & (FRAME_CODES - 1))]!;
  }

  /** A copy of the code. */
  codeAt(slot: number): Uint8Array {
    return this.codeInMemory(slot).slice();
  }

  /** A view of the code, where it is in memory. */
  codeInMemory(slot: number): Uint8Array {
    const { memory, codes } = this.frames[slot >>> 16]!;
    const at = codes + (slot & (FRAME_CODES - 1)) * CODE_BYTES;
    return this.arena.bytesOf(memory).subarray(at, at + CODE_BYTES);
  }

  isDead(slot: number): boolean {
    const bits = this.#dead[slot >>> 16];
    return bits !== undefined && ((bits[(slot >>> 3) & (MASK_BYTES - 1)]! >>> (slot & 7)) & 1) === 1;
  }

  /** Its code counts no longer. */
  kill(slot: number): void {
    const frame = slot >>> 16;
    this.#dead[frame] ??= new Uint8Array(MASK_BYTES);
    this.#dead[frame]![(slot >>> 3) & (MASK_BYTES - 1)]! |= 1 << (slot & 7);
    this.#unsettled.add(frame);
    this.deadCount++;
  }

  /** A copy of the tombstones as they are now. */
  deaths(): Bits {
    return this.deadCount === 0 ? [] : Array.from(this.frames, (_, frame) => this.#dead[frame]?.slice());
  }

  /** Visits the slots that are dead now and were not yet in `before`. */
  eachDeathSince(before: Bits, visit: (slot: number) => void): void {
    for (const [frame, bits] of this.#dead.entries())
      for (let byte = 0; bits && byte < MASK_BYTES; byte++)
        for (let fresh = bits[byte]! & ~(before[frame]?.[byte] ?? 0); fresh !== 0; fresh &= fresh - 1)
          visit(frame * FRAME_CODES + byte * 8 + (31 - Math.clz32(fresh & -fresh)));
  }

  /** Lets the next search see which slots are dead. Not while one is in progress. */
  settle(): void {
    for (const frame of this.#unsettled) {
      const { memory, side } = this.frames[frame]!;
      this.arena.bytesOf(memory).set(this.#dead[frame]!, side + DEAD_AT);
    }
    this.#unsettled.clear();
  }

  /** Puts a filter's bits in the frames and says which have any. Not while a search is in progress. */
  place(allow: Bitmap): Bits {
    const known = allowed(allow, this, this.#allowed.get(allow));
    this.#allowed.set(allow, known);
    return this.placeBits(known.bits);
  }

  protected placeBits(all: Bits): Bits {
    for (const [frame, bits] of all.entries()) {
      if (!bits || this.#placed[frame] === bits) continue;
      const { memory, side } = this.frames[frame]!;
      this.arena.bytesOf(memory).set(bits, side + ALLOW_AT);
      this.#placed[frame] = bits;
    }
    return all;
  }

  /** Adds every frame, or with `bits` every one that has any. */
  protected addFrames(pieces: Pieces, bits: Bits | undefined): void {
    for (let frame = 0; frame * FRAME_CODES < this.count; frame++)
      if (!bits || bits[frame])
        pieces.add(this, frame * FRAME_CODES, Math.min(this.count, (frame + 1) * FRAME_CODES), bits !== undefined);
  }

  /** Where every 256th code lies, for each frame that has its codes in memory. */
  samples(): { memory: number; at: number; n: number }[] {
    return this.frames.flatMap(({ memory, codes }, i) => {
      const n = Math.ceil(Math.min(FRAME_CODES, this.count - i * FRAME_CODES) / SAMPLE_STEP);
      return codes < 0 || n <= 0 ? [] : [{ memory, at: codes + SAMPLE_AT, n }];
    });
  }
}

/** Copies `n` codes to a frame from slot `at` on, and every 256th of the frame to its sample. */
export function setCodes(memory: Uint8Array, frame: Frame, at: number, codes: Uint8Array): void {
  memory.set(codes, frame.codes + at * CODE_BYTES);
  const n = codes.length / CODE_BYTES;
  for (let i = (SAMPLE_STEP - (at % SAMPLE_STEP)) % SAMPLE_STEP; i < n; i += SAMPLE_STEP)
    memory.set(
      codes.subarray(i * CODE_BYTES, (i + 1) * CODE_BYTES),
      frame.codes + SAMPLE_AT + ((at + i) / SAMPLE_STEP) * CODE_BYTES,
    );
}
