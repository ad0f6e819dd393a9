import type { CatalogStore, Store } from "../catalog/index.ts";
import { LookseeError } from "../errors.ts";
import { restore } from "../ranking/index.ts";
import type { Box, FurtherObject } from "../vision/index.ts";
import { unseen } from "./model-folder.ts";
import type { SearchQuery } from "./query.ts";
import type { Eyes } from "./searcher.ts";

/** What is being looked for, however it was asked. */
export type Subject = {
  /** Probabilities over the model's categories. */
  category: Float32Array;
  box: Box;
  boxScore: number;
  feature: Float32Array;
  code: Uint8Array;
  /** Of all that was looked at for it, milliseconds. */
  timings: { decode: number; model: number };
  /** What else its photo shows, best first. */
  objects: readonly Further[];
  /** The item that was asked about, and its pictures: they neither answer nor vote. */
  ownItems: ReadonlySet<string>;
  ownImages: ReadonlySet<number>;
};

/** A thing in the photo beside the main one; `closer` looks at it, once however often it is called. */
export type Further = FurtherObject & { closer(): Promise<Subject> };

const NONE: ReadonlySet<never> = new Set<never>();

/** Looks at the photo of the question, or remembers what the model saw in the item's first picture. */
export async function subjectOf(
  query: SearchQuery,
  store: Store,
  catalog: CatalogStore,
  model: Eyes,
): Promise<Subject> {
  if (query.itemId !== undefined) return ofItem(query.itemId, query.box, store, catalog, model);
  const photo = query.image ?? store.photo(query.imageId!);
  return ofPhoto(photo, query.box, model);
}

async function ofPhoto(photo: Uint8Array, box: Box | undefined, model: Eyes): Promise<Subject> {
  const sight = await model.see(photo, box);
  const timings = { ...sight.timings };
  const look = async (box: Box): Promise<Subject> => {
    const closer = await ofPhoto(photo, box, model);
    timings.decode += closer.timings.decode;
    timings.model += closer.timings.model;
    return closer;
  };
  const objects = sight.objects.map((object) => {
    let looking: Promise<Subject> | undefined;
    return { ...object, closer: () => (looking ??= look(object.box)) };
  });
  return { ...sight, timings, objects, ownItems: NONE, ownImages: NONE };
}

async function ofItem(
  itemId: string,
  box: Box | undefined,
  store: Store,
  catalog: CatalogStore,
  model: Eyes,
): Promise<Subject> {
  const images = catalog.imagesOfItem(itemId);
  const own = { ownItems: new Set([itemId]), ownImages: new Set(images) };
  for (const imageId of images) {
    if (box !== undefined) return { ...(await ofPhoto(catalog.picture(imageId).bytes(), box, model)), ...own };
    const sight = catalog.sights(model.id, imageId);
    if (!sight) continue; // not indexed by this model yet; the next picture may be
    const { code, category } = sight;
    const timings = { decode: 0, model: 0 };
    return {
      code,
      category,
      box: sight.box,
      boxScore: sight.boxScore,
      feature: restore(sight.feature),
      timings,
      objects: [],
      ...own,
    };
  }
  throw (
    (await unseen(store, catalog, model.id)) ??
    new LookseeError(
      "CATALOG_EMPTY",
      `item ${itemId} has no picture that model ${model.id} has seen`,
      "Run `looksee index`, or search with a photo",
    )
  );
}
