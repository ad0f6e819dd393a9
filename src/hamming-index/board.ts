import type { Job } from "./job.ts";

const MODES = ["words", "lanes", "allowed"] as const;
const MAX_MEMORIES = 128; // 2^32 codes take 70 of them

// Words of the shared board. NEXT is one 64-bit word: generation << 32 | next chunk.
const NEXT = 0;
const BELL = 2;
const DONE = 3;
const STOP = 4;
const JOB = 5; // k, mode, slots, blocksAt, blocksPerMemory, chunk slots, chunks, memories, limit
const TOOK = 16;
const CLOSED = 0xffffffffn; // more chunks than any search has

/** What a thread drew: slots `from` … `to` - 1 of `job`, to be reported by done(). */
export type Ticket = { generation: number; job: Job; from: number; to: number };

/**
 * The board on which threads draw chunks of the search in progress. Whoever is awake draws the next one, so a worker
 * that wakes late or is put to sleep costs a chunk and no more. The generation in NEXT makes a draw fail that began
 * during an earlier search: nobody ever scans with a stale job.
 */
export class Board {
  readonly shared: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #next: BigInt64Array;

  constructor(threads: number, shared = new SharedArrayBuffer(4 * (TOOK + threads * MAX_MEMORIES))) {
    this.shared = shared;
    this.#words = new Int32Array(shared);
    this.#next = new BigInt64Array(shared, 0, 1);
  }

  /** Opens a search and returns its number of chunks. The query must lie in the memories already. */
  open(job: Job, memories: number, chunkSlots: number): number {
    const words = this.#words;
    const chunks = Math.ceil(job.slots / chunkSlots);
    const generation = (this.generation + 1) & 0x7fffffff;
    const { k, limit, mode, slots, blocksAt, blocksPerMemory } = job;
    // Closed before the job changes: a draw that has read some of the old job and some of the new must fail.
    Atomics.store(this.#next, NEXT, (BigInt(generation) << 32n) | CLOSED);
    const fields = [k, MODES.indexOf(mode), slots, blocksAt, blocksPerMemory, chunkSlots, chunks, memories, limit];
    for (const [i, value] of fields.entries()) Atomics.store(words, JOB + i, value);
    Atomics.store(words, DONE, 0);
    Atomics.store(this.#next, NEXT, BigInt(generation) << 32n);
    return chunks;
  }

  get generation(): number {
    return Number(Atomics.load(this.#next, NEXT) >> 32n);
  }

  /** The next chunk; undefined when all are drawn, or when the search needs more than the `memories` one knows. */
  draw(memories: number): Ticket | undefined {
    for (;;) {
      const next = Atomics.load(this.#next, NEXT);
      const chunk = Number(next & 0xffffffffn);
      const job = {
        k: this.#job(0),
        limit: this.#job(8),
        mode: MODES[this.#job(1)]!,
        slots: this.#job(2) >>> 0,
        blocksAt: this.#job(3),
        blocksPerMemory: this.#job(4),
      };
      const chunkSlots = this.#job(5);
      if (chunk >= this.#job(6) || this.#job(7) > memories) return undefined;
      // Succeeds only if no other search was opened since `next` was read, so what was read above belongs together.
      if (Atomics.compareExchange(this.#next, NEXT, next, next + 1n) !== next) continue;
      const from = chunk * chunkSlots;
      const to = Math.min(from + chunkSlots, job.slots);
      return { generation: Number(next >> 32n), job, from, to };
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

  /** One chunk more is scanned. */
  done(): void {
    Atomics.add(this.#words, DONE, 1);
    Atomics.notify(this.#words, DONE);
  }

  /** Sleeps until `chunks` chunks are scanned; false if a thread that drew one has not come back in a minute. */
  settled(chunks: number): boolean {
    const patience = performance.now() + 60_000;
    for (let done = Atomics.load(this.#words, DONE); done < chunks; done = Atomics.load(this.#words, DONE)) {
      if (performance.now() > patience) return false;
      Atomics.wait(this.#words, DONE, done, 1000);
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
