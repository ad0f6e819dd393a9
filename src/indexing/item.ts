/**
 * A product as a program hands it over: `catalog.import(items)`. What is left out is unknown, not empty.
 * The same names are understood in a JSONL file.
 */
export type Item = {
  /** The shop's own id. */
  itemId: string;
  title?: string;
  /** HTML is cleaned. */
  description?: string;
  /** http(s), or a path on the shop. */
  url?: string;
  /** A number, or text such as "1.299,00 €". */
  price?: number | string;
  /** ISO 4217. */
  currency?: string;
  stock?: number | string;
  category?: string;
  attributes?: Record<string, string | number | boolean>;
  /** Paths, http(s) addresses, or the bytes themselves, in the order in which the shop shows them. */
  images?: readonly (string | Uint8Array)[];
  variants?: readonly Variant[];
};

/** A sellable form of an item. What is left out is as the item has it. */
export type Variant = Pick<Item, "title" | "url" | "price" | "currency" | "stock" | "attributes" | "images"> & {
  variantId: string;
};
