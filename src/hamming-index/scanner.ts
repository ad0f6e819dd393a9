import { readSync } from "node:fs";
import { type Board, type Job, NO_FILE, PIECE_WORDS } from "./board.ts";
import { type Kernel, kernelOver } from "./kernel.ts";
import {
  ALLOW_AT,
  BUFFER_AT,
  CODE_BITS,
  CODE_BYTES,
  QUERY_AT,
  SCRATCH_AT,
  SCRATCH_BYTES,
  SLACK,
  STAGE_AT,
  STAGE_CODES,
  STATES_AT,
} from "./layout.ts";

/** With several queries: codes that each of them is compared with while they are in the cache, 256 KB. */
const SHARED_RUN = 4096;
/** Pieces put to the kernel at once. */
const TOGETHER = 4096;
/** The least that is read from a file at once, in codes: 64 KB. */
const READ_CODES = 1024;

/** A segment's file whose codes are not in memory. */
export type CodeFile = { fd: number; codesAt: number };

/** See PIECE_WORDS. */
type Piece = [number, number, side: number, from: number, to: number, number, base: number, filtered: number];

/** A segment's file, by its number, from which codes can no longer be read. */
export class UnreadableFile extends Error {
  readonly file: number;

  constructor(file: number, problem: string) {
    super(problem);
    this.file = file;
  }
}

function readOrFail(file: number, fd: number, into: Uint8Array, position: number): number {
  try {
    return readSync(fd, into, 0, into.length, position);
  } catch (error) {
    throw new UnreadableFile(file, (error as Error).message);
  }
}

/** Keys a query's candidate buffer has room for. */
export const roomFor = (k: number): number => 2 * k + SLACK;
const stateBytes = (k: number): number => BUFFER_AT + roomFor(k) * 8;
/** Queries of one k that share a pass. */
export const queriesAtOnce = (k: number): number => Math.floor((STAGE_AT - STATES_AT) / stateBytes(k));

/** One thread's part of a search: the kernel over each memory, with a scratch area of its own in each. */
export class Scanner {
  readonly #scratch: number;
  readonly #board: Board;
  readonly #module: WebAssembly.Module;
  readonly #memories: WebAssembly.Memory[] = [];
  readonly #kernels: Kernel[] = [];
  readonly #files = new Map<number, CodeFile>();
  readonly #begun: boolean[] = [];
  #filesKnown = 0;

  constructor(thread: number, board: Board, module: WebAssembly.Module) {
    this.#scratch = SCRATCH_AT + thread * SCRATCH_BYTES;
    this.#board = board;
    this.#module = module;
  }

  add(memory: WebAssembly.Memory): void {
    this.#memories.push(memory);
    this.#kernels.push(kernelOver(memory, this.#module));
  }

  get memories(): number {
    return this.#kernels.length;
  }

  addFile(number: number, file: CodeFile): void {
    this.#files.set(number, file);
    this.#filesKnown = number + 1;
  }

  dropFile(number: number): void {
    this.#files.delete(number);
  }

  /** Files ever told of. */
  get files(): number {
    return this.#filesKnown;
  }

