import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { CatalogStore, CodeChange, WriterLock } from "../catalog/index.ts";
import { Bitmap, byDistanceThenId, HammingIndex, type Hit } from "../hamming-index/index.ts";
import { CODE_BYTES, CodeSample } from "./sample.ts";

/** Codes taken up in one go, a few milliseconds: between two of them searches in progress are attended to. */
const BATCH = 4096;
/** Fewer codes than this are read from the catalog in milliseconds, and not worth a file. */
const WORTH_KEEPING = 1000;
/** Group of the pictures that no number of a category says all about: of several categories, of none, or numbered beyond. */
const MIXED = 65_535;
/** Changes after which segments are written while the process goes on; what is newer is read from the catalog. */
const FLUSH_EVERY = 65_536;
/** While changes keep coming they are taken up this often, so that a question finds little left to do (ms). */
const FOLLOW_EVERY = 5;

/**
 * The catalog's codes of one model, brought up to date before every query: what any process has committed before the
 * question is in the answer (read your writes). The catalog stays the only truth. The index keeps its segments in the data
 * folder, so that a start reads those and the catalog's changes since; the one process that holds the lock writes them.
 */
export class Mirror {
  readonly index: HammingIndex;
  readonly sample: CodeSample;
  readonly #catalog: CatalogStore;
  readonly #modelId: string;
  readonly #lock: WriterLock | undefined;
  readonly #batch = {
    ids: new Uint32Array(BATCH),
    codes: new Uint8Array(BATCH * CODE_BYTES),
    groups: new Uint16Array(BATCH),
  };
  #version = -1;
  #unflushed = 0;
  #flushing: Promise<void> | null = null;
  #refreshing: Promise<void> | null = null;
  #following: NodeJS.Timeout | undefined;
  /** By category, what is in it beside the pictures of its group; kept until the catalog changes. */
  readonly #mixed = new Map<number, Bitmap>();
  #categories: { id: number; name: string; items: number }[] | null = null;

  private constructor(catalog: CatalogStore, modelId: string, index: HammingIndex, lock: WriterLock | undefined) {
    this.#catalog = catalog;
    this.#modelId = modelId;
    this.#lock = lock;
    this.index = index;
    this.sample = new CodeSample();
  }

  /** Segments that are damaged or gone are named in a warning, and their codes taken from the catalog. */
  static async open(catalog: CatalogStore, modelId: string, threads: number): Promise<Mirror> {
    const lock = catalog.tryIndexLock(modelId);
    try {
      const dir = catalog.indexFolder(modelId);
      const index = await HammingIndex.open({ threads, dir, modelId, write: lock !== undefined });
      const mirror = new Mirror(catalog, modelId, index, lock);
      await mirror.#takeUp();
      return mirror;
    } catch (error) {
      lock?.release();
      throw error;
    }
  }

  /** From what the index found in its folder to what the catalog holds now. */
  async #takeUp(): Promise<void> {
    const { index } = this;
    // A counter that has gone back is another data folder's, or this one restored to an earlier day. Group 0 is nobody's: such
    // codes were written before there were groups.
    if (index.mark > this.#catalog.version() || !index.ids(0).next().done)
      await index.remove(Uint32Array.from(index.ids()));
    else if (index.mark > 0) this.#version = index.mark;
    for (const id of index.ids()) if (this.sample.wants(id)) this.sample.upsert(id, index.codeOf(id)!);
    await this.refresh();
    if (index.refused.length === 0) return;
    for (const { code, message } of index.refused) process.emitWarning(message, { type: "LookseeWarning", code });
    await this.#put(this.#missing());
    await this.#flush();
  }

  *#missing(): Generator<CodeChange> {
    for (const change of this.#catalog.changes(this.#modelId, 0)) if (!this.index.has(change.imageId)) yield change;
  }

  /** The catalog's change counter that the codes in memory stand for. */
  get version(): number {
    return this.#version;
  }

  /** Applies what was committed since the last call; costs one read of a counter when nothing was. */
  async refresh(): Promise<void> {
    // A refresh under way may have read the counter before this caller's write: wait for it, then look again.
    while (this.#refreshing) await this.#refreshing;
    const version = this.#catalog.version();
    if (version === this.#version) return;
    this.#refreshing = this.#apply(version).finally(() => {
      this.#refreshing = null;
    });
    await this.#refreshing;
  }

  async #apply(version: number): Promise<void> {
    // The counter was read before the changes: a commit in between is applied now and harmlessly again next time.
    await this.#put(this.#catalog.changes(this.#modelId, Math.max(0, this.#version)));
    this.#mixed.clear();
    this.#categories = null;
    this.#version = version;
    clearTimeout(this.#following);
    // What fails here fails at the next question too, which has somebody to tell.
    this.#following = setTimeout(() => void this.refresh().catch(() => {}), FOLLOW_EVERY).unref();
    if (this.#unflushed >= FLUSH_EVERY && !this.#flushing)
      this.#flushing = this.#flush().finally(() => {
        this.#flushing = null;
      });
  }

  async #put(changes: Iterable<CodeChange>): Promise<void> {
    const { ids, codes, groups } = this.#batch;
    let n = 0;
    let gone: number[] = [];
    const put = async () => {
      if (n > 0) await this.index.upsert(ids.subarray(0, n), codes.subarray(0, n * CODE_BYTES), groups.subarray(0, n));
      if (gone.length > 0) await this.index.remove(Uint32Array.from(gone));
      this.#unflushed += n + gone.length;
      n = 0;
      gone = [];
      await setImmediate();
    };
    for (const { imageId, code, category } of changes) {
      if (code === null) {
        gone.push(imageId);
        this.sample.remove(imageId);
      } else {
        ids[n] = imageId;
        codes.set(code, n * CODE_BYTES);
        groups[n++] = groupOf(category!);
        this.sample.upsert(imageId, code);
      }
      if (n === BATCH || gone.length === BATCH) await put();
    }
    await put();
  }

  /** Writes what has changed; a disk that is full or gone is no reason not to answer. */
  async #flush(): Promise<void> {
    if (!this.#lock || this.#unflushed === 0 || this.index.size < WORTH_KEEPING) return;
    const before = this.#unflushed;
    try {
      await this.index.flush(this.#version);
      this.#unflushed -= before;
    } catch (error) {
      process.emitWarning(`segments were not written: ${(error as Error).message}`, { type: "LookseeWarning" });
    }
  }

  /** The `k` nearest pictures of a category; see HammingIndex.search. An unknown category has none. */
  async nearestIn(category: string, code: Uint8Array, k: number, recall: number): Promise<Hit[]> {
    const known = this.categories().find(({ name }) => name === category);
    if (!known) return [];
    const mixed = this.#mixedIn(known.id, category);
    const parts = await Promise.all([
      groupOf(known.id) === MIXED ? [] : this.index.search(code, k, { group: known.id, recall }),
      mixed.size === 0 ? [] : this.index.search(code, k, { group: MIXED, allow: mixed, recall }),
    ]);
    return parts.flat().sort(byDistanceThenId).slice(0, k);
  }

  #mixedIn(id: number, category: string): Bitmap {
    let mixed = this.#mixed.get(id);
    if (!mixed) {
      const images =
        groupOf(id) === MIXED ? this.#catalog.imagesOfCategory(category) : this.#catalog.sharedImagesOfCategory(id);
      mixed = Bitmap.of(images);
      this.#mixed.set(id, mixed);
    }
    return mixed;
  }

  /** The shop's categories, counted when first asked for after a change (a millisecond for 30,000 items). */
  categories(): readonly { id: number; name: string; items: number }[] {
    this.#categories ??= this.#catalog.categories();
    return this.#categories;
  }

  /**
   * Writes the segments, from `listsFrom` codes on sorted into lists. False where another process writes them, or there are
   * too few codes to be worth it.
   */
  async write(listsFrom: number): Promise<boolean> {
    await this.#flushing;
    if (!this.#lock || this.index.size < WORTH_KEEPING) return false;
    const { codes, measured } = this.index.stats();
    if (codes >= Math.max(listsFrom, 2 * measured)) await this.index.cluster();
    await this.index.flush(this.#version);
    this.#unflushed = 0;
    return true;
  }

  /** A file that `keep` wrote beside the segments; undefined where there is none. */
  kept(name: string): string | undefined {
    try {
      return readFileSync(join(this.#catalog.indexFolder(this.#modelId), name), "utf8");
    } catch {
      return undefined;
    }
  }

  /** Writes a small file beside the segments, whole or not at all, where this process is the one that writes there. */
  keep(name: string, text: string): void {
    if (!this.#lock || this.index.size < WORTH_KEEPING) return;
    const path = join(this.#catalog.indexFolder(this.#modelId), name);
    try {
      writeFileSync(`${path}.new`, text);
      renameSync(`${path}.new`, path);
    } catch (error) {
      process.emitWarning(`${name} was not written: ${(error as Error).message}`, { type: "LookseeWarning" });
    }
  }

  async close(): Promise<void> {
    await this.#refreshing;
    clearTimeout(this.#following);
    await this.#flushing;
    await this.#flush();
    await this.index.close();
    this.#lock?.release();
  }
}

/** Where the index keeps the pictures of a category, by its id; 0 is none, -1 several. */
const groupOf = (category: number): number => (category > 0 && category < MIXED ? category : MIXED);
