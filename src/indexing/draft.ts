import type { Attributes } from "../catalog/index.ts";

/** Where a picture is to be had: a path, an address, or its bytes. */
export type PictureSource = string | Uint8Array;

/** What one row says, cleaned, before its pictures are looked at. */
export type RowFields = {
  id: string;
  title: string | null;
  description: string | null;
  url: string | null;
  price: number | null;
  currency: string | null;
  stock: number | null;
  category: string | null;
  attributes: Attributes;
  pictures: readonly PictureSource[];
  /** Pictures that the row names for its item as a whole, though it describes a variant. */
  shared: readonly PictureSource[];
};

/** A row that went into a draft. `variantId` null: it speaks of the item as a whole. */
export type DraftRow = { row: number; variantId: string | null; raw: () => string };

/** An item put together from one row or several, its pictures not yet fetched. */
export type Draft = {
  itemId: string;
  item: RowFields;
  variants: readonly RowFields[];
  pictures: readonly { variantId: string | null; source: PictureSource; row: number }[];
  rows: readonly DraftRow[];
};

/** A row that was set aside. */
export type SetAside = {
  row: number;
  itemId: string | null;
  code: string;
  reason: string;
  remedy: string;
  raw: string;
};

/** What comes of the rows, in their order; every row is in exactly one outcome. */
export type Outcome =
  | { kind: "draft"; draft: Draft }
  | { kind: "aside"; aside: SetAside }
  | { kind: "deselected"; row: number; itemId: string | null };
