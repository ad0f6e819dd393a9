import { LookseeError } from "../errors.ts";
import type { Box } from "../vision/index.ts";

/** One question. Exactly one of image, imageId and itemId; beside a cursor the same one again, or none. */
export type SearchQuery = {
  /** Picture file bytes. */
  image?: Uint8Array | undefined;
  /** Id of a stored query photo (`imageId` of an earlier result). */
  imageId?: string | undefined;
  /** An item of the catalog: more like its first picture. The item itself is left out of the answer. */
  itemId?: string | undefined;
  /** The object meant, [x1,y1,x2,y2] in fractions 0-1 of the upright picture; found by the model if not given. */
  box?: Box | undefined;
  /** Search this category of the shop only, by its exact name. */
  category?: string | undefined;
  /** Hits on a page, 1..100. */
  limit?: number | undefined;
  /** `nextCursor` of the page before. */
  cursor?: string | undefined;
};

export const DEFAULT_LIMIT = 20;
const HIGHEST_LIMIT = 100;

const INPUTS = ["image", "imageId", "itemId"] as const;

/** Throws SEARCH_BAD_INPUT or SEARCH_BOX if the question cannot be asked of any catalog. */
export function checkQuery(query: SearchQuery): void {
  const given = INPUTS.filter((name) => query[name] !== undefined);
  if (given.length > 1 || (given.length === 0 && query.cursor === undefined))
    throw new LookseeError(
      "SEARCH_BAD_INPUT",
      given.length === 0 ? "the search names nothing to look for" : `the search gives ${given.join(" and ")} at once`,
      "Give exactly one of image, imageId and itemId",
    );
  const { limit } = query;
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1 && limit <= HIGHEST_LIMIT))
    throw new LookseeError("SEARCH_BAD_INPUT", `limit is ${limit}`, `Give a whole number from 1 to ${HIGHEST_LIMIT}`);
  if (query.box !== undefined) checkBox(query.box);
}

function checkBox(box: readonly number[]): void {
  const [x1, y1, x2, y2] = box;
  const fraction = (value: unknown) => typeof value === "number" && value >= 0 && value <= 1;
  if (box.length === 4 && box.every(fraction) && x1! < x2! && y1! < y2!) return;
  throw new LookseeError(
    "SEARCH_BOX",
    `the box [${[...box].join(", ")}] is no part of the picture`,
    "Give [x1, y1, x2, y2] as fractions 0 to 1 of the upright picture, x1 < x2 and y1 < y2",
  );
}
