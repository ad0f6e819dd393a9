import type { Batch, ImageRecord, ItemRecord, SightRecord } from "./batch.ts";
import type { Database } from "./database.ts";

/** 2^32: image ids stay below it, so model and image share one integer key within 2^53. */
export const MODEL_STRIDE = 4_294_967_296;

/** The number of a model within this data folder; made on first use. */
function modelNumber(db: Database, modelId: string): number {
  const known = db.get<{ id: number }>("SELECT id FROM model WHERE name = ?", modelId);
  return known?.id ?? db.run("INSERT INTO model (name) VALUES (?)", modelId).id;
}

/**
 * Writes one batch. Runs inside the caller's transaction. Ids are given in the batch's order, so the same source
 * gives the same ids however often the import was interrupted between batches.
 */
export class Commit {
  readonly #db: Database;
  readonly #catalogId: number;
  readonly #modelId: string;
  #modelNumber: number | undefined;
  /** Images whose membership or code may have changed; true: the code did. */
  readonly #touched = new Map<number, boolean>();
  #changed = false;
  /** Looked up once in a batch: images by their hash, categories by their name. */
  readonly #images = new Map<string, number>();
  readonly #categories = new Map<string, number>();

  constructor(db: Database, catalogId: number, modelId: string) {
    this.#db = db;
    this.#catalogId = catalogId;
    this.#modelId = modelId;
  }

