import type { CatalogStore } from "../catalog/index.ts";
import type { Found } from "../ranking/index.ts";
import type { SearchHit } from "./result.ts";

/**
 * Fills in what a page shows. Item rows are read for the page only, never for all that was found; an item that is gone
 * since the list was frozen is left out, so a page may be shorter, but none repeats or skips.
 */
export function hitsOf(
  catalog: CatalogStore,
  catalogName: string,
  modelId: string,
  found: readonly Found[],
  scoreOf: (likeness: number) => number,
): SearchHit[] {
  const rows = catalog.itemsOfImages(found.map(({ imageId }) => imageId));
  const hits: SearchHit[] = [];
  for (const { itemId, variantId, imageId, distance, likeness } of found) {
    const row = rows.get(imageId)?.find((row) => row.itemId === itemId && row.variantId === variantId);
    if (!row) continue;
    const { title, url, price, currency, category, attributes } = row;
    hits.push({
      itemId,
      variantId,
      score: scoreOf(likeness),
      distance,
      imageId,
      imageUrl: `/v1/catalogs/${encodeURIComponent(catalogName)}/images/${imageId}`,
      box: catalog.sights(modelId, imageId)?.box ?? null,
      title,
      url,
      price,
      currency,
      category,
      attributes,
    });
  }
  return hits;
}

/** Sales figures of a few items, from the attribute `sales` where there is one. */
export function salesOf(catalog: CatalogStore, found: readonly Found[]): (itemId: string) => number | undefined {
  const rows = catalog.itemsOfImages(found.map(({ imageId }) => imageId));
  const sales = new Map<string, number>();
  for (const { itemId, attributes } of [...rows.values()].flat()) {
    const figure = Number(attributes.sales);
    if (attributes.sales !== undefined && Number.isFinite(figure))
      sales.set(itemId, Math.max(figure, sales.get(itemId) ?? 0));
  }
  return (itemId) => sales.get(itemId);
}
