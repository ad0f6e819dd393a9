import type { Attributes } from "./batch.ts";
import type { Database } from "./database.ts";

/** One item that shows an image, with what the shop sells under it. */
export type ItemPicture = {
  itemId: string;
  /** The variant the picture shows; the item's first one for a picture of the item as a whole; null: no variants. */
  variantId: string | null;
  title: string;
  url: string | null;
  price: number | null;
  currency: string | null;
  stock: number | null;
  category: string | null;
  /** The item's attributes, overlaid with the variant's. */
  attributes: Attributes;
  /** 0 for the item's first picture. */
  position: number;
};

/** `standIn`: the item that stands for this one and others that show the same picture; null: it stands for itself. */
export type Owner = { itemId: string; variantId: string | null; position: number; standIn: string | null };

type PictureRow = {
  imageId: number;
  item: number;
  itemId: string;
  variant: number | null;
  sku: string | null;
  position: number;
  standIn: string | null;
  firstVariant: number | null;
  firstSku: string | null;
};
type SellableRow = {
  url: string | null;
  price: number | null;
  currency: string | null;
  stock: number | null;
  attributes: string;
};
type ItemRow = SellableRow & { id: number; title: string; category: string | null };
type VariantRow = SellableRow & { id: number; sku: string };

/**
 * Items seen from their pictures. Order within an image: items by age in the catalog, then the item's pictures as
 * listed, so that every reader names the same first one.
 */
export class Items {
  readonly #db: Database;
  readonly #catalogId: number;

  constructor(db: Database, catalogId: number) {
    this.#db = db;
    this.#catalogId = catalogId;
  }

  itemsOfImages(imageIds: readonly number[]): Map<number, ItemPicture[]> {
    const pictures = this.#pictures(imageIds);
    const items = this.#items([...new Set(pictures.map((p) => p.item))]);
    const variants = this.#variants([...new Set(pictures.map((p) => p.variant).filter((v) => v !== null))]);
    const found = new Map<number, ItemPicture[]>();
    for (const { imageId, item: id, itemId, variant: variantId, position } of pictures) {
      const item = items.get(id);
      const variant = variantId === null ? undefined : variants.get(variantId);
      if (!item || (variantId !== null && !variant)) continue; // deleted between the two reads
      const list = found.get(imageId) ?? [];
      if (list.length === 0) found.set(imageId, list);
      list.push({
        itemId,
        variantId: variant?.sku ?? null,
        title: item.title,
        url: variant?.url ?? item.url,
        price: variant?.price ?? item.price,
        currency: variant?.currency ?? item.currency,
        stock: variant ? variant.stock : item.stock,
        category: item.category,
        attributes: variant ? { ...item.attributes, ...variant.attributes } : item.attributes,
        position,
      });
    }
    return found;
  }

  /** As itemsOfImages, without what the shop sells: enough to group 1,200 candidates, at a fraction of the time. */
  ownersOfImages(imageIds: readonly number[]): Map<number, Owner[]> {
    const found = new Map<number, Owner[]>();
    for (const { imageId, itemId, sku, position, standIn } of this.#pictures(imageIds)) {
      const list = found.get(imageId) ?? [];
      if (list.length === 0) found.set(imageId, list);
      list.push({ itemId, variantId: sku, position, standIn });
    }
    return found;
  }

  /** One row for each (image, item, variant); an item's own picture goes to the variants that share it, else the first. */
  #pictures(imageIds: readonly number[]): PictureRow[] {
    const rows = this.#db.all<PictureRow>(
      `SELECT p.image_id AS imageId, p.item, i.item_id AS itemId, p.variant, v.sku, min(p.position) AS position,
         l.item_id AS standIn,
         CASE WHEN p.variant IS NULL THEN
           (SELECT f.id FROM variant f WHERE f.item = p.item ORDER BY f.position, f.id LIMIT 1) END AS firstVariant,
         CASE WHEN p.variant IS NULL THEN
           (SELECT f.sku FROM variant f WHERE f.item = p.item ORDER BY f.position, f.id LIMIT 1) END AS firstSku
       FROM picture p JOIN item i ON i.id = p.item LEFT JOIN variant v ON v.id = p.variant
       LEFT JOIN duplicate d ON d.item = p.item LEFT JOIN item l ON l.id = d.leader
       WHERE p.image_id IN (SELECT value FROM json_each(?)) AND p.catalog_id = ? AND i.chosen = 1
       GROUP BY p.image_id, p.item, p.variant
       ORDER BY p.image_id, p.item, p.variant IS NULL, v.position`,
      JSON.stringify(imageIds),
      this.#catalogId,
    );
    const kept: PictureRow[] = [];
    for (const row of rows) {
      if (row.firstVariant !== null) {
        const last = kept.at(-1); // variants sort before the item's own picture
        if (last?.imageId === row.imageId && last.item === row.item) continue;
        row.variant = row.firstVariant;
        row.sku = row.firstSku;
      }
      kept.push(row);
    }
    return kept;
  }

  #items(ids: readonly number[]) {
    const rows = this.#db.all<ItemRow>(
      `SELECT i.id, i.title, i.url, i.price, i.currency, i.stock, i.attributes, c.name AS category
       FROM item i LEFT JOIN category c ON c.id = i.category_id WHERE i.id IN (SELECT value FROM json_each(?))`,
      JSON.stringify(ids),
    );
    return new Map(rows.map((row) => [row.id, { ...row, attributes: JSON.parse(row.attributes) as Attributes }]));
  }

  #variants(ids: readonly number[]) {
    const rows = this.#db.all<VariantRow>(
      `SELECT id, sku, url, price, currency, stock, attributes FROM variant
       WHERE id IN (SELECT value FROM json_each(?))`,
      JSON.stringify(ids),
    );
    return new Map(rows.map((row) => [row.id, { ...row, attributes: JSON.parse(row.attributes) as Attributes }]));
  }
}
