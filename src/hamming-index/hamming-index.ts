import { LookseeError } from "../errors.ts";
import { allowMask } from "./allow-mask.ts";
import { Arena, MEMORY_MAX } from "./arena.ts";
import type { Bitmap } from "./bitmap.ts";
import { COUNTING, type Counting } from "./counting.ts";
import { Crew } from "./crew.ts";
import type { Hit } from "./every-distance.ts";
import { CODE_BYTES, K_MAX } from "./layout.ts";
import { nearestOfLists } from "./nearest-of-lists.ts";
import { SlotTable } from "./slot-table.ts";

export type OpenOptions = {
  /** Width of a code; 64 bytes is the only one there is. */
  codeBytes?: 64;
  /** Threads that share a search, the calling one among them: 1 … 64, default 1. */
  threads?: number;
  /** Where INDEX_FULL is raised, in bytes of memory reserved; default: when the machine refuses. */
  maxBytes?: number;
  /** Size to which one WASM memory grows before the next is opened; default and most: 4 GiB less a page. */
  memoryBytes?: number;
  /** How bits are counted; default: what suits the processor. The answers are the same. */
  counting?: Counting;
};

export type IndexStats = {
  codes: number;
  threads: number;
  counting: Counting;
  /** `memory`: reserved for codes, ids, masks and scratch, of which pages never used take nothing; `table`: id -> slot. */
  bytes: { codes: number; ids: number; memory: number; table: number };
};

/**
 * Exact nearest neighbours over 512-bit codes in memory. upsert(), remove() and search() do their work before they
 * return, in the calling thread (search: with its workers), so each sees all that was called before it.
 */
export class HammingIndex {
  readonly #arena: Arena;
  readonly #crew: Crew;
  readonly #counting: Counting;
  readonly #table: SlotTable;
  #size = 0;
  #version = 0;
  #masks = new WeakMap<Bitmap, { version: number; mask: Uint8Array }>();
  #maskInPlace: Uint8Array | undefined;
  #closed = false;

  private constructor(arena: Arena, crew: Crew, counting: Counting) {
    this.#arena = arena;
    this.#crew = crew;
    this.#counting = counting;
    this.#table = new SlotTable((slot) => arena.idAt(slot));
    for (const memory of arena.memories) crew.add(memory);
  }

  /** An empty index. Throws INDEX_CODE_WIDTH, INDEX_THREADS, INDEX_FULL. */
  static async open(options: OpenOptions = {}): Promise<HammingIndex> {
    const { codeBytes = CODE_BYTES, threads = 1, counting = COUNTING } = options;
    const { maxBytes = Number.POSITIVE_INFINITY, memoryBytes = MEMORY_MAX } = options;
    if (codeBytes !== CODE_BYTES) throw width(`${codeBytes} bytes asked for`);
    if (!Number.isInteger(threads) || threads < 1 || threads > 64)
      throw new LookseeError("INDEX_THREADS", `${threads} threads asked for`, "Use a whole number from 1 to 64");
    const arena = new Arena(threads, maxBytes, memoryBytes);
    return new HammingIndex(arena, await Crew.of(threads), counting);
  }

  /** Codes held. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds the codes (n x 64 bytes) under their ids (n), or replaces those whose id is held already; of equal ids in one
   * call the last counts. Throws INDEX_CODE_WIDTH, INDEX_FULL, INDEX_CLOSED, each before anything is changed.
   */
  async upsert(ids: Uint32Array, codes: Uint8Array): Promise<void> {
    this.#open();
    if (codes.length !== ids.length * CODE_BYTES) throw width(`${codes.length} bytes of codes for ${ids.length} ids`);
    this.#makeRoom(ids);
    this.#version++;
    // New codes lie side by side in `codes` and in the arena alike, and are copied a run at a time.
    let pending = 0;
    const flush = (end: number): void => {
      this.#arena.setCodes(this.#size - pending, codes, end - pending, pending);
      pending = 0;
    };
    for (let i = 0; i < ids.length; i++) {
      const slot = this.#table.find(ids[i]!);
      if (slot < 0) {
        this.#arena.setId(this.#size, ids[i]!);
        this.#table.add(this.#size);
        this.#size++;
        pending++;
      } else {
        flush(i);
        this.#arena.setCodes(slot, codes, i, 1);
      }
    }
    flush(ids.length);
  }

