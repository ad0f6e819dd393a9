import type { Counting } from "./counting.ts";
import { CODE_BYTES } from "./layout.ts";

const COUNTINGS: readonly Counting[] = ["words", "lanes"];

/** A search without any progress for so long has lost a thread. */
const PATIENCE_MS = 60_000;

/** Queries that one pass over memory can serve. */
export const QUERIES_MAX = 64;
const MAX_MEMORIES = 128; // 2^32 codes take 70 of them
const PIECES_MAX = 2 ** 28;

/**
 * Words of a piece: memory, codes, side, from, to, file, first slot of the frame in its segment, and 1 if the allow bits say
 * which of its slots count.
 */
export const PIECE_WORDS = 8;
export const NO_FILE = 0xffffffff;

// Words of the shared board. NEXT is one 64-bit word: generation << 32 | next piece.
const NEXT = 0;
const BELL = 2;
const DONE = 3;
const STOP = 4;
const FAILED = 5;
const JOB = 6; // k, counting, queries, pieces, grain, memories, files
const TOOK = 16;
const CLOSED = 0xffffffffn; // more pieces than any search has

/** What one search asks of every thread; queries and their limits lie on the board. */
export type Job = { k: number; counting: Counting; queries: number };

/** What a thread drew: the pieces `from` … `to` - 1, to be reported by done(). */
export type Ticket = { generation: number; job: Job; from: number; to: number };

export type BoardMemory = { words: SharedArrayBuffer; queries: SharedArrayBuffer; pieces: SharedArrayBuffer };

/**
 * The board on which threads draw pieces of the search in progress. Whoever is awake draws the next one, so a worker
 * that wakes late or is put to sleep costs a piece and no more. The generation in NEXT makes a draw fail that began
 * during an earlier search: nobody ever scans with a stale job.
 */
export class Board {
  readonly shared: BoardMemory;
  /** 64 bytes a query. */
  readonly queries: Uint8Array;
  /** Distance beyond which a code is passed over, for each query. */
  readonly limits: Int32Array;
  readonly #words: Int32Array;
  readonly #next: BigInt64Array;

  constructor(scratches: number, shared?: BoardMemory) {
    this.shared = shared ?? {
      words: new SharedArrayBuffer(4 * (TOOK + scratches * MAX_MEMORIES)),
      queries: new SharedArrayBuffer(QUERIES_MAX * (CODE_BYTES + 4)),
      pieces: new SharedArrayBuffer(65536, { maxByteLength: PIECES_MAX }),
    };
    this.#words = new Int32Array(this.shared.words);
    this.#next = new BigInt64Array(this.shared.words, 0, 1);
    this.queries = new Uint8Array(this.shared.queries, 0, QUERIES_MAX * CODE_BYTES);
    this.limits = new Int32Array(this.shared.queries, QUERIES_MAX * CODE_BYTES);
  }

  /** Copies the pieces of the next search to where every thread reads them. */
  lay(pieces: Uint32Array): void {
    const { pieces: shared } = this.shared;
    if (shared.byteLength < pieces.byteLength) shared.grow(Math.min(PIECES_MAX, pieces.byteLength * 2));
    new Uint32Array(shared, 0, pieces.length).set(pieces);
  }

  /** A copy of the pieces `from` … `to` - 1: V8 reads a buffer that may grow several times as slowly. */
  pieces(from: number, to: number): Uint32Array {
    return new Uint32Array(this.shared.pieces, from * PIECE_WORDS * 4, (to - from) * PIECE_WORDS).slice();
  }

