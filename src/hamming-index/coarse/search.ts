import { byDistanceThenId, type Hit } from "../every-distance.ts";
import { CODE_BITS } from "../layout.ts";
import type { Ranker } from "./ranker.ts";
import type { Reach } from "./reach.ts";
import { Walk } from "./walk.ts";

/** Compares a query with every code of `lists`: the k nearest within `limit` bits, by distance, then ascending id. */
export type Compare = (lists: Uint32Array, limit: number) => Promise<{ hits: Hit[]; compared: number }>;

/** `compared`: codes looked at; `covered`: the share of the k that these hits should have, by the catalog's own measurement. */
export type CoarseAnswer = { hits: Hit[]; compared: number; covered: number };

/** What lists there are, and how queries walk through them. */
export type Walkable = { readonly ranker: Ranker; readonly reach: Reach };

/**
 * The k nearest in as few lists as `target` (0 … 1, 1: all) needs. `sizes`: codes that may match in each list. The
 * answer depends on nothing but the codes and the lists: not on threads, nor on how fast they are.
 */
export async function searchLists(
  query: Uint8Array,
  k: number,
  target: number,
  { ranker, reach }: Walkable,
  sizes: Uint32Array,
  compare: Compare,
): Promise<CoarseAnswer> {
  const walk = new Walk(ranker.rank(query), sizes, reach, target, k);
  let hits: Hit[] = [];
  let compared = 0;
  for (;;) {
    const t = hits[k - 1]?.distance;
    const lists = walk.next(t).filter((list) => sizes[list]! > 0);
    if (lists.length === 0) return { hits, compared, covered: walk.covered(t) };
    const found = await compare(lists, t ?? CODE_BITS);
    compared += found.compared;
    hits = nearestOf(hits, found.hits, k);
  }
}

/** The first k of two answers, put together. */
export function nearestOf(some: readonly Hit[], others: readonly Hit[], k: number): Hit[] {
  const nearest: Hit[] = [];
  for (let i = 0, j = 0; nearest.length < k && (i < some.length || j < others.length); ) {
    const [a, b] = [some[i], others[j]];
    if (!b || (a && byDistanceThenId(a, b) <= 0)) {
      nearest.push(a!);
      i++;
    } else {
      nearest.push(b);
      j++;
    }
  }
  return nearest;
}
