import { closeSync } from "node:fs";
import { LookseeError } from "../errors.ts";
import { Arena, MEMORY_MAX } from "./arena.ts";
import type { Bitmap } from "./bitmap.ts";
import { COUNTING, type Counting } from "./counting.ts";
import { Crew } from "./crew.ts";
import type { Hit } from "./every-distance.ts";
import { Folder } from "./folder.ts";
import { Holdings } from "./holdings.ts";
import { Keeper } from "./keeper.ts";
import { CODE_BITS, CODE_BYTES, FRAME_BYTES, K_MAX, MASK_BYTES } from "./layout.ts";
import { type Answer, EXACT, Searches } from "./searches.ts";
import { Upkeep } from "./upkeep.ts";

/** A tail this long is made a segment of without being asked. */
const TAIL_CODES = 4 * 65_536;
/** An upsert waits for a merge in progress where the tail has grown to so many codes. */
const TAIL_MOST = 4 * TAIL_CODES;

const LISTS_MAX = 2 ** 20;

export type OpenOptions = {
  /** Width of a code; 64 bytes is the only one there is. */
  codeBytes?: 64;
  /** 1 (default): searches run in the calling thread. 2 … 64: in so many workers, and the calling thread stays free. */
  threads?: number;
  /** Folder of the segments, made if it is not there; default: none, and flush() is refused. */
  dir?: string;
  /** Whose codes these are; segments of another model are refused. Default "". */
  modelId?: string;
  /** "file": codes stay in the segments' files and about 9 bytes a code in memory. Needs `dir`. Default "memory". */
  codes?: "memory" | "file";
  /** False: another process writes to `dir`, this one only reads what is there when it opens. Default true. */
  write?: boolean;
  /** Where INDEX_FULL is raised, in bytes of memory reserved; default: when the machine refuses. */
  maxBytes?: number;
  /** Size to which one WASM memory grows before the next is opened; default and most: 4 GiB less a page. */
  memoryBytes?: number;
  /** How bits are counted; default: what suits the processor. The answers are the same. */
  counting?: Counting;
};

export type SearchOptions = {
  /** Only codes whose id is in here. */
  allow?: Bitmap | undefined;
  /** Share of the k nearest that searches must find by their mean, 0 … 1; default 1: exact. Below it needs cluster(). */
  recall?: number | undefined;
  /** Instead of `recall`: milliseconds that searches may take by their median, as measured by cluster(). */
  ms?: number | undefined;
};

export type IndexStats = {
  /** Living codes. */
  codes: number;
  /** Slots whose codes were replaced or removed and wait for a merge. */
  dead: number;
  segments: number;
  /** Codes not yet in a segment. */
  tail: number;
  threads: number;
  counting: Counting;
  bytes: {
    /** Codes in memory, dead ones and empty slots included, as in all that follows. */
    codes: number;
    ids: number;
    /** Tombstones and filters. */
    masks: number;
    /** Every 256th code once more. */
    sample: number;
    /** From id to slot: the tail's table and the segments' orders; lists and what belongs to them. */
    tables: number;
    /** WASM memory reserved for all of the above but tables, and for scratch; pages never used take nothing. */
    reserved: number;
    /** Segment files. */
    files: number;
  };
};

/**
 * Exact nearest neighbours over 512-bit codes. upsert() and remove() have done their work when they return, before
 * anything is awaited; search() sees all that was called before it.
 */
export class HammingIndex {
  /** What open() had to leave out, by name; the caller gives these codes again. Empty where all is well. */
  readonly refused: LookseeError[] = [];
  readonly #holdings: Holdings;
  readonly #crew: Crew;
  readonly #keeper: Keeper;
  readonly #searches: Searches;
  readonly #upkeep: Upkeep;
  readonly #folder: Folder | undefined;
  readonly #writes: boolean;
  readonly #merges: boolean;
  readonly #counting: Counting;
  #mark = 0;
  #checkpoint: Promise<void> | undefined;
  #closed = false;

