import { LookseeError } from "../errors.ts";
import {
  BLOCK_BYTES,
  BLOCK_CODES,
  CODE_BYTES,
  IDS_AT,
  MASK_AT,
  QUERY_AT,
  SAMPLE_BYTES,
  SAMPLE_STEP,
  SCRATCH_AT,
  SCRATCH_BYTES,
} from "./layout.ts";

const PAGE = 65536;
/** 4 GiB, less one page, so that no end address wraps to 0. */
export const MEMORY_MAX = 65535 * PAGE;
/** Slot numbers and the table of slots are 32 bits wide. */
const MAX_SLOTS = 2 ** 32 - BLOCK_CODES;

/** A memory, seen as bytes and as words; replaced whenever the memory grows. */
type View = { bytes: Uint8Array; words: Uint32Array };

/** The shared WASM memories behind one index: slot numbers 0, 1, 2 … in blocks, over as many memories as it takes. */
export class Arena {
  readonly memories: WebAssembly.Memory[] = [];
  readonly samplesAt: number;
  readonly blocksAt: number;
  readonly blocksPerMemory: number;
  readonly #views: View[] = [];
  readonly #maxBytes: number;
  readonly #maxPages: number;
  #blocks = 0;

  /** `maxBytes` limits all memories together, `memoryBytes` each. Throws INDEX_FULL if not even an empty index fits. */
  constructor(threads: number, maxBytes: number, memoryBytes: number) {
    this.#maxPages = Math.floor(Math.min(memoryBytes, MEMORY_MAX) / PAGE);
    this.samplesAt = SCRATCH_AT + threads * SCRATCH_BYTES;
    this.blocksPerMemory = Math.floor((this.#maxPages * PAGE - this.samplesAt) / (SAMPLE_BYTES + BLOCK_BYTES));
    this.blocksAt = this.samplesAt + this.blocksPerMemory * SAMPLE_BYTES;
    this.#maxBytes = maxBytes;
    if (this.blocksPerMemory < 1) throw full(`a memory of ${memoryBytes} bytes holds no block of codes`);
    this.#addMemory();
  }

  get capacity(): number {
    return this.#blocks * BLOCK_CODES;
  }

  /** Bytes of all memories; a page never written to takes none of the machine's. */
  get bytes(): number {
    return this.memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
  }

  /** Makes room for `slots` slots in all. Throws INDEX_FULL, and what was stored stays as it was. */
  reserve(slots: number): void {
    if (slots > MAX_SLOTS) throw full(`an index holds at most ${MAX_SLOTS} codes`);
    const needed = Math.ceil(slots / BLOCK_CODES);
    while (this.#blocks < needed) {
      const last = this.memories.length - 1;
      const before = last * this.blocksPerMemory;
      const held = this.#blocks - before;
      if (held === this.blocksPerMemory) {
        this.#addMemory();
        continue;
      }
      // A quarter more than asked for, so that growing one code at a time costs little; exactly that much if it must be.
      const exact = Math.min(needed - before, this.blocksPerMemory);
      const ample = Math.min(Math.max(exact, Math.ceil(held * 1.25)), this.blocksPerMemory);
      if (!this.#grow(last, ample) && !this.#grow(last, exact))
        throw full(`no room for ${slots} codes: ${exact * BLOCK_BYTES} more bytes refused at ${this.bytes}`);
    }
  }

  idAt(slot: number): number {
    return this.#view(slot).words[(this.#block(slot) + IDS_AT + (slot % BLOCK_CODES) * 4) >>> 2]!;
  }

  setId(slot: number, id: number): void {
    this.#view(slot).words[(this.#block(slot) + IDS_AT + (slot % BLOCK_CODES) * 4) >>> 2] = id;
  }

  /** Copies `n` codes, starting with the `from`-th of `codes`, to the slots from `slot` on. */
  setCodes(slot: number, codes: Uint8Array, from: number, n: number): void {
    for (let done = 0; done < n; ) {
      const within = (slot + done) % BLOCK_CODES;
      const run = Math.min(n - done, BLOCK_CODES - within);
      const part = codes.subarray((from + done) * CODE_BYTES, (from + done + run) * CODE_BYTES);
      const { bytes } = this.#view(slot + done);
      bytes.set(part, this.#block(slot + done) + within * CODE_BYTES);
      for (let at = (SAMPLE_STEP - (within % SAMPLE_STEP)) % SAMPLE_STEP; at < run; at += SAMPLE_STEP)
        bytes.set(part.subarray(at * CODE_BYTES, (at + 1) * CODE_BYTES), this.#sample(slot + done + at));
      done += run;
    }
  }

  codeAt(slot: number): Uint8Array {
    const at = this.#block(slot) + (slot % BLOCK_CODES) * CODE_BYTES;
    return this.#view(slot).bytes.subarray(at, at + CODE_BYTES);
  }

  setQuery(code: Uint8Array): void {
    for (const { bytes } of this.#views) bytes.set(code, QUERY_AT);
  }

  /** The allow masks of all slots, one bit a slot as the kernel reads them. */
  setMasks(mask: Uint8Array): void {
    const size = BLOCK_CODES / 8;
    for (let at = 0; at < mask.length; at += size) {
      const slot = at * 8;
      this.#view(slot).bytes.set(mask.subarray(at, at + size), this.#block(slot) + MASK_AT);
    }
  }

  #view(slot: number): View {
    return this.#views[this.memories.length === 1 ? 0 : Math.floor(slot / BLOCK_CODES / this.blocksPerMemory)]!;
  }

  #block(slot: number): number {
    return this.blocksAt + (Math.floor(slot / BLOCK_CODES) % this.blocksPerMemory) * BLOCK_BYTES;
  }

  #sample(slot: number): number {
    return this.samplesAt + ((slot / SAMPLE_STEP) % ((this.blocksPerMemory * BLOCK_CODES) / SAMPLE_STEP)) * CODE_BYTES;
  }

  #addMemory(): void {
    const initial = Math.ceil(this.blocksAt / PAGE);
    try {
      if (this.bytes + initial * PAGE > this.#maxBytes) throw new RangeError(`over maxBytes ${this.#maxBytes}`);
      this.memories.push(new WebAssembly.Memory({ initial, maximum: this.#maxPages, shared: true }));
    } catch (cause) {
      throw full(`no further memory: ${cause instanceof Error ? cause.message : cause}`, cause);
    }
    this.#look(this.memories.length - 1);
  }

  #grow(index: number, blocks: number): boolean {
    const memory = this.memories[index]!;
    const size = memory.buffer.byteLength;
    const pages = Math.ceil((this.blocksAt + blocks * BLOCK_BYTES - size) / PAGE);
    if (this.bytes + pages * PAGE > this.#maxBytes) return false;
    try {
      if (pages > 0) memory.grow(pages);
    } catch {
      return false;
    }
    this.#look(index);
    this.#blocks = index * this.blocksPerMemory + blocks;
    return true;
  }

  #look(index: number): void {
    const { buffer } = this.memories[index]!;
    this.#views[index] = { bytes: new Uint8Array(buffer), words: new Uint32Array(buffer) };
  }
}

function full(problem: string, cause?: unknown): LookseeError {
  return new LookseeError(
    "INDEX_FULL",
    problem,
    "Give the process more memory, raise maxBytes, or split the codes over several indexes",
    { cause },
  );
}
