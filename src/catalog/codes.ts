import type { SightRecord } from "./batch.ts";
import { MODEL_STRIDE } from "./commit.ts";
import type { Database } from "./database.ts";
import type { Int8Feature } from "./feature.ts";

/** Rows a page: large enough that SQLite's start-up does not count, small enough to hold no snapshot for long. */
const PAGE = 4096;

/**
 * `category`: the id of the category of all chosen items that show the image; 0: they have none, -1: not the same one; null
 * where `code` is.
 */
export type CodeChange = { imageId: number; code: Uint8Array | null; category: number | null };

/** An image (member m) that an item lists, though the item may not be one to be found. */
export const LISTED = `(m.live = 1
  OR EXISTS (SELECT 1 FROM picture p WHERE p.image_id = m.image_id AND p.catalog_id = m.catalog_id))`;

/** The codes of one catalog under one model. A model no picture was seen with has no codes, which is no error. */
export class Codes {
  readonly #db: Database;
  readonly #catalogId: number;

  constructor(db: Database, catalogId: number) {
    this.#db = db;
    this.#catalogId = catalogId;
  }

  /**
   * Every image whose code, presence or category changed after version `since`, with its code as of now; null: gone from the
   * catalog, or not yet seen by this model. `since` 0: every image present, by ascending id, no nulls.
   * Read `version()` before; what is committed meanwhile is reported now, again later, or both.
   */
  *changes(modelId: string, since: number): Generator<CodeChange> {
    for (const page of since <= 0 ? this.#everything(modelId) : this.#after(modelId, since))
      for (const [imageId, code, category] of page) yield { imageId, code, category };
  }

  *#everything(modelId: string): Generator<[number, Uint8Array, number][]> {
    const low = this.#low(modelId);
    if (low === undefined) return;
    for (let last = 0; ; ) {
      const page = this.#db.arrays<[number, Uint8Array, number]>(
        `SELECT m.image_id, c.code, m.category FROM member m JOIN code c ON c.key = ? + m.image_id
         WHERE m.catalog_id = ? AND m.image_id > ? AND m.live = 1 ORDER BY m.image_id LIMIT ${PAGE}`,
        low,
        this.#catalogId,
        last,
      );
      yield page;
      if (page.length < PAGE) return;
      last = page.at(-1)![0];
    }
  }

  *#after(modelId: string, since: number): Generator<[number, Uint8Array | null, number | null][]> {
    const low = this.#low(modelId) ?? -MODEL_STRIDE;
    for (let [changed, last] = [since, MODEL_STRIDE]; ; ) {
      const page = this.#db.arrays<[number, Uint8Array | null, number | null, number]>(
        `SELECT m.image_id, c.code, iif(c.code IS NULL, NULL, m.category), m.changed FROM member m LEFT JOIN code c ON m.live = 1 AND c.key = ? + m.image_id
         WHERE m.catalog_id = ? AND (m.changed, m.image_id) > (?, ?) ORDER BY m.changed, m.image_id LIMIT ${PAGE}`,
        low,
        this.#catalogId,
        changed,
        last,
      );
      yield page.map(([image, code, category]) => [image, code, category]);
      if (page.length < PAGE) return;
      const end = page.at(-1)!;
      [changed, last] = [end[3], end[0]];
    }
  }

  /** Int8 features by image id; an image without one is left out. 1,200 ids take 1 to 3 ms. */
  features(modelId: string, imageIds: readonly number[]): Map<number, Int8Feature> {
    const found = new Map<number, Int8Feature>();
    const low = this.#low(modelId);
    if (low === undefined) return found;
    // One statement for all ids: a third of the time of one statement an id (measured at 500,000 rows).
    for (const [key, bytes, scale] of this.#db.arrays<[number, Uint8Array, number]>(
      // CROSS JOIN: in the order given, without first sorting the ids (4.6 -> 3.8 ms for 1,200 of a million).
      "SELECT s.key, s.feature, s.scale FROM json_each(?2) j CROSS JOIN sight s ON s.key = ?1 + j.value",
      low,
      JSON.stringify(imageIds),
    ))
      found.set(key - low, { values: new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length), scale });
    return found;
  }

  /** All that the model saw in one image; undefined if it has not seen it. */
  sight(modelId: string, imageId: number): SightRecord | undefined {
    const low = this.#low(modelId);
    if (low === undefined) return undefined;
    const row = this.#db.get<SightRow>(
      `SELECT code, feature, scale, category, x1, y1, x2, y2, box_score FROM sight JOIN code USING (key) WHERE key = ?`,
      low + imageId,
    );
    return (
      row && {
        code: row.code,
        feature: { values: new Int8Array(row.feature.buffer, row.feature.byteOffset, 512), scale: row.scale },
        category: new Float32Array(row.category.slice().buffer),
        box: [row.x1, row.y1, row.x2, row.y2],
        boxScore: row.box_score,
      }
    );
  }

  /** Images that items list, to be found or not, and that the model has not seen; ascending, at most `limit` above `after`. */
  missing(modelId: string, after: number, limit: number): number[] {
    return this.#db
      .arrays<[number]>(
        `SELECT image_id FROM member m WHERE catalog_id = ? AND ${LISTED} AND image_id > ?
         AND NOT EXISTS (SELECT 1 FROM code WHERE key = ? + image_id) ORDER BY image_id LIMIT ?`,
        this.#catalogId,
        after,
        this.#low(modelId) ?? -MODEL_STRIDE,
        limit,
      )
      .map(([id]) => id);
  }

  countMissing(modelId: string): number {
    return this.#db.get<{ n: number }>(
      `SELECT count(*) AS n FROM member m WHERE catalog_id = ? AND ${LISTED}
       AND NOT EXISTS (SELECT 1 FROM code WHERE key = ? + image_id)`,
      this.#catalogId,
      this.#low(modelId) ?? -MODEL_STRIDE,
    )!.n;
  }

  /** Codes that a search can find. */
  count(modelId: string): number {
    return this.#db.get<{ n: number }>(
      "SELECT count(*) AS n FROM member JOIN code ON key = ? + image_id WHERE catalog_id = ? AND live = 1",
      this.#low(modelId) ?? -MODEL_STRIDE,
      this.#catalogId,
    )!.n;
  }

  /** Whether a search can find any. Quick where it can. */
  any(modelId: string): boolean {
    const sql = "SELECT 1 FROM member JOIN code ON key = ? + image_id WHERE catalog_id = ? AND live = 1 LIMIT 1";
    const low = this.#low(modelId);
    return low !== undefined && this.#db.get(sql, low, this.#catalogId) !== undefined;
  }

  /**
   * Images whose code is not the sign bits of their feature, the two having been stored together: a sign of damage.
   * A feature is kept in steps of its scale, so values within a step of the threshold may say either. Ascending.
   */
  *disagreeing(modelId: string, thresholds: readonly number[] | null, onPage: (codes: number) => void) {
    const low = this.#low(modelId);
    if (low === undefined) return;
    for (let [last, count] = [0, 0]; ; ) {
      const page = this.#db.arrays<[number, Uint8Array, Uint8Array | null, number]>(
        `SELECT m.image_id, c.code, s.feature, s.scale FROM member m JOIN code c ON c.key = ?1 + m.image_id
         LEFT JOIN sight s ON s.key = c.key
         WHERE m.catalog_id = ?2 AND m.image_id > ?3 AND m.live = 1 ORDER BY m.image_id LIMIT ${PAGE}`,
        low,
        this.#catalogId,
        last,
      );
      for (const [imageId, code, feature, scale] of page)
        if (feature === null || !agree(code, feature, scale, thresholds)) yield imageId;
      count += page.length;
      onPage(count);
      if (page.length < PAGE) return;
      last = page.at(-1)![0];
    }
  }

  /** The models that have seen at least one of the catalog's pictures, the oldest first. */
  models(): string[] {
    return this.#db
      .arrays<[string]>(
        `SELECT name FROM model WHERE EXISTS (SELECT 1 FROM member m JOIN code c
           ON c.key = model.id * ${MODEL_STRIDE} + m.image_id WHERE m.catalog_id = ? AND m.live = 1) ORDER BY id`,
        this.#catalogId,
      )
      .map(([name]) => name);
  }

  /** Where the model's keys begin; undefined for a model this data folder has never met. */
  #low(modelId: string): number | undefined {
    const row = this.#db.get<{ id: number }>("SELECT id FROM model WHERE name = ?", modelId);
    return row && row.id * MODEL_STRIDE;
  }
}

function agree(code: Uint8Array, feature: Uint8Array, scale: number, thresholds: readonly number[] | null): boolean {
  for (let i = 0; i < feature.length; i++) {
    const value = ((feature[i]! << 24) >> 24) * scale - (thresholds?.[i] ?? 0);
    if (Math.abs(value) > scale && value > 0 !== ((code[i >> 3]! >> (i & 7)) & 1) > 0) return false;
  }
  return true;
}

type SightRow = {
  code: Uint8Array;
  feature: Uint8Array;
  scale: number;
  category: Uint8Array;
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  box_score: number;
};
