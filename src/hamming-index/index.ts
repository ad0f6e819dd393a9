export { Bitmap } from "./bitmap.ts";
export type { Counting } from "./counting.ts";
export { byDistanceThenId, everyDistance, type Hit } from "./every-distance.ts";
export { HammingIndex, type IndexStats, type OpenOptions, type SearchOptions } from "./hamming-index.ts";
export type { Answer } from "./searches.ts";
