import { LookseeError } from "../errors.ts";
import { DEAD_AT, FRAME_BYTES, MASK_BYTES, SCRATCH_AT, SCRATCH_BYTES, SIDE_AT, SIDE_BYTES } from "./layout.ts";

const PAGE = 65536;
/** 4 GiB, less one page, so that no end address wraps to 0. */
export const MEMORY_MAX = 65535 * PAGE;

/** 65,536 slots in one of the memories: addresses of the first code and of the side (ids and masks). */
export type Frame = {
  readonly memory: number;
  /** -1 where the codes stay in their file. */
  readonly codes: number;
  readonly side: number;
};

/** A memory, seen as bytes and as words; replaced whenever the memory grows. */
type View = { bytes: Uint8Array; words: Uint32Array };

/** The shared WASM memories behind one index, handed out frame by frame. A memory never shrinks; freed frames are reused. */
export class Arena {
  readonly memories: WebAssembly.Memory[] = [];
  readonly #views: View[] = [];
  readonly #framesAt: number;
  readonly #maxBytes: number;
  readonly #maxPages: number;
  readonly #free: { full: Frame[]; side: Frame[] } = { full: [], side: [] };
  /** Where the last memory's next frame begins. */
  #top: number;
  #inUse = 0;
  #hear: (memory: WebAssembly.Memory) => void = () => {};

  /** `maxBytes` limits all memories together, `memoryBytes` each. Throws INDEX_FULL if not even one frame fits. */
  constructor(scratches: number, maxBytes: number, memoryBytes: number) {
    this.#maxPages = Math.floor(Math.min(memoryBytes, MEMORY_MAX) / PAGE);
    this.#framesAt = SCRATCH_AT + scratches * SCRATCH_BYTES;
    this.#maxBytes = maxBytes;
    this.#top = this.#framesAt;
    if (this.#framesAt + pages(FRAME_BYTES) * PAGE > this.#maxPages * PAGE)
      throw full(`a memory of ${memoryBytes} bytes holds no block of codes`);
    this.#addMemory();
  }

  /** Calls `hear` with each memory, those to come too, before anything is in it. */
  listen(hear: (memory: WebAssembly.Memory) => void): void {
    this.#hear = hear;
    for (const memory of this.memories) hear(memory);
  }

  /** Bytes of all memories; a page never written to takes none of the machine's. */
  get bytes(): number {
    return this.memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
  }

  /** Bytes of the frames in use, empty slots included. */
  get inUse(): number {
    return this.#inUse;
  }

  /** `n` frames whose masks are clear, with room for codes or (`full` false) without. Throws INDEX_FULL and takes none. */
  take(n: number, full: boolean): Frame[] {
    const taken: Frame[] = [];
    try {
      while (taken.length < n) taken.push(this.#free[full ? "full" : "side"].pop() ?? this.#carve(full));
    } catch (error) {
      for (const frame of taken) this.#free[full ? "full" : "side"].push(frame);
      throw error;
    }
    for (const { memory, side } of taken) this.bytesOf(memory).fill(0, side + DEAD_AT, side + DEAD_AT + 2 * MASK_BYTES);
    this.#inUse += n * (full ? FRAME_BYTES : SIDE_BYTES);
    return taken;
  }

  give(frames: readonly Frame[]): void {
    for (const frame of frames) {
      this.#free[frame.codes < 0 ? "side" : "full"].push(frame);
      this.#inUse -= frame.codes < 0 ? SIDE_BYTES : FRAME_BYTES;
    }
  }

  bytesOf(memory: number): Uint8Array {
    return this.#views[memory]!.bytes;
  }

  wordsOf(memory: number): Uint32Array {
    return this.#views[memory]!.words;
  }

  #carve(full: boolean): Frame {
    const size = pages(full ? FRAME_BYTES : SIDE_BYTES) * PAGE;
    if (this.#top + size > this.#maxPages * PAGE) this.#addMemory();
    const memory = this.memories.length - 1;
    this.#grow(memory, this.#top + size);
    const at = this.#top;
    this.#top += size;
    return full ? { memory, codes: at, side: at + SIDE_AT } : { memory, codes: -1, side: at };
  }

  #addMemory(): void {
    const initial = this.#framesAt / PAGE;
    try {
      if (this.bytes + initial * PAGE > this.#maxBytes) throw new RangeError(`over maxBytes ${this.#maxBytes}`);
      this.memories.push(new WebAssembly.Memory({ initial, maximum: this.#maxPages, shared: true }));
    } catch (cause) {
      throw full(`no further memory: ${cause instanceof Error ? cause.message : cause}`, cause);
    }
    this.#top = this.#framesAt;
    this.#look(this.memories.length - 1);
    this.#hear(this.memories.at(-1)!);
  }

  #grow(index: number, size: number): void {
    const memory = this.memories[index]!;
    const more = pages(size - memory.buffer.byteLength);
    if (more <= 0) return;
    try {
      if (this.bytes + more * PAGE > this.#maxBytes) throw new RangeError(`over maxBytes ${this.#maxBytes}`);
      memory.grow(more);
    } catch (cause) {
      throw full(`${more * PAGE} more bytes refused at ${this.bytes}`, cause);
    }
    this.#look(index);
  }

  #look(index: number): void {
    const { buffer } = this.memories[index]!;
    this.#views[index] = { bytes: new Uint8Array(buffer), words: new Uint32Array(buffer) };
  }
}

const pages = (bytes: number): number => Math.ceil(bytes / PAGE);

function full(problem: string, cause?: unknown): LookseeError {
  return new LookseeError(
    "INDEX_FULL",
    problem,
    "Give the process more memory, raise maxBytes, or split the codes over several indexes",
    { cause },
  );
}
