import { closeSync } from "node:fs";
import { LookseeError } from "../errors.ts";
import { Arena, MEMORY_MAX } from "./arena.ts";
import { COUNTING, type Counting } from "./counting.ts";
import { Crew } from "./crew.ts";
import type { Hit } from "./every-distance.ts";
import { Folder } from "./folder.ts";
import { Holdings } from "./holdings.ts";
import { Keeper } from "./keeper.ts";
import { load } from "./load.ts";
import { measureClusters } from "./measuring.ts";
import type { OpenOptions, SearchOptions } from "./options.ts";
import { checkCodes, checkDistance, checkLists, checkOpen, checkQuery, checkWish } from "./options.ts";
import { type Answer, Searches } from "./searches.ts";
import { type IndexStats, statsOf } from "./stats.ts";
import { Upkeep } from "./upkeep.ts";

/** A tail this long is made a segment of without being asked. */
const TAIL_CODES = 4 * 65_536;
/** An upsert waits for a merge in progress where the tail has grown to so many codes. */
const TAIL_MOST = 4 * TAIL_CODES;

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
    checkOpen(options);
    const { threads = 1, counting = COUNTING, maxBytes = Number.POSITIVE_INFINITY, memoryBytes = MEMORY_MAX } = options;
    const arena = new Arena(Crew.scratches(threads), maxBytes, memoryBytes);
    const index = new HammingIndex(arena, await Crew.of(threads), counting, options);
    try {
      if (index.#folder) index.#mark = await load(index.#folder, index.#holdings, index.#upkeep, index.refused);
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

  /** The ids held, or those of one group, in no particular order. */
  *ids(group?: number): Generator<number> {
    for (const part of this.#holdings.parts) {
      const ranges: [from: number, to: number][] = [];
      if (group === undefined) ranges.push([0, part.count]);
      else part.eachOf(group, (...range) => ranges.push(range));
      for (const [from, to] of ranges)
        for (let slot = from; slot < to; slot++) if (!part.isDead(slot)) yield part.idAt(slot);
    }
  }

  /** A copy of the code (64 bytes) held under `id`; undefined: none is. */
  codeOf(id: number): Uint8Array | undefined {
    const held = this.#holdings.locate(id);
    return held?.part.codeAt(held.slot);
  }

  /** The group of `id`; undefined: its code is not held. */
  groupOf(id: number): number | undefined {
    const held = this.#holdings.locate(id);
    return held?.part.groupAt(held.slot);
  }

  /**
   * Adds the codes (n x 64 bytes) under their ids (n), or replaces those whose id is held already; of equal ids in one
   * call the last counts. `groups` (n): the one group that each belongs to, such as a shop's category, for searches that
   * look at one group alone; default 0. Throws INDEX_CODE_WIDTH, INDEX_GROUP, INDEX_FULL, INDEX_CLOSED, each before
   * anything is changed.
   */
  async upsert(ids: Uint32Array, codes: Uint8Array, groups?: Uint16Array): Promise<void> {
    this.#open();
    checkCodes(ids, codes, groups);
    this.#holdings.upsert(ids, codes, groups);
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
   * for while one is in progress share the next pass over memory. Throws INDEX_CODE_WIDTH, INDEX_K,
   * INDEX_GROUP, INDEX_RECALL, INDEX_CLOSED.
   */
  async search(code: Uint8Array, k: number, options: SearchOptions = {}): Promise<Hit[]> {
    return (await this.answer(code, k, options)).hits;
  }

  /** As search(), with what it took and what to expect of the hits. */
  async answer(code: Uint8Array, k: number, options: SearchOptions = {}): Promise<Answer> {
    this.#open();
    const filter = checkQuery(code, options);
    const wish = checkWish(k, options);
    if (wish) return this.#searches.coarse(code.slice(), k, wish, filter);
    return this.#searches.nearest(code.slice(), k, filter);
  }

  /**
   * All codes within `distance` (0 … 512) of `code`, by distance, then ascending id. Throws INDEX_CODE_WIDTH,
   * INDEX_DISTANCE, INDEX_GROUP, INDEX_CLOSED.
   */
  async within(
    code: Uint8Array,
    distance: number,
    options: Pick<SearchOptions, "allow" | "group"> = {},
  ): Promise<Hit[]> {
    this.#open();
    checkDistance(distance);
    return this.#searches.within(code.slice(), distance, checkQuery(code, options));
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
   * Sorts all codes into lists, by default of some 80 codes, of more past a million, and measures how few a search must
   * read: what `recall` below 1 needs. Codes that come later are sorted in as they are merged; when the index has grown to
   * twice its size (`stats().measured`), call it again: unless `lists` are asked for, it keeps those there are while they
   * are half as many as they should be, and only brings together and measures. Minutes for 100 M; the index answers
   * meanwhile. Throws INDEX_LISTS, INDEX_FULL, INDEX_CLOSED.
   */
  async cluster(lists?: number): Promise<void> {
    this.#open();
    checkLists(lists ?? 1, this.size);
    if (!this.#merges) throw new LookseeError("INDEX_FOLDER", "this index writes nothing", "Open it with write: true");
    await this.#alone(async () => {
      const clusters = await this.#upkeep.cluster(lists);
      clusters.measured = await measureClusters(this.#holdings, this.#searches, clusters);
      clusters.file = undefined; // as it stood before
    });
  }

  stats(): IndexStats {
    return statsOf(this.#holdings, this.#crew.threads, this.#counting);
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

  #open(): void {
    if (this.#closed) throw new LookseeError("INDEX_CLOSED", "The index has been closed", "Open another one");
  }
}
