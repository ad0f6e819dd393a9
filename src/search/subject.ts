import type { CatalogStore, Store } from "../catalog/index.ts";
import { LookseeError } from "../errors.ts";
import { restore } from "../ranking/index.ts";
import {
  type Box,
  codeOf,
  type FurtherObject,
  type Keypoints,
  type Sight,
  toUnitLength,
  WHOLE,
} from "../vision/index.ts";
import { keypointsAsked } from "./keypoints.ts";
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
  /** The same with one more look, at its box, once however often it is called; none where that would show nothing more. */
  again?: () => Promise<Subject>;
  /** Of its photo, or of the given box in it, found once however often it is called; none of an item that was asked about. */
  keypoints?: () => Promise<Keypoints>;
  /** The item that was asked about, and its pictures: they neither answer nor vote. */
  ownItems: ReadonlySet<string>;
  ownImages: ReadonlySet<number>;
};

/** A thing in the photo beside the main one; `closer` looks at it, once however often it is called. */
export type Further = FurtherObject & { closer(): Promise<Subject> };

/** Of the look at the box in the feature, the rest being the look at the whole photo. Chosen on held-out visits and mall 12. */
const WEIGHT_OF_BOX = 0.4;
/** That look sees the box and a seventh around it: `room` of Model.see. Chosen likewise. */
const ROOM_OF_BOX = 1.15;

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
  const spent = <T extends Pick<Subject, "timings">>(closer: T): T => {
    timings.decode += closer.timings.decode;
    timings.model += closer.timings.model;
    return closer;
  };
  const objects = sight.objects.map((object) => ({
    ...object,
    closer: once(async () => spent(await ofPhoto(photo, object.box, model))),
  }));
  const keypoints = once(() => keypointsAsked(photo, box));
  const subject: Subject = { ...sight, timings, objects, keypoints, ownItems: NONE, ownImages: NONE };
  if (box === undefined && showsMoreWithin(sight.box, model))
    subject.again = once(async () => {
      const near = spent(await model.see(photo, sight.box, ROOM_OF_BOX));
      return { ...subject, ...together(sight, near, model) };
    });
  return subject;
}

/** Whether a look at the box has not been taken, and shows anything nearer than the photo itself. */
function showsMoreWithin(box: Box, { card }: Eyes): boolean {
  return card.views.sum.every(({ of }) => of !== "box") && box.some((edge, at) => edge !== WHOLE[at]);
}

function together(whole: Sight, near: Sight, { card }: Eyes): Pick<Subject, "feature" | "code"> {
  const sum = whole.feature.map((v, i) => (1 - WEIGHT_OF_BOX) * v + WEIGHT_OF_BOX * near.feature[i]!);
  const feature = toUnitLength(sum);
  return { feature, code: codeOf(feature, card.codeThresholds) };
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let begun: Promise<T> | undefined;
  return () => (begun ??= work());
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
