import type { Database } from "./database.ts";

/** An item as a shelf shows it; `imageId` is its first picture. */
export type ShelfItem = {
  itemId: string;
  title: string;
  url: string | null;
  price: number | null;
  currency: string | null;
  category: string | null;
  imageId: number | null;
};

const SELECT = `SELECT i.id, i.item_id AS itemId, i.title, c.name AS category,
    coalesce(i.url, v.url) AS url, coalesce(i.price, v.price) AS price, coalesce(i.currency, v.currency) AS currency,
    (SELECT p.image_id FROM picture p WHERE p.item = i.id ORDER BY p.position, p.image_id LIMIT 1) AS imageId
  FROM item i LEFT JOIN category c ON c.id = i.category_id
  LEFT JOIN variant v ON v.id = (SELECT f.id FROM variant f WHERE f.item = i.id ORDER BY f.position, f.id LIMIT 1)`;

/** The catalog item by item, in the order in which the items came in. What an item lacks its first variant gives. */
export class Shelf {
  readonly #db: Database;
  readonly #catalogId: number;

  constructor(db: Database, catalogId: number) {
    this.#db = db;
    this.#catalogId = catalogId;
  }

  /** Up to `limit` items behind the one numbered `after`; `next` is the number to go on from, null at the end. */
  page(after: number, limit: number): { items: ShelfItem[]; next: number | null } {
    const rows = this.#db.all<ShelfItem & { id: number }>(
      `${SELECT} WHERE i.catalog_id = ? AND i.id > ? ORDER BY i.id LIMIT ?`,
      this.#catalogId,
      after,
      limit + 1,
    );
    const next = rows.length > limit ? rows[limit - 1]!.id : null;
    return { items: rows.slice(0, limit).map(({ id: _, ...item }) => item), next };
  }

  item(itemId: string): ShelfItem | undefined {
    const row = this.#db.get<ShelfItem & { id: number }>(
      `${SELECT} WHERE i.catalog_id = ? AND i.item_id = ?`,
      this.#catalogId,
      itemId,
    );
    if (!row) return undefined;
    const { id: _, ...item } = row;
    return item;
  }
}
