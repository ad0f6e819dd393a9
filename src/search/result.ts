import type { Box } from "../vision/index.ts";

/** One item of the answer, shown by the picture that matched best. Price, url and attributes are the matched variant's. */
export type SearchHit = {
  itemId: string;
  /** The variant that the picture shows; null if the picture stands for the item as a whole. */
  variantId: string | null;
  /** Calibrated likeness, 0..1. */
  score: number;
  /** Hamming distance of the codes, 0..512. */
  distance: number;
  imageId: number;
  /** Path of the picture below the server's root. */
  imageUrl: string;
  /** Where the product is in that picture; null if the model did not say. */
  box: Box | null;
  title: string | null;
  url: string | null;
  price: number | null;
  currency: string | null;
  category: string | null;
  attributes: Record<string, unknown>;
};

/** A category of the shop and the probability that the photo shows it. */
export type Guess = { id: number; name: string; p: number };

/**
 * A thing that the photo shows. `score`, 0..1: how sure the model is of it. `category`: the shop's; of what was not
 * searched for it is said where it is likelier than not by the model's kind alone, else null.
 */
export type SeenObject = { box: Box; score: number; category: string | null };

/**
 * Milliseconds by stage, of both rounds where a photo was looked at again and asked again. `fine` reads features,
 * finds keypoints of the first pictures and re-orders, `rank` groups by item and fetches the page.
 */
export type Timings = {
  decode: number;
  model: number;
  vote: number;
  coarse: number;
  fine: number;
  rank: number;
  total: number;
};

/** The same shape from the library, the command line and HTTP. */
export type SearchResult = {
  searchId: string;
  modelVersion: string;
  /** Id of the stored query photo; null if the photo is not kept or an item was the question. */
  imageId: string | null;
  /** What was searched for first: the main object, the given box, or with a category chosen the object that is of it. */
  objects: SeenObject[];
  /** What the main object (or the given box) may be, the likeliest first, at most CATEGORIES_SHOWN; ties by id. */
  categories: Guess[];
  hits: SearchHit[];
  /** Always empty for now: counts over all grouped candidates come with the filters. */
  facets: never[];
  /** Send it as `cursor` for the next page; null on the last. */
  nextCursor: string | null;
  /** The catalog most likely does not have the product: even the best hit is no good. */
  noGoodMatch: boolean;
  timings: Timings;
};

export const CATEGORIES_SHOWN = 100;

export const STAGES = ["decode", "model", "vote", "coarse", "fine", "rank", "total"] as const;
