import type { Counting } from "./counting.ts";
import { type Kernel, kernelOver } from "./kernel.ts";
import {
  BINS_AT,
  BLOCK_BYTES,
  BLOCK_CODES,
  BUFFER_AT,
  CODE_BITS,
  SAMPLE_STEP,
  SCRATCH_AT,
  SCRATCH_BYTES,
  SLACK,
} from "./layout.ts";

/** One search, as every thread sees it; the query itself lies in the memories. */
export type Job = {
  k: number;
  /** Codes farther than this are passed over: 512, or less where a sample says that k codes lie within. */
  limit: number;
  /** How to count, or "allowed" for the slots in the blocks' allow masks alone. */
  mode: Counting | "allowed";
  slots: number;
  blocksAt: number;
  blocksPerMemory: number;
};

/** One thread's part of a search: the kernel over each memory, with a scratch area of its own in each. */
export class Scanner {
  readonly scratch: number;
  readonly #memories: WebAssembly.Memory[] = [];
  readonly #kernels: Kernel[] = [];
  readonly #module: WebAssembly.Module;
  readonly #begun: boolean[] = [];

  constructor(thread: number, module: WebAssembly.Module) {
    this.scratch = SCRATCH_AT + thread * SCRATCH_BYTES;
    this.#module = module;
  }

  add(memory: WebAssembly.Memory): void {
    this.#memories.push(memory);
    this.#kernels.push(kernelOver(memory, this.#module));
  }

  get memories(): number {
    return this.#kernels.length;
  }

  /** The nearest found in a memory, sorted: id, distance, id, distance …, at most k of them; valid until the next scan. */
  list(memory: number): Uint32Array {
    const count = this.begun(memory) ? this.kernel(memory).finish(this.scratch) : 0;
    return new Uint32Array(this.#memories[memory]!.buffer, this.scratch + BUFFER_AT, count * 2);
  }

  kernel(memory: number): Kernel {
    return this.#kernels[memory]!;
  }

  /** Forgets the last search. */
  reset(): void {
    this.#begun.fill(false);
  }

  /** Whether this thread has candidates in the memory since reset(). */
  begun(memory: number): boolean {
    return this.#begun[memory] === true;
  }

  begin(memory: number, { k, limit }: Job): void {
    if (this.begun(memory)) return;
    this.kernel(memory).begin(this.scratch, k, 2 * k + SLACK, limit);
    this.#begun[memory] = true;
  }

  /** How many of the sampled codes, which lie from `samplesAt` on in each memory, are at each distance 0 … 512. */
  sample({ slots, blocksPerMemory }: Job, samplesAt: number): Uint32Array {
    const counts = new Uint32Array(CODE_BITS + 1);
    const room = blocksPerMemory * BLOCK_CODES;
    for (let memory = 0; memory * room < slots; memory++) {
      const kernel = this.kernel(memory);
      kernel.clear(this.scratch);
      kernel.sample(this.scratch, samplesAt, Math.ceil(Math.min(room, slots - memory * room) / SAMPLE_STEP));
      const bins = new Uint32Array(this.#memories[memory]!.buffer, this.scratch + BINS_AT, counts.length);
      for (let distance = 0; distance < counts.length; distance++) counts[distance]! += bins[distance]!;
    }
    return counts;
  }

  /** Takes over what another thread found in the memory. */
  absorb(memory: number, thread: number): void {
    this.kernel(memory).absorb(this.scratch, SCRATCH_AT + thread * SCRATCH_BYTES);
  }

  /** Compares the query with the codes of the slots `from` … `to` - 1; `from` is a multiple of RUN_CODES. */
  scan(job: Job, from: number, to: number): void {
    for (let slot = from; slot < to; ) {
      const block = Math.floor(slot / BLOCK_CODES);
      const memory = Math.floor(block / job.blocksPerMemory);
      this.begin(memory, job);
      const kernel = this.kernel(memory);
      const at = job.blocksAt + (block % job.blocksPerMemory) * BLOCK_BYTES;
      const first = slot % BLOCK_CODES;
      const end = Math.min(BLOCK_CODES, first + to - slot);
      if (job.mode === "words") kernel.scanWords(this.scratch, at, first, end);
      else if (job.mode === "lanes") kernel.scanLanes(this.scratch, at, first, end);
      else kernel.scanAllowed(this.scratch, at, first, end);
      slot += end - first;
    }
  }
}
