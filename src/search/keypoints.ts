import type { CatalogStore } from "../catalog/index.ts";
import { LookseeError } from "../errors.ts";
import { type Box, type Keypoints, keypointsOfPhoto, keypointsOfPicture } from "../vision/index.ts";

/** Catalogue pictures whose keypoints are remembered, 19 kB each at the most: 40 MB when full. */
const REMEMBERED = 2000;

/** By the hash of the picture's file, so those of all catalogs of a process. The longest unused first. */
const known = new Map<string, Promise<Keypoints>>();

const NONE: Keypoints = new Uint8Array(0);

/** Keypoints of a photo, or of `box` in it. They only add to what the model saw, so one that is not to be decoded again has none. */
export function keypointsAsked(photo: Uint8Array, box: Box | undefined): Promise<Keypoints> {
  return keypointsOfPhoto(photo, box).catch(noneIfUnreadable);
}

/** A catalogue picture's keypoints, found anew (a few milliseconds) unless it was asked for lately; none of one that is gone or broken. */
export async function keypointsOfImage(catalog: CatalogStore, imageId: number): Promise<Keypoints> {
  try {
    const picture = catalog.picture(imageId);
    const found = known.get(picture.hash) ?? keypointsOfPicture(picture.bytes());
    known.delete(picture.hash); // to the end of the queue
    known.set(picture.hash, found);
    found.catch(() => known.delete(picture.hash));
    if (known.size > REMEMBERED) known.delete(known.keys().next().value!);
    return await found;
  } catch (error) {
    return noneIfUnreadable(error);
  }
}

function noneIfUnreadable(error: unknown): Keypoints {
  if (error instanceof LookseeError && /^(?:PICTURE|IMAGE)_/.test(error.code)) return NONE;
  throw error;
}
