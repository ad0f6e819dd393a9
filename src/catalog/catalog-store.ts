import { createHash } from "node:crypto";
import { join } from "node:path";
import { LookseeError } from "../errors.ts";
import type { Batch, SightRecord } from "./batch.ts";
import { type CodeChange, Codes } from "./codes.ts";
import { Commit } from "./commit.ts";
import type { Database } from "./database.ts";
import { Duplicates } from "./duplicates.ts";
import { Export, type ExportLine, type ItemLine } from "./export.ts";
import type { Int8Feature } from "./feature.ts";
import { type Swept, sweepGone } from "./gone.ts";
import { type ItemPicture, Items, type Owner } from "./items.ts";
import { Jobs } from "./jobs.ts";
import { Known } from "./known.ts";
import type { PictureFiles } from "./picture-files.ts";
import { Quarantine, type Quarantined } from "./quarantine.ts";
import { Selection } from "./selection.ts";
import { Shelf, type ShelfItem } from "./shelf.ts";
import { Thumbnails } from "./thumbnails.ts";
import { tryWriterLock, type WriterLock } from "./writer-lock.ts";

export type Picture = {
  imageId: number;
  /** SHA-256 of the bytes, hex. */
  hash: string;
  path: string;
  width: number;
  height: number;
  mime: string;
  /** The file's bytes; throws IMAGE_UNKNOWN if the file is gone, PICTURE_BROKEN with `verify` if it changed. */
  bytes(verify?: boolean): Uint8Array;
};

/**
 * One catalog: what search reads and what indexing writes. Reads do not write; every read sees what any process has
 * committed before it.
 */
export class CatalogStore {
  readonly name: string;
  readonly id: number;
  readonly jobs: Jobs;
  readonly known: Known;
  readonly thumbnails: Thumbnails;
  readonly #db: Database;
  readonly #files: PictureFiles;
  readonly #codes: Codes;
  readonly #items: Items;
  readonly #quarantine: Quarantine;
  readonly #shelf: Shelf;
  readonly duplicates: Duplicates;
  readonly selection: Selection;

  constructor(db: Database, files: PictureFiles, id: number, name: string) {
    this.#db = db;
    this.#files = files;
    this.id = id;
    this.name = name;
    this.jobs = new Jobs(db, id);
    this.known = new Known(db, id);
    this.thumbnails = new Thumbnails(db.dir);
    this.#codes = new Codes(db, id);
    this.#items = new Items(db, id);
    this.#quarantine = new Quarantine(db, id);
    this.#shelf = new Shelf(db, id);
    this.duplicates = new Duplicates(db, id);
    this.selection = new Selection(db, id);
  }

  /** Change counter: grows with every commit, by any process, that changes items, pictures or codes. About 3 µs. */
  version(): number {
    return this.#db.get<{ version: number }>("SELECT version FROM catalog WHERE id = ?", this.id)?.version ?? 0;
  }

  /** See Codes.changes. A million codes load in under a second. */
  changes(modelId: string, since: number): Iterable<CodeChange> {
    return this.#codes.changes(modelId, since);
  }

  features(modelId: string, imageIds: readonly number[]): Map<number, Int8Feature> {
    return this.#codes.features(modelId, imageIds);
  }

  sights(modelId: string, imageId: number): SightRecord | undefined {
    return this.#codes.sight(modelId, imageId);
  }

  /** Images, found or not, without a code of this model, ascending from above `after`. */
  missingCodes(modelId: string, after = 0, limit = 1000): number[] {
    return this.#codes.missing(modelId, after, limit);
  }

  countMissingCodes(modelId: string): number {
    return this.#codes.countMissing(modelId);
  }

  countCodes(modelId: string): number {
    return this.#codes.count(modelId);
  }

  /** Whether a search with this model can find anything. */
  hasCodes(modelId: string): boolean {
    return this.#codes.any(modelId);
  }

  /** The change counter when the model that answers last changed. */
  promotedAt(): number {
    return this.#db.get<{ promoted: number }>("SELECT promoted FROM catalog WHERE id = ?", this.id)?.promoted ?? 0;
  }