  write(batch: Batch): void {
    for (const image of batch.images) this.#image(image);
    for (const item of batch.items) this.#item(item, batch.sourceId);
    for (const itemId of batch.removed) this.#remove(itemId);
    const claim = "UPDATE item SET source_id = ?1 WHERE catalog_id = ?2 AND item_id = ?3 AND source_id IS NOT ?1";
    for (const itemId of batch.unchanged) this.#db.run(claim, batch.sourceId, this.#catalogId, itemId);
    for (const { location, stamp, sha256 } of batch.origins)
      this.#db.run(
        `INSERT INTO origin (location, stamp, image_id) SELECT ?, ?, id FROM image WHERE sha256 = ?
         ON CONFLICT (location) DO UPDATE SET stamp = excluded.stamp, image_id = excluded.image_id`,
        location,
        stamp,
        sha256,
      );
    this.finish();
  }

  #image(image: ImageRecord): void {
    const { sha256, width, height, mime, bytes, sight } = image;
    const id =
      this.#stored(sha256) ??
      this.#db.run(
        "INSERT INTO image (sha256, width, height, mime, bytes) VALUES (?, ?, ?, ?, ?)",
        sha256,
        width,
        height,
        mime,
        bytes,
      ).id;
    this.#images.set(sha256, id);
    if (sight) this.sight(id, sight);
  }

  sight(imageId: number, { code, feature, category, box, boxScore }: SightRecord): void {
    this.#modelNumber ??= modelNumber(this.#db, this.#modelId);
    const key = this.#modelNumber * MODEL_STRIDE + imageId;
    this.#db.run("INSERT OR REPLACE INTO code (key, code) VALUES (?, ?)", key, code);
    this.#db.run(
      `INSERT OR REPLACE INTO sight (key, feature, scale, category, x1, y1, x2, y2, box_score)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      key,
      new Uint8Array(feature.values.buffer, feature.values.byteOffset, feature.values.byteLength),
      feature.scale,
      new Uint8Array(category.buffer, category.byteOffset, category.byteLength),
      ...box,
      boxScore,
    );
    this.#touched.set(imageId, true);
  }

  #item(item: ItemRecord, sourceId: number): void {
    this.#changed = true;
    const known = this.#db.get<{ id: number }>(
      "SELECT id FROM item WHERE catalog_id = ? AND item_id = ?",
      this.#catalogId,
      item.itemId,
    );
    const row = this.#db.get<{ id: number }>(
      `INSERT INTO item (catalog_id, item_id, source_id, category_id, title, description, url, price, currency, stock,
         attributes, content_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (catalog_id, item_id) DO UPDATE SET source_id = excluded.source_id,
         category_id = excluded.category_id, title = excluded.title, description = excluded.description,
         url = excluded.url, price = excluded.price, currency = excluded.currency, stock = excluded.stock,
         attributes = excluded.attributes, content_hash = excluded.content_hash
       RETURNING id`,
      this.#catalogId,
      item.itemId,
      sourceId,
      item.category === null ? null : this.#category(item.category),
      item.title,
      item.description,
      item.url,
      item.price,
      item.currency,
      item.stock,
      JSON.stringify(item.attributes),
      item.contentHash,
    );
    const id = row!.id;
    if (known) {
      this.#touchPicturesOf(id);
      this.#db.run("DELETE FROM picture WHERE item = ?", id);
    }
    const variants = this.#variants(id, item, known !== undefined);
    item.pictures.forEach(({ variantId, sha256 }, position) => {
      const image = this.#images.get(sha256) ?? this.#stored(sha256);
      if (image === undefined)
        throw new Error(`item ${item.itemId} lists picture ${sha256}, which this data folder lacks`);
      this.#db.run(
        "INSERT INTO picture (catalog_id, item, variant, image_id, position) VALUES (?, ?, ?, ?, ?)",
        this.#catalogId,
        id,
        variantId === null ? null : variants.get(variantId)!,
        image,
        position,
      );
      if (!this.#touched.has(image)) this.#touched.set(image, false);
    });
  }

  #stored(sha256: string): number | undefined {
    return this.#db.get<{ id: number }>("SELECT id FROM image WHERE sha256 = ?", sha256)?.id;
  }

  /** Ids of the item's variants by the shop's id; those no longer listed are deleted. */
  #variants(item: number, { variants }: ItemRecord, known: boolean): Map<string, number> {
    const ids = new Map<string, number>();
    variants.forEach((variant, position) => {
      const row = this.#db.get<{ id: number }>(
        `INSERT INTO variant (item, sku, position, title, url, price, currency, stock, attributes, content_hash)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (item, sku) DO UPDATE SET position = excluded.position, title = excluded.title,
           url = excluded.url, price = excluded.price, currency = excluded.currency, stock = excluded.stock,
           attributes = excluded.attributes, content_hash = excluded.content_hash
         RETURNING id`,
        item,
        variant.variantId,
        position,
        variant.title,
        variant.url,
        variant.price,
        variant.currency,
        variant.stock,
        JSON.stringify(variant.attributes),
        variant.contentHash,
      );
      ids.set(variant.variantId, row!.id);
    });
    if (!known) return ids;
    const kept = JSON.stringify([...ids.values()]);
    this.#db.run("DELETE FROM variant WHERE item = ? AND id NOT IN (SELECT value FROM json_each(?))", item, kept);
    return ids;
  }

  #category(name: string): number {
    const id =
      this.#categories.get(name) ??
      this.#db.get<{ id: number }>("SELECT id FROM category WHERE catalog_id = ? AND name = ?", this.#catalogId, name)
        ?.id ??
      this.#db.run("INSERT INTO category (catalog_id, name) VALUES (?, ?)", this.#catalogId, name).id;
    this.#categories.set(name, id);
    return id;
  }

  /** False if the catalog has no such item. */
  #remove(itemId: string): boolean {
    const item = this.#db.get<{ id: number }>(
      "SELECT id FROM item WHERE catalog_id = ? AND item_id = ?",
      this.#catalogId,
      itemId,
    );
    if (!item) return false;
    this.#touchPicturesOf(item.id);
    this.#db.run("DELETE FROM item WHERE id = ?", item.id);
    this.#changed = true;
    return true;
  }

  /** Removes one item and closes the commit. False if the catalog has no such item. */
  remove(itemId: string): boolean {
    const found = this.#remove(itemId);
    this.finish();
    return found;
  }

  /** Says of items whether they may be found (`why` null) or why not, and closes the commit. */
  choose(changes: readonly { item: number; why: string | null }[]): void {
    for (const { item, why } of changes) {
      this.#db.run("UPDATE item SET chosen = ?, why = ? WHERE id = ?", why === null ? 1 : 0, why, item);
      this.#touchPicturesOf(item);
    }
    this.#changed = true;
    this.finish();
  }

  #touchPicturesOf(item: number): void {
    for (const { id } of this.#db.all<{ id: number }>("SELECT image_id AS id FROM picture WHERE item = ?", item))
      if (!this.#touched.has(id)) this.#touched.set(id, false);
  }

  /** Grows the change counters and dates what changed by them, here and in every catalog that shows a recoded image. */
  finish(): void {
    const recoded = [...this.#touched.keys()].filter((image) => this.#touched.get(image));
    const others = [...this.#touched.keys()].filter((image) => !this.#touched.get(image));
    if (this.#changed || this.#touched.size > 0) {
      const version = this.#grow(this.#catalogId);
      this.#date(this.#catalogId, recoded, version, true);
      this.#date(this.#catalogId, others, version, false);
    }
    for (const [catalogId, images] of this.#elsewhere(recoded))
      this.#date(catalogId, images, this.#grow(catalogId), true);
    this.#touched.clear();
    this.#changed = false;
  }

  /** The other catalogs that show some of the images. */
  #elsewhere(images: readonly number[]): Map<number, number[]> {
    const found = new Map<number, number[]>();
    if (images.length === 0) return found;
    for (const [catalogId, image] of this.#db.arrays<[number, number]>(
      `SELECT DISTINCT p.catalog_id, p.image_id FROM json_each(?) j CROSS JOIN picture p ON p.image_id = j.value
       WHERE p.catalog_id <> ?`,
      JSON.stringify(images),
      this.#catalogId,
    ))
      found.set(catalogId, [...(found.get(catalogId) ?? []), image]);
    return found;
  }

  #grow(catalogId: number): number {
    const row = this.#db.get<{ version: number }>(
      "UPDATE catalog SET version = version + 1 WHERE id = ? RETURNING version",
      catalogId,
    );
    return row!.version;
  }

  #date(catalogId: number, images: readonly number[], version: number, recoded: boolean): void {
    if (images.length === 0) return;
    // One statement for all: a third of the time of one an image.
    this.#db.run(
      `INSERT INTO member (catalog_id, image_id, live, changed, category)
       SELECT ?1, value, shown > 0, ?3, CASE WHEN shown = 0 THEN NULL WHEN least = most THEN least ELSE -1 END
       FROM (SELECT j.value, count(i.id) AS shown,
           min(iif(i.id IS NULL, NULL, coalesce(i.category_id, 0))) AS least, max(coalesce(i.category_id, 0)) AS most
         FROM json_each(?2) j LEFT JOIN picture p ON p.image_id = j.value AND p.catalog_id = ?1
         LEFT JOIN item i ON i.id = p.item AND i.chosen = 1 GROUP BY j.value)
       WHERE true
       ON CONFLICT (catalog_id, image_id) DO UPDATE SET live = excluded.live, changed = excluded.changed,
         category = excluded.category, gone = iif(EXISTS (SELECT 1 FROM picture
           WHERE image_id = excluded.image_id AND catalog_id = ?1), NULL, coalesce(gone, ?5))
         WHERE live <> excluded.live OR category IS NOT excluded.category OR ?4`,
      catalogId,
      JSON.stringify(images),
      version,
      recoded ? 1 : 0,
      Date.now(),
    );
  }
}