  /** Forgets the ids; one that is not held is passed over. The last code moves into the gap, so none is ever left. */
  async remove(ids: Uint32Array): Promise<void> {
    this.#open();
    this.#version++;
    for (const id of ids) {
      const slot = this.#table.find(id);
      if (slot < 0) continue;
      this.#table.delete(id);
      const last = --this.#size;
      if (slot === last) continue;
      const moved = this.#arena.idAt(last);
      this.#table.move(moved, slot);
      this.#arena.setId(slot, moved);
      this.#arena.setCodes(slot, this.#arena.codeAt(last), 0, 1);
    }
  }

  /**
   * The `k` (1 … 100,000) nearest of the codes whose id is in `allow` (default: all), by distance, then ascending id;
   * fewer if there are fewer. Throws INDEX_CODE_WIDTH, INDEX_K, INDEX_CLOSED.
   */
  async search(code: Uint8Array, k: number, allow?: Bitmap): Promise<Hit[]> {
    this.#open();
    if (code.length !== CODE_BYTES) throw width(`a query of ${code.length} bytes`);
    if (!Number.isInteger(k) || k < 1 || k > K_MAX)
      throw new LookseeError("INDEX_K", `k is ${k}`, `Use a whole number from 1 to ${K_MAX}`);
    const arena = this.#arena;
    arena.setQuery(code);
    if (allow) this.#putMask(allow);
    const mode = allow ? "allowed" : this.#counting;
    const { samplesAt, blocksAt, blocksPerMemory } = arena;
    const lists = this.#crew.search({ k, mode, slots: this.#size, blocksAt, blocksPerMemory }, samplesAt);
    return nearestOfLists(lists, k);
  }

  stats(): IndexStats {
    const bytes = { codes: this.#size * CODE_BYTES, ids: this.#size * 4, memory: this.#arena.bytes };
    return {
      codes: this.#size,
      threads: this.#crew.threads,
      counting: this.#counting,
      bytes: { ...bytes, table: this.#table.bytes },
    };
  }

  /** Ends the workers; whatever is called afterwards but close() throws INDEX_CLOSED. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#crew.close();
  }

  #makeRoom(ids: Uint32Array): void {
    if (this.#size + ids.length <= this.#arena.capacity) return;
    let added = 0;
    for (const id of ids) if (this.#table.find(id) < 0) added++;
    this.#table.reserve(this.#size + added);
    const before = this.#arena.memories.length;
    try {
      this.#arena.reserve(this.#size + added);
    } finally {
      for (const memory of this.#arena.memories.slice(before)) this.#crew.add(memory);
    }
  }

  /** A bitmap used again on an unchanged index costs nothing; of others the mask is built, or copied to its place. */
  #putMask(allow: Bitmap): void {
    let known = this.#masks.get(allow);
    if (known?.version !== this.#version) {
      const slots = {
        size: this.#size,
        find: (id: number) => this.#table.find(id),
        idAt: (slot: number) => this.#arena.idAt(slot),
      };
      known = { version: this.#version, mask: allowMask(allow, slots) };
      this.#masks.set(allow, known);
    }
    if (this.#maskInPlace === known.mask) return;
    this.#arena.setMasks(known.mask);
    this.#maskInPlace = known.mask;
  }

  #open(): void {
    if (this.#closed) throw new LookseeError("INDEX_CLOSED", "The index has been closed", "Open another one");
  }
}

function width(problem: string): LookseeError {
  return new LookseeError("INDEX_CODE_WIDTH", problem, "Codes are 64 bytes each");
}