  /** Opens a search. Queries, limits and pieces must lie on the board already. `grain`: pieces a draw. */
  open(job: Job, pieces: number, grain: number, memories: number, files: number): void {
    const words = this.#words;
    const generation = (this.generation + 1) & 0x7fffffff;
    // Closed before the job changes: a draw that has read some of the old job and some of the new must fail.
    Atomics.store(this.#next, NEXT, (BigInt(generation) << 32n) | CLOSED);
    const fields = [job.k, COUNTINGS.indexOf(job.counting), job.queries, pieces, grain, memories, files];
    for (const [i, value] of fields.entries()) Atomics.store(words, JOB + i, value);
    Atomics.store(words, DONE, 0);
    Atomics.store(words, FAILED, 0);
    Atomics.store(this.#next, NEXT, BigInt(generation) << 32n);
  }

  get generation(): number {
    return Number(Atomics.load(this.#next, NEXT) >> 32n);
  }

  /** The next pieces; undefined when all are drawn, or when the search needs memories or files one does not know. */
  draw(memories: number, files: number): Ticket | undefined {
    for (;;) {
      const next = Atomics.load(this.#next, NEXT);
      const from = Number(next & 0xffffffffn);
      const job = { k: this.#job(0), counting: COUNTINGS[this.#job(1)]!, queries: this.#job(2) };
      const pieces = this.#job(3);
      const grain = this.#job(4);
      if (from >= pieces || this.#job(5) > memories || this.#job(6) > files) return undefined;
      // Succeeds only if no other search was opened since `next` was read, so what was read above belongs together.
      if (Atomics.compareExchange(this.#next, NEXT, next, next + BigInt(grain)) !== next) continue;
      return { generation: Number(next >> 32n), job, from, to: Math.min(from + grain, pieces) };
    }
  }

  #job(field: number): number {
    return Atomics.load(this.#words, JOB + field);
  }

  /** `thread` left candidates of this search in `memory`. Call before done(). */
  took(thread: number, memory: number, generation: number): void {
    Atomics.store(this.#words, TOOK + thread * MAX_MEMORIES + memory, generation);
  }

  hasTaken(thread: number, memory: number, generation: number): boolean {
    return Atomics.load(this.#words, TOOK + thread * MAX_MEMORIES + memory) === generation;
  }

  /** So many pieces more are scanned; wakes whoever waits for the last. */
  done(pieces: number): void {
    if (Atomics.add(this.#words, DONE, pieces) + pieces === this.#job(3)) Atomics.notify(this.#words, DONE);
  }

  /** The file of that number could not be read. Call before done(). */
  fail(file: number): void {
    Atomics.store(this.#words, FAILED, file + 1);
  }

  /** The number of a file that could not be read in this search; undefined: none. */
  get failed(): number | undefined {
    const file = Atomics.load(this.#words, FAILED);
    return file > 0 ? file - 1 : undefined;
  }

  /** Resolves once all pieces are scanned; false if none was for a minute. The calling thread is free meanwhile. */
  async settled(): Promise<boolean> {
    const pieces = this.#job(3);
    let [before, since] = [-1, 0];
    for (let done = Atomics.load(this.#words, DONE); done < pieces; done = Atomics.load(this.#words, DONE)) {
      // Woken without progress: a thread that was slow to ring for the search before this one.
      if (done !== before) [before, since] = [done, performance.now()];
      else if (performance.now() - since > PATIENCE_MS) return false;
      const { async, value } = Atomics.waitAsync(this.#words, DONE, done);
      if (!async) continue;
      // The timer also keeps the process alive, which a pending wait does not.
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise((resolve) => {
        timer = setTimeout(resolve, PATIENCE_MS + 1);
      });
      await Promise.race([value, patience]);
      clearTimeout(timer);
    }
    return true;
  }

  /** Wakes the workers. */
  ring(): void {
    Atomics.add(this.#words, BELL, 1);
    Atomics.notify(this.#words, BELL);
  }

  /** What to compare the bell with in sleep(); read it before looking for work, or a ring may be missed. */
  get bell(): number {
    return Atomics.load(this.#words, BELL);
  }

  sleep(bell: number): void {
    Atomics.wait(this.#words, BELL, bell);
  }

  stop(): void {
    Atomics.store(this.#words, STOP, 1);
    this.ring();
  }

  get stopped(): boolean {
    return Atomics.load(this.#words, STOP) === 1;
  }
}
