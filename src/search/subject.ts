import type { CatalogStore, Store } from "../catalog/index.ts";
import { LookseeError } from "../errors.ts";
import { restore } from "../ranking/index.ts";
import type { Box } from "../vision/index.ts";
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
  timings: { decode: number; model: number };
  /** The item that was asked about, and its pictures: they neither answer nor vote. */
  ownItems: ReadonlySet<string>;
  ownImages: ReadonlySet<number>;
};

const NONE: ReadonlySet<never> = new Set<never>();

/** Looks at the photo of the question, or remembers what the model saw in the item's first picture. */
export async function subjectOf(
  query: SearchQuery,
  store: Store,
  catalog: CatalogStore,
  model: Eyes,
): Promise<Subject> {
  if (query.itemId !== undefined) return ofItem(query.itemId, query.box, catalog, model);
  const photo = query.image ?? store.photo(query.imageId!);
  return { ...(await model.see(photo, query.box)), ownItems: NONE, ownImages: NONE };
}

async function ofItem(itemId: string, box: Box | undefined, catalog: CatalogStore, model: Eyes): Promise<Subject> {
  const images = catalog.imagesOfItem(itemId);
  const own = { ownItems: new Set([itemId]), ownImages: new Set(images) };
  for (const imageId of images) {
    if (box !== undefined) return { ...(await model.see(catalog.picture(imageId).bytes(), box)), ...own };
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
      ...own,
    };
  }
  throw new LookseeError(
    "CATALOG_EMPTY",
    `item ${itemId} has no picture that model ${model.id} has seen`,
    "Run `looksee index`, or search with a photo",
  );
}
