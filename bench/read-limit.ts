import { Worker } from "node:worker_threads";
import { WASM_BASE64 } from "./read-limit.wasm.ts";

const BYTES = 2 ** 30;
/** What a thread reads between two looks at the board; the index's scan draws chunks in the same way. */
const CHUNK = 2 ** 22;
const NEXT = 0;
const DONE = 1;
const BELL = 2;

export type ReadSetup = { memory: WebAssembly.Memory; board: Int32Array; module: WebAssembly.Module };

/** One thread's side of the reading. */
export class ReadTeam {
  readonly #board: Int32Array;
  readonly #readAll: (at: number, bytes: number) => number;
  #bell = 0;

  constructor({ memory, board, module }: ReadSetup) {
    this.#board = board;
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    this.#readAll = (exports as { readAll: (at: number, bytes: number) => number }).readAll;
  }

  sleep(): void {
    Atomics.wait(this.#board, BELL, this.#bell);
    this.#bell = Atomics.load(this.#board, BELL);
  }

  draw(): void {
    for (let next = this.#take(); next < BYTES / CHUNK; next = this.#take()) {
      this.#readAll(next * CHUNK, CHUNK);
      Atomics.add(this.#board, DONE, 1);
      Atomics.notify(this.#board, DONE);
    }
  }

  #take(): number {
    return Atomics.add(this.#board, NEXT, 1);
  }
}

/** Plain reads: XOR of 1 GiB into four v128 accumulators, by one thread or several, WASM as everything else here. */
export class ReadLimit {
  readonly #board = new Int32Array(new SharedArrayBuffer(12));
  readonly #memory = new WebAssembly.Memory({ initial: BYTES / 65536, maximum: 65536, shared: true });
  readonly #own: ReadTeam;
  readonly #workers: Worker[] = [];

  constructor(threads: number) {
    // Written once, so that the pages are the machine's own and not one page of zeros.
    new Uint32Array(this.#memory.buffer).fill(0x9e3779b1);
    const module = new WebAssembly.Module(Buffer.from(WASM_BASE64, "base64"));
    const workerData: ReadSetup = { memory: this.#memory, board: this.#board, module };
    Atomics.store(this.#board, NEXT, BYTES / CHUNK);
    this.#own = new ReadTeam(workerData);
    for (let thread = 1; thread < threads; thread++)
      this.#workers.push(new Worker(new URL("./read-worker.ts", import.meta.url), { workerData }));
  }

  /** One pass over the buffer; GB/s (10^9 bytes). */
  pass(): number {
    const start = performance.now();
    Atomics.store(this.#board, DONE, 0);
    Atomics.store(this.#board, NEXT, 0);
    Atomics.add(this.#board, BELL, 1);
    Atomics.notify(this.#board, BELL);
    this.#own.draw();
    for (let done = Atomics.load(this.#board, DONE); done < BYTES / CHUNK; done = Atomics.load(this.#board, DONE))
      Atomics.wait(this.#board, DONE, done, 100);
    return BYTES / (performance.now() - start) / 1e6;
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
