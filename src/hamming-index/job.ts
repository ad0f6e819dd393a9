import { type Counting, type Kernel, kernelOver } from "./kernel.ts";
import { BLOCK_BYTES, BLOCK_CODES, SCRATCH_AT, SCRATCH_BYTES, SLACK } from "./layout.ts";

/** One search, as every thread sees it; the query itself lies in the memories. */
export type Job = {
  k: number;
  /** How to count, or "allowed" for the slots in the blocks' allow masks alone. */
  mode: Counting | "allowed";
  slots: number;
  blocksAt: number;
  blocksPerMemory: number;
};

/** One thread's part of a search: the kernel over each memory, with a scratch area of its own in each. */
export class Scanner {
  readonly scratch: number;
  readonly #kernels: Kernel[] = [];
  readonly #module: WebAssembly.Module;
  readonly #begun: boolean[] = [];

  constructor(thread: number, module: WebAssembly.Module) {
    this.scratch = SCRATCH_AT + thread * SCRATCH_BYTES;
    this.#module = module;
  }

  add(memory: WebAssembly.Memory): void {
    this.#kernels.push(kernelOver(memory, this.#module));
  }

  get memories(): number {
    return this.#kernels.length;
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

  begin(memory: number, k: number): void {
    if (this.begun(memory)) return;
    this.kernel(memory).begin(this.scratch, k, 2 * k + SLACK);
    this.#begun[memory] = true;
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
      this.begin(memory, job.k);
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
