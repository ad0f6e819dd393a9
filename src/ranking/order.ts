/** A picture that came through the coarse filter. */
export type Survivor = { imageId: number; distance: number; cosine: number };

/** Most alike first: by cosine, then by Hamming distance, then by ascending picture id. A total order, so pages agree. */
export function byLikeness(a: Survivor, b: Survivor): number {
  return b.cosine - a.cosine || a.distance - b.distance || a.imageId - b.imageId;
}

/** An item among the answers: its best picture, and the variant that the picture shows (null if it shows none). */
export type Found = { itemId: string; variantId: string | null; imageId: number; distance: number; cosine: number };

/** Whose picture it is; a picture may belong to several items, and to several variants of one. */
export type Owner = { itemId: string; variantId: string | null };

/**
 * One entry an item, in the order of its best picture; items that share a picture stand by ascending item id.
 * `survivors` must be sorted by likeness. Of several variants on the best picture the first named owner counts.
 * Pictures without an owner (gone since the scan) and items in `without` are passed over.
 */
export function groupByItem(
  survivors: readonly Survivor[],
  ownersOf: (imageId: number) => readonly Owner[],
  without: ReadonlySet<string> = new Set(),
): Found[] {
  const seen = new Set(without);
  const found: Found[] = [];
  for (const { imageId, distance, cosine } of survivors) {
    const fresh: Found[] = [];
    for (const { itemId, variantId } of ownersOf(imageId)) {
      if (seen.has(itemId)) continue;
      seen.add(itemId);
      fresh.push({ itemId, variantId, imageId, distance, cosine });
    }
    if (fresh.length > 1) fresh.sort((a, b) => (a.itemId < b.itemId ? -1 : 1));
    found.push(...fresh);
  }
  return found;
}

/** Quality touches these first items only; the rest follow as they are (KDD'18: the top 60). */
export const QUALITY_DEPTH = 60;

/** Start and end of each run of equally alike items (same cosine, same distance) among the first QUALITY_DEPTH. */
export function equalRuns(found: readonly Found[]): [start: number, end: number][] {
  const runs: [number, number][] = [];
  const depth = Math.min(found.length, QUALITY_DEPTH);
  for (let start = 0; start < depth; ) {
    let end = start + 1;
    while (
      end < depth &&
      found[end]!.cosine === found[start]!.cosine &&
      found[end]!.distance === found[start]!.distance
    )
      end++;
    if (end - start > 1) runs.push([start, end]);
    start = end;
  }
  return runs;
}

/**
 * Within each run of equally alike items, better sellers first; the rest keep their place, and an item without a sales
 * figure counts as unsold. Returns a new list.
 */
export function bestSellersFirst(found: readonly Found[], salesOf: (itemId: string) => number | undefined): Found[] {
  const ordered = [...found];
  for (const [start, end] of equalRuns(found)) {
    const run = ordered.slice(start, end).map((item) => ({ item, sales: salesOf(item.itemId) ?? 0 }));
    run.sort((a, b) => b.sales - a.sales); // stable: equal sales keep the order by likeness and id
    for (const [i, { item }] of run.entries()) ordered[start + i] = item;
  }
  return ordered;
}
