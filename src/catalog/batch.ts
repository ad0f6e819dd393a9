import type { Int8Feature } from "./feature.ts";

/** What a model saw in one picture, as stored. */
export type SightRecord = {
  code: Uint8Array;
  feature: Int8Feature;
  /** Probabilities over the model card's categories. */
  category: Float32Array;
  /** Fractions 0-1 of the upright picture. */
  box: readonly [x1: number, y1: number, x2: number, y2: number];
  boxScore: number;
};

/** A picture whose file is already stored and settled. `sight` is absent when its code is known. */
export type ImageRecord = {
  sha256: string;
  /** Pixels of the upright picture. */
  width: number;
  height: number;
  mime: string;
  bytes: number;
  sight?: SightRecord;
};

export type Attributes = Record<string, string | number | boolean>;

type Sellable = {
  url: string | null;
  price: number | null;
  /** ISO 4217, upper case. */
  currency: string | null;
  stock: number | null;
  attributes: Attributes;
  /** Any text that changes when the row does; the importer compares it next time. */
  contentHash: string;
};

export type VariantRecord = Sellable & { variantId: string; title: string | null };

export type ItemRecord = Sellable & {
  itemId: string;
  title: string;
  description: string | null;
  category: string | null;
  variants: readonly VariantRecord[];
  /** In the order in which they are shown. `variantId` null: a picture of the item as a whole. */
  pictures: readonly OwnedPicture[];
};

export type OwnedPicture = { variantId: string | null; sha256: string };

export type QuarantineRecord = {
  file: string;
  /** 1-based record within the file. */
  row: number;
  /** Path or address of the picture; null when the row itself is at fault. */
  picture: string | null;
  itemId: string | null;
  code: string;
  reason: string;
  remedy: string;
  /** The row as it came, for a person or a retry. */
  raw: string;
};

/** Where a picture came from and the stamp (size, time, inode; or ETag) under which it had these bytes. */
export type OriginRecord = { location: string; stamp: string; sha256: string };

/** One transaction of an import: all of it is committed, or none. Anything may be empty. */
export type Batch = {
  sourceId: number;
  modelId: string;
  images: readonly ImageRecord[];
  /** New or changed items, whole: what they no longer list is removed. */
  items: readonly ItemRecord[];
  /** Items found unchanged; from now on they count as last brought by this source. */
  unchanged: readonly string[];
  removed: readonly string[];
  origins: readonly OriginRecord[];
  quarantined: readonly QuarantineRecord[];
  job: { id: number; run: number };
};
