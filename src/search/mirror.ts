import type { CatalogStore } from "../catalog/index.ts";
import { Bitmap, HammingIndex } from "../hamming-index/index.ts";
import { CODE_BYTES, CodeSample } from "./sample.ts";

const BATCH = 65_536;

/**
 * The catalog's codes of one model in memory, brought up to date before every query: what any process has committed
 * before the question is in the answer (read your writes). The catalog stays the only truth; this can be thrown away.
 */
export class Mirror {
  readonly index: HammingIndex;
  readonly sample: CodeSample;
  readonly #catalog: CatalogStore;
  readonly #modelId: string;
  #version = -1;
  #refreshing: Promise<void> | null = null;
  readonly #bitmaps = new Map<string, Bitmap>();
  #categories: { id: number; name: string; items: number }[] | null = null;

  private constructor(catalog: CatalogStore, modelId: string, index: HammingIndex) {
    this.#catalog = catalog;
    this.#modelId = modelId;
    this.index = index;
    this.sample = new CodeSample();
  }

  static async open(catalog: CatalogStore, modelId: string, threads: number): Promise<Mirror> {
    const mirror = new Mirror(catalog, modelId, await HammingIndex.open({ threads }));
    await mirror.refresh();
    return mirror;
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
    let ids: number[] = [];
    let codes = new Uint8Array(BATCH * CODE_BYTES);
    let gone: number[] = [];
    const flush = async () => {
      if (ids.length > 0) await this.index.upsert(Uint32Array.from(ids), codes.subarray(0, ids.length * CODE_BYTES));
      if (gone.length > 0) await this.index.remove(Uint32Array.from(gone));
      ids = [];
      gone = [];
      codes = new Uint8Array(BATCH * CODE_BYTES); // the index may keep what it was given
    };
    for (const { imageId, code } of this.#catalog.changes(this.#modelId, Math.max(0, this.#version))) {
      if (code === null) {
        gone.push(imageId);
        this.sample.remove(imageId);
      } else {
        codes.set(code, ids.length * CODE_BYTES);
        ids.push(imageId);
        this.sample.upsert(imageId, code);
      }
      if (ids.length === BATCH || gone.length === BATCH) await flush();
    }
    await flush();
    this.#bitmaps.clear();
    this.#categories = null;
    this.#version = version;
  }

  /** The pictures of a category, as an exact filter; kept until the catalog changes. */
  bitmapOf(category: string): Bitmap {
    let bitmap = this.#bitmaps.get(category);
    if (!bitmap) {
      bitmap = Bitmap.of(this.#catalog.imagesOfCategory(category));
      this.#bitmaps.set(category, bitmap);
    }
    return bitmap;
  }

  /** The shop's categories, counted when first asked for after a change (a millisecond for 30,000 items). */
  categories(): readonly { id: number; name: string; items: number }[] {
    this.#categories ??= this.#catalog.categories();
    return this.#categories;
  }

  async close(): Promise<void> {
    await this.#refreshing;
    await this.index.close();
  }
}
