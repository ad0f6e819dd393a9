export { Bitmap } from "./bitmap.ts";
export type { Counting } from "./counting.ts";
export { byDistanceThenId, everyDistance, type Hit } from "./every-distance.ts";
export { HammingIndex } from "./hamming-index.ts";
export type { OpenOptions, SearchOptions } from "./options.ts";
export type { Answer } from "./searches.ts";
export type { IndexStats } from "./stats.ts";
