import { createHash } from "node:crypto";
import type { Attributes, QuarantineRecord } from "./batch.ts";
import { MODEL_STRIDE } from "./commit.ts";
import type { Database } from "./database.ts";
import { Quarantine } from "./quarantine.ts";

const PAGE = 1000;

type Sold = {
  title: string | null;
  url: string | null;
  price: number | null;
  currency: string | null;
  stock: number | null;
  attributes: Attributes;
};

export type ItemLine = Sold & {
  kind: "item";
  id: number;
  itemId: string;
  source: string | null;
  title: string;
  description: string | null;
  category: string | null;
  variants: ({ id: number; variantId: string } & Sold)[];
  /** In the order shown; `variantId` null: of the item as a whole. */
  pictures: { imageId: number; sha256: string; variantId: string | null }[];
  /** The item that stands for this one and others that show the same picture; null: it stands for itself. */
  standIn: string | null;
};

/** One line of a catalog's export; what each kind holds is all that the catalog knows of it, without times and jobs. */
export type ExportLine =
  | { kind: "category"; id: number; name: string }
  | {
      kind: "image";
      id: number;
      sha256: string;
      width: number;
      height: number;
      mime: string;
      bytes: number;
      /** By model. `code`: hex; `sight`: SHA-256 over feature, category and box, so that equal lines mean equal sights. */
      codes: Record<string, { code: string; sight: string }>;
    }
  | ItemLine
  | ({ kind: "quarantine"; source: string } & QuarantineRecord);

type SoldRow = { url: string | null; price: number | null; currency: string | null; stock: number | null };
type ItemRow = SoldRow & {
  id: number;
  itemId: string;
  source: string | null;
  title: string;
  description: string | null;
  category: string | null;
  attributes: string;
  standIn: string | null;
};
const ITEMS = `SELECT i.id, i.item_id AS itemId, s.name AS source, i.title, i.description, c.name AS category, i.url,
    i.price, i.currency, i.stock, i.attributes, l.item_id AS standIn
  FROM item i LEFT JOIN duplicate d ON d.item = i.id LEFT JOIN item l ON l.id = d.leader
  LEFT JOIN source s ON s.id = i.source_id LEFT JOIN category c ON c.id = i.category_id WHERE i.catalog_id = ?`;
type VariantRow = SoldRow & { id: number; variantId: string; title: string | null; attributes: string };
type ImageRow = { id: number; sha256: string; width: number; height: number; mime: string; bytes: number };

/**
 * Everything that a catalog holds, in one order: categories, images and items by internal id, then the quarantine.
 * Canonical: two catalogs brought up from equal sources give equal lines, however often their imports were killed.
 */
export class Export {
  readonly #db: Database;
  readonly #catalogId: number;

  constructor(db: Database, catalogId: number) {
    this.#db = db;
    this.#catalogId = catalogId;
  }

  *lines(): Generator<ExportLine> {
    yield* this.#db.all<{ kind: "category"; id: number; name: string }>(
      "SELECT 'category' AS kind, id, name FROM category WHERE catalog_id = ? ORDER BY id",
      this.#catalogId,
    );
    yield* this.#images();
    yield* this.#items();
    for (const { jobId: _, time: __, ...entry } of new Quarantine(this.#db, this.#catalogId).list())
      yield { kind: "quarantine", ...entry };
  }

  *#images(): Generator<ExportLine> {
    const models = this.#db.all<{ id: number; name: string }>("SELECT id, name FROM model ORDER BY name");
    const sql = `SELECT i.id, i.sha256, i.width, i.height, i.mime, i.bytes FROM member m JOIN image i ON i.id = m.image_id
      WHERE m.catalog_id = ? AND m.live = 1 AND i.id > ? ORDER BY i.id LIMIT ${PAGE}`;
    for (const row of this.#pages<ImageRow>(sql))
      yield { kind: "image", ...row, codes: Object.fromEntries(models.flatMap((model) => this.#codes(model, row.id))) };
  }

  #codes(model: { id: number; name: string }, imageId: number): [string, { code: string; sight: string }][] {
    const key = model.id * MODEL_STRIDE + imageId;
    const seen = this.#db.get<{ code: Uint8Array }>("SELECT code FROM code WHERE key = ?", key);
    if (!seen) return [];
    const hash = createHash("sha256");
    const [sight] = this.#db.arrays<(Uint8Array | number)[]>(
      "SELECT feature, category, scale, x1, y1, x2, y2, box_score FROM sight WHERE key = ?",
      key,
    );
    for (const part of sight ?? []) hash.update(typeof part === "number" ? Float64Array.of(part) : part);
    return [[model.name, { code: Buffer.from(seen.code).toString("hex"), sight: hash.digest("hex") }]];
  }

  /** One item's line; undefined if the catalog has no such item. */
  item(itemId: string): ItemLine | undefined {
    const row = this.#db.get<ItemRow>(`${ITEMS} AND i.item_id = ?`, this.#catalogId, itemId);
    return row && this.#itemLine(row);
  }

  *#items(): Generator<ExportLine> {
    for (const row of this.#pages<ItemRow>(`${ITEMS} AND i.id > ? ORDER BY i.id LIMIT ${PAGE}`))
      yield this.#itemLine(row);
  }

  #itemLine({ attributes, ...row }: ItemRow): ItemLine {
    const variants = this.#db.all<VariantRow>(
      `SELECT id, sku AS variantId, title, url, price, currency, stock, attributes FROM variant
       WHERE item = ? ORDER BY position, id`,
      row.id,
    );
    const pictures = this.#db.all<{ imageId: number; sha256: string; variantId: string | null }>(
      `SELECT p.image_id AS imageId, m.sha256, v.sku AS variantId FROM picture p JOIN image m ON m.id = p.image_id
       LEFT JOIN variant v ON v.id = p.variant WHERE p.item = ? ORDER BY p.position`,
      row.id,
    );
    return {
      kind: "item",
      ...row,
      attributes: JSON.parse(attributes) as Attributes,
      variants: variants.map(({ attributes, ...variant }) => ({
        ...variant,
        attributes: JSON.parse(attributes) as Attributes,
      })),
      pictures,
    };
  }

  /** Rows by ascending id, a page at a time, so that a writer is held up by none. */
  *#pages<Row extends { id: number }>(sql: string): Generator<Row> {
    for (let last = 0; ; ) {
      const page = this.#db.all<Row>(sql, this.#catalogId, last);
      yield* page;
      if (page.length < PAGE) return;
      last = page.at(-1)!.id;
    }
  }
}