  private constructor(arena: Arena, crew: Crew, counting: Counting, options: OpenOptions) {
    const { dir, modelId = "", codes = "memory", write = true } = options;
    this.#holdings = new Holdings(arena);
    this.#crew = crew;
    this.#counting = counting;
    this.#folder = dir === undefined ? undefined : new Folder(dir, modelId);
    this.#keeper = new Keeper();
    this.#writes = write && dir !== undefined;
    this.#merges = write || codes === "memory";
    this.#searches = new Searches(this.#holdings, crew, counting);
    let files = 0;
    this.#upkeep = new Upkeep(this.#holdings, this.#keeper, this.#folder, codes === "file", {
      afterSearches: (work) => this.#searches.after(work),
      addFile: (file) => {
        crew.addFile(files, file);
        return files++;
      },
      dropFile: (number) => crew.dropFile(number),
    });
    arena.listen((memory) => {
      crew.add(memory);
      this.#keeper.add(memory);
    });
  }

  /**
   * With `dir`: takes in its segments, each checked by its checksums; see `refused` and `mark`. Throws INDEX_CODE_WIDTH,
   * INDEX_THREADS, INDEX_FULL, INDEX_FOLDER.
   */
  static async open(options: OpenOptions = {}): Promise<HammingIndex> {
    const { codeBytes = CODE_BYTES, threads = 1, counting = COUNTING } = options;
    const { maxBytes = Number.POSITIVE_INFINITY, memoryBytes = MEMORY_MAX } = options;
    if (codeBytes !== CODE_BYTES) throw width(`${codeBytes} bytes asked for`);
    if (!Number.isInteger(threads) || threads < 1 || threads > 64)
      throw new LookseeError("INDEX_THREADS", `${threads} threads asked for`, "Use a whole number from 1 to 64");
    if (options.codes === "file" && options.dir === undefined)
      throw new LookseeError("INDEX_FOLDER", "codes in files need a folder", "Give the index a dir");
    const arena = new Arena(Crew.scratches(threads), maxBytes, memoryBytes);
    const index = new HammingIndex(arena, await Crew.of(threads), counting, options);
    try {
      await index.#load();
    } catch (error) {
      await index.close();
      throw error;
    }
    return index;
  }

  /** Codes held. */
  get size(): number {
    return this.#holdings.size;
  }

  /** What flush() was last given for what is in the folder; 0 for a new one. */
  get mark(): number {
    return this.#mark;
  }

  has(id: number): boolean {
    return this.#holdings.locate(id) !== undefined;
  }

  /** The ids held, in no particular order. */
  *ids(): Generator<number> {
    for (const part of this.#holdings.parts)
      for (let slot = 0; slot < part.count; slot++) if (!part.isDead(slot)) yield part.idAt(slot);
  }

  /** A copy of the code (64 bytes) held under `id`; undefined: none is. */
  codeOf(id: number): Uint8Array | undefined {
    const held = this.#holdings.locate(id);
    return held?.part.codeAt(held.slot);
  }

  /**
   * Adds the codes (n x 64 bytes) under their ids (n), or replaces those whose id is held already; of equal ids in one
   * call the last counts. Throws INDEX_CODE_WIDTH, INDEX_FULL, INDEX_CLOSED, each before anything is changed.
   */
  async upsert(ids: Uint32Array, codes: Uint8Array): Promise<void> {
    this.#open();
    if (codes.length !== ids.length * CODE_BYTES) throw width(`${codes.length} bytes of codes for ${ids.length} ids`);
    this.#holdings.upsert(ids, codes);
    const { count } = this.#holdings.tail;
    if (count >= TAIL_CODES && this.#merges) void this.#begin().catch(() => {}); // tried again when more has come
    if (count >= TAIL_MOST) await this.#checkpoint?.catch(() => {});
  }

  /** Forgets the ids; one that is not held is passed over. */
  async remove(ids: Uint32Array): Promise<void> {
    this.#open();
    this.#holdings.remove(ids);
  }

  /**
   * The `k` (1 … 100,000) nearest of the codes, by distance, then ascending id; fewer if there are fewer. Searches asked
   * for while one is in progress share the next pass over memory. Throws INDEX_CODE_WIDTH, INDEX_K, INDEX_CLOSED.
   */
  async search(code: Uint8Array, k: number, options: SearchOptions = {}): Promise<Hit[]> {
    return (await this.answer(code, k, options)).hits;
  }

  /** As search(), with what to expect of the hits. */
  async answer(code: Uint8Array, k: number, { allow, recall = 1, ms }: SearchOptions = {}): Promise<Answer> {
    this.#open();
    if (code.length !== CODE_BYTES) throw width(`a query of ${code.length} bytes`);
    if (!Number.isInteger(k) || k < 1 || k > K_MAX)
      throw new LookseeError("INDEX_K", `k is ${k}`, `Use a whole number from 1 to ${K_MAX}`);
    if (!(recall >= 0 && recall <= 1))
      throw new LookseeError("INDEX_RECALL", `the recall asked for is ${recall}`, "Use a number from 0 to 1");
    const query = code.slice();
    if (ms !== undefined) return this.#searches.coarse(query, k, { ms }, allow);
    if (recall < 1) return this.#searches.coarse(query, k, { recall }, allow);
    return { hits: await this.#searches.nearest(query, k, allow), ...EXACT };
  }

  /**
   * All codes within `distance` (0 … 512) of `code`, by distance, then ascending id. Throws INDEX_CODE_WIDTH,
   * INDEX_DISTANCE, INDEX_CLOSED.
   */
  async within(code: Uint8Array, distance: number, options: SearchOptions = {}): Promise<Hit[]> {
    this.#open();
    if (code.length !== CODE_BYTES) throw width(`a query of ${code.length} bytes`);
    if (!Number.isInteger(distance) || distance < 0 || distance > CODE_BITS)
      throw new LookseeError(
        "INDEX_DISTANCE",
        `the distance is ${distance}`,
        `Use a whole number from 0 to ${CODE_BITS}`,
      );
    return this.#searches.within(code.slice(), distance, options.allow);
  }

  /**
   * Writes all that was upserted and removed before the call to the folder; when it resolves, a kill at any moment leaves
   * that or something newer. `mark` is kept beside it, for the caller to know where to go on. Throws INDEX_FOLDER,
   * INDEX_FULL, INDEX_CLOSED.
   */
  async flush(mark: number): Promise<void> {
    this.#open();
    if (!this.#writes)
      throw new LookseeError("INDEX_FOLDER", "this index writes nothing", "Open it with a dir of its own");
    await this.#begin(mark);
  }

  /**
   * Sorts all codes into lists, by default of some 80 codes, of more past a million, and measures how few a search must read: what `recall` below 1
   * needs. Codes that come later are sorted in as they are merged. Minutes for 100 M; the index answers meanwhile. Throws
   * INDEX_LISTS, INDEX_FULL, INDEX_CLOSED.
   */
  async cluster(lists = listsFor(this.size)): Promise<void> {
    this.#open();
    if (!Number.isInteger(lists) || lists < 1 || lists > LISTS_MAX || this.size === 0)
      throw new LookseeError(
        "INDEX_LISTS",
        `${lists} lists asked for, of ${this.size} codes`,
        `Use a whole number from 1 to ${LISTS_MAX}, once there are codes`,
      );
    if (!this.#merges) throw new LookseeError("INDEX_FOLDER", "this index writes nothing", "Open it with write: true");
    await this.#alone(async () => {
      const clusters = await this.#upkeep.cluster(lists);
      clusters.measured = await this.#searches.measure(clusters);
    });
  }

  stats(): IndexStats {
    const { parts, segments, tail, frozen, arena } = this.#holdings;
    const frames = parts.flatMap((part) => part.frames);
    const full = frames.filter(({ codes }) => codes >= 0).length;
    const slots = frames.length * 65_536;
    return {
      codes: this.size,
      dead: parts.reduce((sum, part) => sum + part.deadCount, 0),
      segments: segments.length,
      tail: tail.live + frozen.reduce((sum, part) => sum + part.live, 0),
      threads: this.#crew.threads,
      counting: this.#counting,
      bytes: {
        codes: full * 65_536 * CODE_BYTES,
        ids: slots * 4,
        masks: frames.length * 2 * MASK_BYTES,
        sample: full * (FRAME_BYTES - 65_536 * (CODE_BYTES + 4) - 2 * MASK_BYTES),
        tables: parts.reduce((sum, part) => sum + part.bytes, this.#holdings.clusters?.bytes ?? 0),
        reserved: arena.bytes,
        files: segments.reduce((sum, { file }) => sum + (file?.bytes ?? 0), 0),
      },
    };
  }

  /** Ends the workers, after what is in progress; whatever is called afterwards but close() throws INDEX_CLOSED. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#checkpoint?.catch(() => {});
    await this.#searches.finished();
    await this.#crew.close();
    await this.#keeper.close();
    for (const { file } of this.#holdings.segments) if (file?.fd !== undefined) closeSync(file.fd);
  }

  /** Waits for the checkpoint in progress, then makes one. */
  async #begin(mark?: number): Promise<void> {
    if (this.#checkpoint && mark === undefined) return this.#checkpoint;
    await this.#alone(() => this.#upkeep.checkpoint(mark));
    if (mark !== undefined) this.#mark = mark;
  }

  /** Upkeep of one kind at a time. */
  async #alone(work: () => Promise<void>): Promise<void> {
    while (this.#checkpoint) await this.#checkpoint.catch(() => {});
    this.#checkpoint = work().finally(() => {
      this.#checkpoint = undefined;
    });
    await this.#checkpoint;
  }

  async #load(): Promise<void> {
    const folder = this.#folder;
    if (!folder) return;
    for (let tries = 0; tries < 5; tries++) {
      const stamp = folder.stamp();
      this.refused.length = 0;
      try {
        const manifest = folder.manifest();
        this.#mark = manifest?.mark ?? 0;
        try {
          if (manifest?.lists) this.#upkeep.loadClusters(manifest.lists);
        } catch (error) {
          this.#refuse(error);
        }
        for (const listed of manifest?.segments ?? [])
          await this.#upkeep.load(listed).catch((error: unknown) => this.#refuse(error));
      } catch (error) {
        this.#refuse(error);
      }
      // The process that writes may have replaced what the manifest named when it was read.
      if (this.refused.length === 0 || folder.stamp() === stamp) return;
      this.#holdings.arena.give(this.#holdings.replace(this.#holdings.segments, undefined));
    }
  }

  #refuse(error: unknown): void {
    if (!(error instanceof LookseeError) || !error.code.startsWith("SEGMENT_")) throw error;
    this.refused.push(error);
  }

  #open(): void {
    if (this.#closed) throw new LookseeError("INDEX_CLOSED", "The index has been closed", "Open another one");
  }
}

/** A list for every 80 codes while that is few lists; then they grow with the root, for ranking them costs time too. */
const listsFor = (codes: number): number =>
  Math.max(1, Math.round(Math.min(codes / 80, 16_384 * Math.sqrt(codes / 1_310_720), 65_536)));

function width(problem: string): LookseeError {
  return new LookseeError("INDEX_CODE_WIDTH", problem, "Codes are 64 bytes each");
}
