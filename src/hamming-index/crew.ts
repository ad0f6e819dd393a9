import { once } from "node:events";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { LookseeError } from "../errors.ts";
import { Board, type Job, PIECE_WORDS, QUERIES_MAX } from "./board.ts";
import { kernelModule } from "./kernel.ts";
import { CODE_BITS, CODE_BYTES } from "./layout.ts";
import { type CodeFile, queriesAtOnce, Scanner, UnreadableFile } from "./scanner.ts";
import type { News, WorkerSetup } from "./worker.ts";

/** Below this a search takes less time in the calling thread than waking others would: some 100 µs. */
const WORTH_WAKING = 65_536;
/** Draws a thread makes, where pieces are small: a worker that loses its core holds the others up for that share. */
const DRAWS = 32;

/** One pass: queries of 64 bytes, each with the distance beyond which a code is passed over. */
export type Pass = { k: number; counting: Job["counting"]; queries: readonly Uint8Array[]; limits: readonly number[] };

/**
 * The threads that share a search piece by piece: the calling one alone, or as many workers, while the calling thread
 * waits without being occupied.
 */
export class Crew {
  readonly threads: number;
  /** The calling thread's, for small searches, samples, and to put together what the workers found. */
  readonly own: Scanner;
  readonly #board: Board;
  readonly #workers: Worker[] = [];

  private constructor(threads: number) {
    this.threads = threads;
    this.#board = new Board(Crew.scratches(threads));
    this.own = new Scanner(0, this.#board, kernelModule());
  }

  /** Scratch areas that each memory needs. */
  static scratches(threads: number): number {
    return threads === 1 ? 1 : threads + 1;
  }

  static async of(threads: number): Promise<Crew> {
    const crew = new Crew(threads);
    // .ts when run from the sources, .js in dist
    const file = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
    for (let thread = 1; thread < Crew.scratches(threads); thread++) {
      const { shared } = crew.#board;
      const setup: WorkerSetup = { thread, scratches: Crew.scratches(threads), board: shared, module: kernelModule() };
      // None of the process's own flags: `--input-type` and its like refuse a worker that comes from a file.
      const worker = new Worker(file, { workerData: setup, execArgv: [], name: `hamming-index ${thread}` });
      crew.#workers.push(worker);
    }
    // A worker that cannot start rejects here with its own error.
    await Promise.all(crew.#workers.map((worker) => once(worker, "message")));
    for (const worker of crew.#workers) worker.unref(); // not before: nothing else might keep the process alive so far
    return crew;
  }

  /** Lets every thread scan a further memory. */
  add(memory: WebAssembly.Memory): void {
    this.own.add(memory);
    this.#tell({ kind: "memory", memory });
  }

  /** Lets every thread read a further file; numbers count up from 0. */
  addFile(number: number, file: CodeFile): void {
    this.own.addFile(number, file);
    this.#tell({ kind: "file", number, file });
  }

  /** After the last search of it: the number is never used again. */
  dropFile(number: number): void {
    this.own.dropFile(number);
    this.#tell({ kind: "drop", number });
  }

  /** Queries that a pass can take. */
  static most(k: number): number {
    return Math.min(QUERIES_MAX, queriesAtOnce(k));
  }

  /**
   * The nearest to each query in each memory, as sorted lists of id, distance, id, distance …, valid until the next
   * pass. One pass at a time. `pieces`: see PIECE_WORDS; `codes`: how many they hold. Throws SEGMENT_DAMAGED.
   */
  async scan(pass: Pass, pieces: Uint32Array, codes: number): Promise<Uint32Array[][]> {
    const board = this.#board;
    const job: Job = { k: pass.k, counting: pass.counting, queries: pass.queries.length };
    for (const [i, query] of pass.queries.entries()) board.queries.set(query, i * CODE_BYTES);
    board.limits.set(pass.limits);
    board.lay(pieces);
    this.own.reset();
    const count = pieces.length / PIECE_WORDS;
    if (this.#workers.length === 0 || codes * job.queries < WORTH_WAKING) this.#scanAlone(job, count);
    else await this.#share(job, count);
    return pass.queries.map((_, query) =>
      Array.from({ length: this.own.memories }, (_, memory) => this.own.list(memory, query, job)),
    );
  }

  async #share(job: Job, pieces: number): Promise<void> {
    const board = this.#board;
    const grain = Math.max(1, Math.floor(pieces / (this.threads * DRAWS)));
    board.open(job, pieces, grain, this.own.memories, this.own.files);
    board.ring();
    if (!(await board.settled()))
      throw new LookseeError("INTERNAL", "A worker thread of the index does not answer", "Restart the process");
    if (board.failed !== undefined) throw unreadable(board.failed);
    for (let memory = 0; memory < this.own.memories; memory++)
      for (let thread = 1; thread <= this.#workers.length; thread++)
        if (board.hasTaken(thread, memory, board.generation)) {
          this.own.begin(memory, job);
          this.own.absorb(memory, thread, job);
        }
  }

  #scanAlone(job: Job, pieces: number): void {
    try {
      this.own.scan(job, 0, pieces);
    } catch (error) {
      throw error instanceof UnreadableFile ? unreadable(error.file, error) : error;
    }
  }

  #tell(news: News): void {
    for (const worker of this.#workers) worker.postMessage(news);
  }

  async close(): Promise<void> {
    this.#board.stop();
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

function unreadable(file: number, cause?: unknown): LookseeError {
  return new LookseeError(
    "SEGMENT_DAMAGED",
    `file ${file} of the index can no longer be read`,
    "Restart: what cannot be read is built again from the catalog",
    { cause },
  );
}

/** Where nothing is known of the distances, none is passed over. */
export const NO_LIMIT = CODE_BITS;
