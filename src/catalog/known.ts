import { MODEL_STRIDE } from "./commit.ts";
import type { Database } from "./database.ts";

export type KnownItem = {
  sourceId: number | null;
  contentHash: string;
  variants: Map<string, string>;
  /** In order; `variantId` null: of the item as a whole. */
  pictures: { variantId: string | null; sha256: string }[];
};

/** What an importer asks before it works: is this item, this picture, this file known, and is it unchanged? */
export class Known {
  readonly #db: Database;
  readonly #catalogId: number;

  constructor(db: Database, catalogId: number) {
    this.#db = db;
    this.#catalogId = catalogId;
  }

  item(itemId: string): KnownItem | undefined {
    const item = this.#db.get<{ id: number; sourceId: number | null; contentHash: string }>(
      `SELECT id, source_id AS sourceId, content_hash AS contentHash FROM item WHERE catalog_id = ? AND item_id = ?`,
      this.#catalogId,
      itemId,
    );
    if (!item) return undefined;
    const variants = this.#db.arrays<[string, string]>(
      "SELECT sku, content_hash FROM variant WHERE item = ? ORDER BY position",
      item.id,
    );
    const pictures = this.#db.all<{ variantId: string | null; sha256: string }>(
      `SELECT v.sku AS variantId, m.sha256 FROM picture p JOIN image m ON m.id = p.image_id
       LEFT JOIN variant v ON v.id = p.variant WHERE p.item = ? ORDER BY p.position`,
      item.id,
    );
    return { sourceId: item.sourceId, contentHash: item.contentHash, variants: new Map(variants), pictures };
  }

  /** Whether these bytes are stored, and whether this model has seen them. */
  image(modelId: string, sha256: string): { imageId: number; seen: boolean; bytes: number } | undefined {
    const row = this.#db.get<{ imageId: number; bytes: number; seen: number }>(
      `SELECT id AS imageId, bytes, EXISTS (SELECT 1 FROM code WHERE key = image.id +
         (SELECT id FROM model WHERE name = ?) * ${MODEL_STRIDE}) AS seen FROM image WHERE sha256 = ?`,
      modelId,
      sha256,
    );
    return row && { imageId: row.imageId, bytes: row.bytes, seen: row.seen === 1 };
  }

  /** The picture that this file or address gave last time, and the stamp it had then. */
  origin(location: string): { stamp: string; sha256: string } | undefined {
    return this.#db.get<{ stamp: string; sha256: string }>(
      "SELECT stamp, sha256 FROM origin JOIN image ON image.id = image_id WHERE location = ?",
      location,
    );
  }
}
