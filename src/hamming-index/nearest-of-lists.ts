import type { Hit } from "./every-distance.ts";

/** Merges sorted lists of keys (id, distance, id, distance …; one list a memory) into the `k` nearest. */
export function nearestOfLists(lists: readonly Uint32Array[], k: number): Hit[] {
  if (lists.length === 1) return hitsOf(lists[0]!, k);
  const heads = lists.map(() => 0);
  const hits: Hit[] = [];
  while (hits.length < k) {
    let best: Hit | undefined;
    let from = -1;
    for (let i = 0; i < lists.length; i++) {
      const id = lists[i]![heads[i]!];
      if (id === undefined) continue;
      const distance = lists[i]![heads[i]! + 1]!;
      if (best && (distance > best.distance || (distance === best.distance && id > best.id))) continue;
      best = { id, distance };
      from = i;
    }
    if (!best) break;
    hits.push(best);
    heads[from]! += 2;
  }
  return hits;
}

function hitsOf(list: Uint32Array, k: number): Hit[] {
  const hits: Hit[] = [];
  for (let i = 0; i < list.length && hits.length < k; i += 2) hits.push({ id: list[i]!, distance: list[i + 1]! });
  return hits;
}
