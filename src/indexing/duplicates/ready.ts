import { readFile } from "node:fs/promises";
import type { CatalogStore, SmallPictures } from "../../catalog/index.ts";
import { LookseeError } from "../../errors.ts";
import { decode, type Picture } from "../../vision/index.ts";
import { CLOSE, type Glance, glanceOf, type Pixels, SMALL, shrunk } from "./glance.ts";
import { reliefOf } from "./place.ts";
import type { Small } from "./same-picture.ts";

/** Pictures kept: small ones made ready take 50 kB, close ones 80 kB as pixels, 1 MB made ready. */
const [SMALL_KEPT, PIXELS_KEPT, CLOSE_KEPT] = [1000, 200, 8];

/**
 * Pictures made ready for comparison. Each is decoded once in the catalog's life: its small picture is kept on disk,
 * and few pairs are so alike that the close ones are asked for. Null: the file is gone or cannot be read, so it has no
 * duplicates.
 */
export class Ready {
  readonly #catalog: CatalogStore;
  readonly #kept: SmallPictures;
  readonly #small = new Latest<Small | null>(SMALL_KEPT);
  readonly #pixels = new Latest<Promise<Picture | null>>(PIXELS_KEPT);
  readonly #close = new Latest<Glance>(CLOSE_KEPT);

  constructor(catalog: CatalogStore) {
    this.#catalog = catalog;
    this.#kept = catalog.duplicates.smallPictures(SMALL);
  }

  /** Sees to it that a picture is at hand, so that many are decoded while others are compared. */
  async ahead(imageId: number): Promise<void> {
    if (!this.#small.has(imageId)) await this.#pixelsOf(imageId);
  }

  async small(imageId: number): Promise<Small | null> {
    let small = this.#small.get(imageId);
    if (small === undefined) {
      const pixels = await this.#pixelsOf(imageId);
      const glance = pixels && glanceOf(pixels);
      small = glance && { glance, relief: reliefOf(glance) };
      this.#small.set(imageId, small);
    }
    return small;
  }

  async close(imageId: number): Promise<Glance | null> {
    const known = this.#close.get(imageId);
    if (known) return known;
    const picture = await this.#decoded(imageId);
    if (!picture) return null;
    const close = glanceOf(picture);
    this.#close.set(imageId, close);
    return close;
  }

  end(): void {
    this.#kept.close();
  }

  async #pixelsOf(imageId: number): Promise<Pixels | null> {
    const kept = this.#kept.read(imageId);
    if (kept) return kept;
    const picture = await this.#decoded(imageId);
    const pixels = picture && shrunk(picture, SMALL);
    if (pixels) this.#kept.save(imageId, pixels);
    return pixels;
  }

  #decoded(imageId: number): Promise<Picture | null> {
    let picture = this.#pixels.get(imageId);
    if (!picture) {
      picture = this.#decode(imageId);
      picture.catch(() => {}); // seen again by whoever asks
      this.#pixels.set(imageId, picture);
    }
    return picture;
  }

  async #decode(imageId: number): Promise<Picture | null> {
    try {
      return await decode(await readFile(this.#catalog.picture(imageId).path), CLOSE);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      if (error instanceof LookseeError && /^(?:PICTURE|IMAGE)_/.test(error.code)) return null;
      throw error;
    }
  }
}

/** The last `kept` used. */
class Latest<T> {
  readonly #values = new Map<number, T>();
  readonly #kept: number;

  constructor(kept: number) {
    this.#kept = kept;
  }

  has(key: number): boolean {
    return this.#values.has(key);
  }

  get(key: number): T | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: number, value: T): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#kept) this.#values.delete(this.#values.keys().next().value!);
  }
}
