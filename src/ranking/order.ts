/** A picture that came through the coarse filter. `likeness`: the cosine of features, to which keypoints may add later. */
export type Survivor = { imageId: number; distance: number; likeness: number };

/** Most alike first: by likeness, then by Hamming distance, then by ascending picture id. A total order, so pages agree. */
export function byLikeness(a: Survivor, b: Survivor): number {
  return b.likeness - a.likeness || a.distance - b.distance || a.imageId - b.imageId;
}

/** An item among the answers: its best picture, and the variant that the picture shows (null if it shows none). */
export type Found = { itemId: string; variantId: string | null; imageId: number; distance: number; likeness: number };

/**
 * Whose picture it is; a picture may belong to several items, and to several variants of one. `standIn`: the item that
 * stands for all that show the same picture; null or absent: nothing else does.
 */
export type Owner = { itemId: string; variantId: string | null; standIn?: string | null };

/**
 * Gives each item once, at its best picture, in the order of likeness, and of items that stand for one another only the
 * first, the one that stands for all if the picture is its own too; items that share a picture stand by ascending item
 * id. Of several variants on the best picture the first named owner counts. Works through the survivors a part at a
 * time, so that owners are looked up only as far down as pages are asked for.
 */
export class ItemGroups {
  readonly #survivors: readonly Survivor[];
  readonly #seen: Set<string>;
  readonly #standIns = new Set<string>();
  readonly #found: Found[] = [];
  #next = 0;

  /** `survivors` must be sorted by likeness; items in `without` are passed over. */
  constructor(survivors: readonly Survivor[], without: Iterable<string> = []) {
    this.#survivors = survivors;
    this.#seen = new Set(without);
  }

  /** The items found so far. */
  get found(): readonly Found[] {
    return this.#found;
  }

  /** True when every survivor has been looked at: there will be no more items. */
  get complete(): boolean {
    return this.#next === this.#survivors.length;
  }

  /** Looks at the next `count` survivors. A picture without an owner (gone since the scan) is passed over. */
  advance(count: number, ownersOf: (imageIds: number[]) => ReadonlyMap<number, readonly Owner[]>): void {
    const part = this.#survivors.slice(this.#next, this.#next + count);
    this.#next += part.length;
    const owners = ownersOf(part.map(({ imageId }) => imageId));
    for (const { imageId, distance, likeness } of part) {
      const fresh: Found[] = [];
      const named = owners.get(imageId) ?? [];
      const leading = named.filter(({ itemId, standIn }) => itemId === standIn);
      for (const { itemId, variantId, standIn } of [...leading, ...named]) {
        if (this.#seen.has(itemId)) continue;
        this.#seen.add(itemId);
        if (standIn) {
          if (this.#standIns.has(standIn)) continue;
          this.#standIns.add(standIn);
        }
        fresh.push({ itemId, variantId, imageId, distance, likeness });
      }
      if (fresh.length > 1) fresh.sort((a, b) => (a.itemId < b.itemId ? -1 : 1));
      this.#found.push(...fresh);
    }
  }

  /** Puts another order of the items found so far in their place; for the quality re-rank of the first ones. */
  reorder(order: (found: readonly Found[]) => Found[]): void {
    const ordered = order(this.#found);
    this.#found.splice(0, this.#found.length, ...ordered);
  }
}

/** Quality touches these first items only; the rest follow as they are (KDD'18: the top 60). */
export const QUALITY_DEPTH = 60;

/** Start and end of each run of equally alike items (same likeness, same distance) among the first QUALITY_DEPTH. */
export function equalRuns(found: readonly Found[]): [start: number, end: number][] {
  const runs: [number, number][] = [];
  const depth = Math.min(found.length, QUALITY_DEPTH);
  for (let start = 0; start < depth; ) {
    let end = start + 1;
    while (
      end < depth &&
      found[end]!.likeness === found[start]!.likeness &&
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