  /** The nearest found in a memory, sorted: id, distance, id, distance …, at most k of them. */
  list(memory: number, query: number, { k }: Job): Uint32Array {
    if (!this.begun(memory)) return new Uint32Array(0);
    const state = this.#state(query, k);
    const count = this.#kernels[memory]!.finish(state);
    return new Uint32Array(this.#memories[memory]!.buffer, state + BUFFER_AT, count * 2);
  }

  /** Forgets the last search. */
  reset(): void {
    this.#begun.fill(false);
  }

  /** Whether this thread has candidates in the memory since reset(). */
  begun(memory: number): boolean {
    return this.#begun[memory] === true;
  }

  begin(memory: number, { k, queries }: Job): void {
    if (this.begun(memory)) return;
    const bytes = new Uint8Array(this.#memories[memory]!.buffer);
    for (let query = 0; query < queries; query++) {
      const state = this.#state(query, k);
      const code = this.#board.queries.subarray(query * CODE_BYTES, (query + 1) * CODE_BYTES);
      bytes.set(code, state + QUERY_AT);
      this.#kernels[memory]!.begin(state, this.#scratch, k, roomFor(k), this.#board.limits[query]!);
    }
    this.#begun[memory] = true;
  }

  /**
   * How many of every `stride`-th of the codes sampled are at each distance 0 … 512 from one query; `samples` says, for
   * each frame, where they lie and how many they are.
   */
  sample(
    query: Uint8Array,
    samples: readonly { memory: number; at: number; n: number }[],
    stride: number,
  ): Uint32Array {
    const counts = new Uint32Array(CODE_BITS + 1);
    for (let memory = 0; memory < this.#kernels.length; memory++) {
      const kernel = this.#kernels[memory]!;
      const state = this.#scratch + STATES_AT;
      new Uint8Array(this.#memories[memory]!.buffer).set(query, state + QUERY_AT);
      kernel.clear(this.#scratch);
      for (const { memory: its, at, n } of samples)
        if (its === memory) kernel.sample(state, this.#scratch, at, n, stride);
      const bins = new Uint32Array(this.#memories[memory]!.buffer, this.#scratch, counts.length);
      for (let distance = 0; distance < counts.length; distance++) counts[distance]! += bins[distance]!;
    }
    return counts;
  }

  /** Takes over what another thread found in the memory. */
  absorb(memory: number, thread: number, job: Job): void {
    const away = SCRATCH_AT + thread * SCRATCH_BYTES - this.#scratch;
    for (let query = 0; query < job.queries; query++) {
      const state = this.#state(query, job.k);
      this.#kernels[memory]!.absorb(state, state + away);
    }
  }

  /** Compares the queries with the codes of the pieces `from` … `to` - 1 on the board. */
  scan(job: Job, from: number, to: number): void {
    const pieces = this.#board.pieces(from, to);
    for (let at = 0; at < pieces.length; at += PIECE_WORDS) {
      const memory = pieces[at]!;
      const file = pieces[at + 5]!;
      this.begin(memory, job);
      if (file !== NO_FILE) this.#read(job, memory, pieces.subarray(at, at + PIECE_WORDS), file);
      else if (job.queries === 1) at = this.#together(job, pieces, at) - PIECE_WORDS;
      else
        this.#compare(job, memory, pieces[at + 1]!, pieces[at + 2]!, pieces[at + 3]!, pieces[at + 4]!, pieces[at + 7]!);
    }
  }

  /** Scans the piece at `at` and those after it that lie in the same memory, in one call; returns where the next begins. */
  #together(job: Job, pieces: Uint32Array, at: number): number {
    const memory = pieces[at]!;
    const most = Math.min(pieces.length, at + TOGETHER * PIECE_WORDS);
    let end = at + PIECE_WORDS;
    while (end < most && pieces[end] === memory && pieces[end + 5] === NO_FILE) end += PIECE_WORDS;
    const stage = this.#scratch + STAGE_AT;
    new Uint32Array(this.#memories[memory]!.buffer, stage, end - at).set(pieces.subarray(at, end));
    const n = (end - at) / PIECE_WORDS;
    this.#kernels[memory]!.scanPieces(this.#state(0, job.k), stage, n, job.counting === "lanes");
    return end;
  }

  #state(query: number, k: number): number {
    return this.#scratch + STATES_AT + query * stateBytes(k);
  }

  #compare(job: Job, memory: number, codes: number, side: number, from: number, to: number, filtered: number): void {
    const kernel = this.#kernels[memory]!;
    const run = job.queries === 1 ? to - from : SHARED_RUN;
    for (let at = from; at < to; at += run) {
      const end = Math.min(to, at + run);
      for (let query = 0; query < job.queries; query++) {
        const state = this.#state(query, job.k);
        if (filtered === 1) kernel.scanAllowed(state, codes, side, at, end);
        else if (job.counting === "words") kernel.scanWords(state, codes, side, at, end);
        else kernel.scanLanes(state, codes, side, at, end);
      }
    }
  }

  /** The codes of a piece pass through this thread's stage; under a filter, only where it allows any. */
  #read(job: Job, memory: number, piece: Uint32Array, file: number): void {
    const known = this.#files.get(file);
    if (!known) throw new UnreadableFile(file, "it is not known here");
    const [, , side, from, to, , base, filtered] = piece as unknown as Piece;
    const stage = this.#scratch + STAGE_AT;
    const bytes = new Uint8Array(this.#memories[memory]!.buffer);
    for (let at = from; at < to; ) {
      const end = Math.min(to, at + STAGE_CODES);
      const [first, last] = filtered === 1 ? this.#allowedRun(bytes, side, at, end) : [at, end];
      if (first < last) {
        const wanted = (last - first) * CODE_BYTES;
        const position = known.codesAt + (base + first) * CODE_BYTES;
        for (let got = 0; got < wanted; ) {
          const more = readOrFail(file, known.fd, bytes.subarray(stage + got, stage + wanted), position + got);
          if (more === 0) throw new UnreadableFile(file, `it ends at ${position + got}`);
          got += more;
        }
        this.#compare(job, memory, stage - first * CODE_BYTES, side, first, last, filtered);
      }
      at = Math.max(last, at + 1);
    }
  }

  /** The first run of slots from `from` on that a filter needs, in steps of READ_CODES; empty at `to` if there is none. */
  #allowedRun(bytes: Uint8Array, side: number, from: number, to: number): [number, number] {
    const needs = (slot: number): boolean => {
      const end = Math.min(to, slot + READ_CODES);
      for (let byte = slot >>> 3; byte < (end + 7) >>> 3; byte++) if (bytes[side + ALLOW_AT + byte] !== 0) return true;
      return false;
    };
    let first = from;
    while (first < to && !needs(first)) first += READ_CODES;
    let last = first;
    while (last < to && needs(last)) last += READ_CODES;
    return [Math.min(first, to), Math.min(last, to)];
  }
}
