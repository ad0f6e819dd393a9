import { once } from "node:events";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { LookseeError } from "../errors.ts";
import { Board } from "./board.ts";
import { type Job, Scanner } from "./job.ts";
import { kernelModule } from "./kernel.ts";
import { CODE_BITS, RUN_CODES } from "./layout.ts";
import { likelyLimit } from "./likely-limit.ts";
import type { WorkerSetup } from "./worker.ts";

/** A chunk is at most 2 MB, some 60 µs of one core: so long may the threads end apart. */
const CHUNK_MAX = 32768;
/** Below this waking a thread takes about as long as what it would do. */
const WORTH_WAKING = 8192;

/** The calling thread and its workers, who share a search chunk by chunk. A crew of one has no worker. */
export class Crew {
  readonly threads: number;
  readonly #board: Board;
  readonly #own = new Scanner(0, kernelModule());
  readonly #workers: Worker[] = [];

  private constructor(threads: number) {
    this.threads = threads;
    this.#board = new Board(threads);
  }

  static async of(threads: number): Promise<Crew> {
    const crew = new Crew(threads);
    // .ts when run from the sources, .js in dist
    const file = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
    for (let thread = 1; thread < threads; thread++) {
      const workerData: WorkerSetup = { thread, threads, board: crew.#board.shared, module: kernelModule() };
      // None of the process's own flags: `--input-type` and its like refuse a worker that comes from a file.
      const worker = new Worker(file, { workerData, execArgv: [], name: `hamming-index ${thread}` });
      worker.unref();
      crew.#workers.push(worker);
    }
    // A worker that cannot start rejects here with its own error.
    await Promise.all(crew.#workers.map((worker) => once(worker, "message")));
    return crew;
  }

  /** Lets every thread scan a further memory. */
  add(memory: WebAssembly.Memory): void {
    this.#own.add(memory);
    for (const worker of this.#workers) worker.postMessage(memory);
  }

  /**
   * The nearest in each memory, as sorted lists of id, distance, id, distance …; the query and any masks lie in the
   * memories. Occupies the calling thread until it is done: it is one of those that scan.
   */
  search(asked: Omit<Job, "limit">, samplesAt: number): Uint32Array[] {
    const all: Job = { ...asked, limit: CODE_BITS };
    if (asked.mode === "allowed") return this.#within(all);
    const limit = likelyLimit(this.#own.sample(all, samplesAt), asked.k);
    const lists = this.#within({ ...asked, limit });
    const found = lists.reduce((sum, list) => sum + list.length / 2, 0);
    // The limit is a guess and the answer is not: where fewer than k lie within it, look again without.
    return found >= Math.min(asked.k, asked.slots) ? lists : this.#within(all);
  }

  #within(job: Job): Uint32Array[] {
    this.#own.reset();
    if (this.#workers.length === 0 || job.slots < WORTH_WAKING) this.#own.scan(job, 0, job.slots);
    else this.#share(job);
    return Array.from({ length: this.#own.memories }, (_, memory) => this.#own.list(memory));
  }

  #share(job: Job): void {
    const board = this.#board;
    const share = Math.floor(job.slots / (this.threads * 8) / RUN_CODES) * RUN_CODES;
    const chunks = board.open(job, this.#own.memories, Math.max(RUN_CODES, Math.min(share, CHUNK_MAX)));
    board.ring();
    for (let ticket = board.draw(this.#own.memories); ticket; ticket = board.draw(this.#own.memories)) {
      this.#own.scan(job, ticket.from, ticket.to);
      board.done();
    }
    if (!board.settled(chunks))
      throw new LookseeError("INTERNAL", "A worker thread of the index does not answer", "Restart the process");
    for (let memory = 0; memory < this.#own.memories; memory++)
      for (let thread = 1; thread < this.threads; thread++)
        if (board.hasTaken(thread, memory, board.generation)) {
          this.#own.begin(memory, job);
          this.#own.absorb(memory, thread);
        }
  }

  async close(): Promise<void> {
    this.#board.stop();
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
