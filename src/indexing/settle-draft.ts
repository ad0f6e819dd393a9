import { hash } from "node:crypto";
import type { CatalogStore, ItemRecord, OwnedPicture, VariantRecord } from "../catalog/index.ts";
import type { Draft, RowFields } from "./draft.ts";

/** A draft compared with what the catalog holds. */
export type Settled = {
  /** Null: nothing about it is new. */
  item: ItemRecord | null;
  /** Rows that brought something new; the rest of the draft's rows are unchanged. */
  changedRows: number;
  /** The item was last brought by another source. */
  claimed: boolean;
};

/** `pictures`: those that could be had, in the order shown. */
export function settleDraft(
  catalog: CatalogStore,
  sourceId: number,
  draft: Draft,
  pictures: readonly OwnedPicture[],
): Settled {
  const record = recordOf(draft, pictures);
  const known = catalog.known.item(draft.itemId);
  if (!known) return { item: record, changedRows: draft.rows.length, claimed: false };
  const picturesOf = (list: readonly OwnedPicture[], owner: string | null) =>
    list
      .filter(({ variantId }) => variantId === owner)
      .map(({ sha256 }) => sha256)
      .join();
  const samePictures = (owner: string | null) => picturesOf(known.pictures, owner) === picturesOf(pictures, owner);
  const changed = new Set<string | null>();
  if (known.contentHash !== record.contentHash || !samePictures(null)) changed.add(null);
  for (const { variantId, contentHash } of record.variants)
    if (known.variants.get(variantId) !== contentHash || !samePictures(variantId)) changed.add(variantId);
  const listed = record.variants.map(({ variantId }) => variantId).join("\0");
  const order = (list: readonly OwnedPicture[]) => list.map(({ sha256 }) => sha256).join();
  const same =
    changed.size === 0 && [...known.variants.keys()].join("\0") === listed && order(known.pictures) === order(pictures);
  return {
    item: same ? null : record,
    changedRows: draft.rows.filter(({ variantId }) => changed.has(variantId)).length,
    claimed: known.sourceId !== sourceId,
  };
}

function recordOf({ itemId, item, variants }: Draft, pictures: readonly OwnedPicture[]): ItemRecord {
  const { title, description, category, ...sold } = soldAs(item);
  return {
    itemId,
    title: title ?? itemId,
    description,
    category,
    ...sold,
    contentHash: contentHash(item),
    variants: variants.map((variant): VariantRecord => {
      const { title, description: _, category: __, ...sold } = soldAs(variant);
      return { variantId: variant.id, title, ...sold, contentHash: contentHash(variant) };
    }),
    pictures,
  };
}

const soldAs = ({ id: _, pictures: __, shared: ___, ...rest }: RowFields) => rest;

/** Of what a row says, as it is stored: a change that the mapping does not read is none. */
function contentHash({ pictures: _, shared: __, ...fields }: RowFields): string {
  return hash("sha256", JSON.stringify(fields), "base64url");
}
