import { LookseeError } from "../errors.ts";
import { CODE_BYTES } from "./layout.ts";

/** `id` as given to upsert(); `distance` 0 … 512, the bits in which the codes differ. */
export type Hit = { id: number; distance: number };

/** Nearest first; equal distances by ascending id. Paging and replicas rely on it. */
export const byDistanceThenId = (a: Hit, b: Hit): number => a.distance - b.distance || a.id - b.id;

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll("0", "").length);

/**
 * The exact slow twin of search(): entry i is the distance (0 … 512) from `query` (64 bytes) to the i-th of `codes`
 * (n x 64 bytes). Throws INDEX_CODE_WIDTH.
 */
export function everyDistance(codes: Uint8Array, query: Uint8Array): Uint16Array {
  if (query.length !== CODE_BYTES || codes.length % CODE_BYTES !== 0)
    throw new LookseeError("INDEX_CODE_WIDTH", `${query.length} and ${codes.length} bytes`, "Codes are 64 bytes each");
  const distances = new Uint16Array(codes.length / CODE_BYTES);
  for (let i = 0; i < distances.length; i++) {
    let distance = 0;
    for (let byte = 0; byte < CODE_BYTES; byte++) {
      distance += ONES[codes[i * CODE_BYTES + byte]! ^ query[byte]!]!;
    }
    distances[i] = distance;
  }
  return distances;
}
