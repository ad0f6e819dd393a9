import { Commit } from "./commit.ts";
import type { Database } from "./database.ts";

/** Of a picture, 0..1 each, as the vision room measured it. */
export type StoredQuality = { sharpness: number; exposure: number; watermark: number; collage: number; text: number };

/** What decides whether an item is chosen. */
export type SelectionRow = {
  item: number;
  itemId: string;
  category: string | null;
  /** Some of it, or a variant, is in stock, or nothing is said of stock. */
  inStock: boolean;
  /** Figures of the row, where it has them. */
  sales: number | null;
  clicks: number | null;
  /** The text of the first date among the attributes that say when the item was made or changed. */
  date: string | null;
  /** Its first picture. */
  imageId: number | null;
  side: number;
  quality: StoredQuality | null;
  chosen: boolean;
  why: string | null;
};

const DATES = ["created_at", "created", "updated_at", "published_at", "date_added", "news_from_date", "date"];
const number = (name: string) => `CAST(json_extract(i.attributes, '$.${name}') AS REAL)`;
const IN_STOCK = `CASE WHEN EXISTS (SELECT 1 FROM variant v WHERE v.item = i.id)
  THEN EXISTS (SELECT 1 FROM variant v WHERE v.item = i.id AND coalesce(v.stock, 1) > 0)
  ELSE coalesce(i.stock, 1) > 0 END`;
const ROWS = `SELECT i.id AS item, i.item_id AS itemId, c.name AS category, ${IN_STOCK} AS inStock,
    ${number("sales")} AS sales, ${number("clicks")} AS clicks,
    coalesce(${DATES.map((name) => `json_extract(i.attributes, '$.${name}')`).join(", ")}) AS date,
    m.id AS imageId, max(coalesce(m.width, 0), coalesce(m.height, 0)) AS side,
    q.sharpness, q.exposure, q.watermark, q.collage, q.text, i.chosen, i.why
  FROM item i LEFT JOIN category c ON c.id = i.category_id
  LEFT JOIN picture p ON p.id = (SELECT f.id FROM picture f WHERE f.item = i.id ORDER BY f.position, f.id LIMIT 1)
  LEFT JOIN image m ON m.id = p.image_id LEFT JOIN quality q ON q.image_id = m.id`;

type Row = Omit<SelectionRow, "inStock" | "quality" | "chosen"> & StoredQuality & { inStock: number; chosen: number };

/** Which items may be found, and what that is decided by. */
export class Selection {
  readonly #db: Database;
  readonly #catalogId: number;

  constructor(db: Database, catalogId: number) {
    this.#db = db;
    this.#catalogId = catalogId;
  }

  /** All items, by age. */
  rows(): SelectionRow[] {
    return this.#db.all<Row>(`${ROWS} WHERE i.catalog_id = ? ORDER BY i.id`, this.#catalogId).map(shown);
  }

  /** Internal ids of items that are not chosen. */
  unchosen(): number[] {
    const sql = "SELECT id FROM item WHERE catalog_id = ? AND chosen = 0 ORDER BY id";
    return this.#db.arrays<[number]>(sql, this.#catalogId).map(([item]) => item);
  }

  /** First pictures of items whose quality nobody has measured, ascending. */
  unmeasured(): number[] {
    return this.#db
      .arrays<[number]>(
        `SELECT DISTINCT p.image_id FROM item i
         JOIN picture p ON p.id = (SELECT f.id FROM picture f WHERE f.item = i.id ORDER BY f.position, f.id LIMIT 1)
         WHERE i.catalog_id = ? AND NOT EXISTS (SELECT 1 FROM quality WHERE image_id = p.image_id) ORDER BY 1`,
        this.#catalogId,
      )
      .map(([imageId]) => imageId);
  }

  saveQualities(qualities: ReadonlyMap<number, StoredQuality>): void {
    this.#db.transaction(() => {
      for (const [imageId, { sharpness, exposure, watermark, collage, text }] of qualities)
        this.#db.run(
          "INSERT OR REPLACE INTO quality VALUES (?, ?, ?, ?, ?, ?)",
          imageId,
          sharpness,
          exposure,
          watermark,
          collage,
          text,
        );
    });
  }

  /** `why` null: chosen. One transaction; from the next search on, an item that is not chosen is not found. */
  choose(changes: readonly { item: number; why: string | null }[]): void {
    if (changes.length > 0) this.#db.transaction(() => new Commit(this.#db, this.#catalogId, "").choose(changes));
  }
}

function shown({ inStock, chosen, sharpness, exposure, watermark, collage, text, ...row }: Row): SelectionRow {
  const quality = sharpness === null ? null : { sharpness, exposure, watermark, collage, text };
  return { ...row, inStock: inStock === 1, chosen: chosen === 1, quality };
}