  /** See Codes.disagreeing. */
  disagreeingCodes(modelId: string, thresholds: readonly number[] | null, onPage: (codes: number) => void) {
    return this.#codes.disagreeing(modelId, thresholds, onPage);
  }

  /** The models that have seen at least one of the catalog's pictures, the oldest first. */
  models(): string[] {
    return this.#codes.models();
  }

  itemsOfImages(imageIds: readonly number[]): Map<number, ItemPicture[]> {
    return this.#items.itemsOfImages(imageIds);
  }

  ownersOfImages(imageIds: readonly number[]): Map<number, Owner[]> {
    return this.#items.ownersOfImages(imageIds);
  }

  /** Categories with at least one item, the largest first, then by name. */
  categories(): { id: number; name: string; items: number }[] {
    return this.#db.all(
      // Counted within the index, a third of the time of a join (34 ms for a million items).
      `SELECT id, name, items FROM (SELECT c.id, c.name,
         (SELECT count(*) FROM item i WHERE i.category_id = c.id) AS items FROM category c WHERE c.catalog_id = ?)
       WHERE items > 0 ORDER BY items DESC, name`,
      this.id,
    );
  }

  /** Ascending. An unknown category has no images. */
  imagesOfCategory(name: string): number[] {
    return this.#db
      .arrays<[number]>(
        `SELECT DISTINCT p.image_id FROM category c JOIN item i ON i.category_id = c.id JOIN picture p ON p.item = i.id
         WHERE c.catalog_id = ? AND c.name = ? ORDER BY p.image_id`,
        this.id,
        name,
      )
      .map(([id]) => id);
  }

  /** Ascending: the images that chosen items of this category show, and chosen items of others too. */
  sharedImagesOfCategory(id: number): number[] {
    return this.#db
      .arrays<[number]>(
        `SELECT m.image_id FROM member m WHERE m.catalog_id = ?1 AND m.category = -1 AND EXISTS
           (SELECT 1 FROM picture p JOIN item i ON i.id = p.item
            WHERE p.image_id = m.image_id AND p.catalog_id = ?1 AND i.category_id = ?2 AND i.chosen = 1)
         ORDER BY m.image_id`,
        this.id,
        id,
      )
      .map(([image]) => image);
  }

  /** The category of the oldest item that shows the image; null: that item has none. Unknown images are left out. */
  categoryOfImages(imageIds: readonly number[]): Map<number, string | null> {
    const rows = this.#db.arrays<[number, string | null, number]>(
      `SELECT p.image_id, c.name, min(p.item) FROM picture p JOIN item i ON i.id = p.item
       LEFT JOIN category c ON c.id = i.category_id
       WHERE p.image_id IN (SELECT value FROM json_each(?)) AND p.catalog_id = ? GROUP BY p.image_id`,
      JSON.stringify(imageIds),
      this.id,
    );
    return new Map(rows.map(([image, category]) => [image, category]));
  }

  /** The items in the order in which they came in; see Shelf.page. */
  shelf(after: number, limit: number): { items: ShelfItem[]; next: number | null } {
    return this.#shelf.page(after, limit);
  }

  /** Of several items (by internal id) the one that stands for them: in stock, the best seller, then the oldest. */
  standsFor(items: readonly number[]): number {
    const row = this.#db.get<{ id: number }>(
      `SELECT id FROM item WHERE id IN (SELECT value FROM json_each(?))
       ORDER BY chosen DESC, coalesce(stock, 1) > 0 DESC,
         CAST(coalesce(json_extract(attributes, '$.sales'), 0) AS REAL) DESC, id LIMIT 1`,
      JSON.stringify(items),
    );
    return row?.id ?? items[0]!;
  }

  /** The shop's ids of about `count` items, evenly over the catalog and the same whenever it holds the same items. */
  someItems(count: number): string[] {
    const step = Math.max(1, Math.floor(this.counts().items / count));
    return this.#db
      .arrays<[string]>(
        "SELECT item_id FROM item WHERE catalog_id = ? AND id % ? = 0 ORDER BY id LIMIT ?",
        this.id,
        step,
        count,
      )
      .map(([itemId]) => itemId);
  }

  /** Throws ITEM_UNKNOWN. */
  item(itemId: string): ShelfItem {
    const item = this.#shelf.item(itemId);
    if (!item) throw unknownItem(itemId, this.name);
    return item;
  }

  /** In the order in which the shop lists them. Throws ITEM_UNKNOWN. */
  imagesOfItem(itemId: string): number[] {
    const item = this.#db.get<{ id: number }>(
      "SELECT id FROM item WHERE catalog_id = ? AND item_id = ?",
      this.id,
      itemId,
    );
    if (!item) throw unknownItem(itemId, this.name);
    const rows = this.#db.arrays<[number, number]>(
      "SELECT image_id, min(position) AS at FROM picture WHERE item = ? GROUP BY image_id ORDER BY at",
      item.id,
    );
    return rows.map(([image]) => image);
  }

  /** Throws IMAGE_UNKNOWN if no item of this catalog shows the image. */
  picture(imageId: number): Picture {
    const row = Number.isSafeInteger(imageId)
      ? this.#db.get<{ sha256: string; width: number; height: number; mime: string }>(
          `SELECT sha256, width, height, mime FROM image
           WHERE id = ? AND EXISTS (SELECT 1 FROM picture WHERE image_id = image.id AND catalog_id = ?)`,
          imageId,
          this.id,
        )
      : undefined;
    if (!row)
      throw new LookseeError(
        "IMAGE_UNKNOWN",
        `catalog ${this.name} has no image ${imageId}`,
        "Take an id from a search",
      );
    const { sha256, width, height, mime } = row;
    const bytes = (verify = false) => this.#files.read(sha256, verify);
    return { imageId, hash: sha256, path: this.#files.path(sha256), width, height, mime, bytes };
  }

  /** `pictures`: distinct by content. With a source: only what it brought last. */
  counts(sourceId?: number): { items: number; variants: number; pictures: number } {
    if (sourceId === undefined)
      return this.#db.get(
        `SELECT (SELECT count(*) FROM item WHERE catalog_id = ?1) AS items,
           (SELECT count(*) FROM variant v JOIN item i ON i.id = v.item WHERE i.catalog_id = ?1) AS variants,
           (SELECT count(*) FROM member WHERE catalog_id = ?1 AND live = 1) AS pictures`,
        this.id,
      )!;
    return this.#db.get(
      `SELECT (SELECT count(*) FROM item WHERE source_id = ?1) AS items,
         (SELECT count(*) FROM variant v JOIN item i ON i.id = v.item WHERE i.source_id = ?1) AS variants,
         (SELECT count(DISTINCT p.image_id) FROM picture p JOIN item i ON i.id = p.item WHERE i.source_id = ?1) AS pictures`,
      sourceId,
    )!;
  }

  /** Everything that the catalog holds, in canonical order; see Export. */
  export(): Iterable<ExportLine> {
    return new Export(this.#db, this.id).lines();
  }

  /** One item's line of the export. Throws ITEM_UNKNOWN. */
  exportItem(itemId: string): ItemLine {
    const line = new Export(this.#db, this.id).item(itemId);
    if (!line) throw unknownItem(itemId, this.name);
    return line;
  }

  quarantine(): Quarantined[] {
    return this.#quarantine.list();
  }

  /** The number of a named source; made on first use. */
  source(name: string): number {
    return this.#db.transaction(() => {
      const known = this.#db.get<{ id: number }>(
        "SELECT id FROM source WHERE catalog_id = ? AND name = ?",
        this.id,
        name,
      );
      return known?.id ?? this.#db.run("INSERT INTO source (catalog_id, name) VALUES (?, ?)", this.id, name).id;
    });
  }

  /** The mapping last used for the source of this name, as JSON; undefined: none yet. */
  savedMapping(name: string): string | undefined {
    const sql = "SELECT mapping FROM source WHERE catalog_id = ? AND name = ?";
    return this.#db.get<{ mapping: string | null }>(sql, this.id, name)?.mapping ?? undefined;
  }

  saveMapping(sourceId: number, json: string): void {
    this.#db.run("UPDATE source SET mapping = ?1 WHERE id = ?2 AND mapping IS NOT ?1", json, sourceId);
  }

  setting(name: string): string | undefined {
    const sql = "SELECT value FROM setting WHERE catalog_id = ? AND name = ?";
    return this.#db.get<{ value: string }>(sql, this.id, name)?.value;
  }

  saveSetting(name: string, value: string): void {
    this.#db.run("INSERT OR REPLACE INTO setting (catalog_id, name, value) VALUES (?, ?, ?)", this.id, name, value);
  }

  /** The shop's ids of all items that a source brought last, in the order in which they came in. */
  itemIdsOfSource(sourceId: number): string[] {
    return this.#db
      .arrays<[string]>("SELECT item_id FROM item WHERE source_id = ? ORDER BY id", sourceId)
      .map(([id]) => id);
  }

  /** One transaction. When it returns, everything in the batch is durable and visible to every process. */
  commit(batch: Batch): void {
    this.#db.transaction(() => {
      new Commit(this.#db, this.id, batch.modelId).write(batch);
      this.#quarantine.add(batch.sourceId, batch.job, batch.quarantined);
    });
  }

  /** Drops quarantine entries of this source that this run did not meet again. */
  keepQuarantine(sourceId: number, job: { id: number; run: number }): void {
    this.#db.transaction(() => this.#quarantine.keepOnly(sourceId, job));
  }

  /** Adds what a model saw in images that are already here. */
  addSights(modelId: string, sights: ReadonlyMap<number, SightRecord>): void {
    this.#db.transaction(() => {
      const commit = new Commit(this.#db, this.id, modelId);
      for (const [imageId, sight] of sights) commit.sight(imageId, sight);
      commit.finish();
    });
  }

  /** Deletes an item with its variants; images nothing else shows vanish from the next search on. Throws ITEM_UNKNOWN. */
  deleteItem(itemId: string): void {
    const found = this.#db.transaction(() => new Commit(this.#db, this.id, "").remove(itemId));
    if (!found) throw unknownItem(itemId, this.name);
  }

  /** Stores a picture's file; see PictureFiles. */
  storePicture(sha256: string, bytes: Uint8Array): Promise<void> {
    return this.#files.put(sha256, bytes);
  }

  /** Makes all pictures stored so far durable; call it before the commit that speaks of them. */
  settlePictures(): Promise<void> {
    return this.#files.settle();
  }

  /** Removes what a killed import left half written; see PictureFiles. */
  sweepDrafts(): void {
    this.#files.sweepDrafts();
  }

  /** Deletes what images left behind that nobody has shown since `before` (ms since 1970); see gone.ts. */
  sweepGone(before: number): Swept {
    const remove = (sha256: string) => {
      this.#files.remove(sha256);
      this.thumbnails.remove(sha256);
    };
    return sweepGone(this.#db, { remove }, this.id, before);
  }

  hasPictureFile(sha256: string, bytes: number): boolean {
    return this.#files.has(sha256, bytes);
  }

  tryWriterLock(): WriterLock | undefined {
    return tryWriterLock(this.#db.dir, `catalog-${this.id}`);
  }

  /** Folder for what is derived from the codes of one model, and can be made again from them. */
  indexFolder(modelId: string): string {
    return join(this.#db.dir, "index", this.#indexName(modelId));
  }

  /** Held by the one process that writes to indexFolder(); undefined while another does. */
  tryIndexLock(modelId: string): WriterLock | undefined {
    return tryWriterLock(this.#db.dir, `index-${this.#indexName(modelId)}`);
  }

  /** A model may be called anything, a folder may not. */
  #indexName(modelId: string): string {
    return `${this.id}-${createHash("sha256").update(modelId).digest("hex").slice(0, 16)}`;
  }
}

const unknownItem = (itemId: string, catalog: string): LookseeError =>
  new LookseeError(
    "ITEM_UNKNOWN",
    `catalog ${catalog} has no item ${JSON.stringify(itemId).slice(0, 200)}`,
    "Take an itemId from the imported source or from a search",
  );
