import type { CatalogStore, Verdict } from "../../catalog/index.ts";
import { LookseeError } from "../../errors.ts";
import { groupAnew } from "./find.ts";

/**
 * A person's say on duplicates, kept by the shop's ids, so that it holds after every later import, also for items that
 * go and come back. `keep`: these items stand apart (a single one: apart from all it is grouped with now); `merge`:
 * they are one. What is said last of two items counts. Throws ITEM_UNKNOWN, USAGE.
 */
export function decide(catalog: CatalogStore, verdict: Verdict, itemIds: readonly string[]): void {
  const items = [...new Set(itemIds)];
  for (const itemId of items) catalog.item(itemId);
  const [only] = items;
  const group = catalog.duplicates.groups().find((group) => group.items.some(({ itemId }) => itemId === only));
  const others = items.length > 1 ? [] : (group?.items ?? []).map(({ itemId }) => itemId).filter((id) => id !== only);
  if (items.length < 2 && (verdict === "merge" || others.length === 0))
    throw new LookseeError(
      "USAGE",
      only === undefined ? "no item is named" : `item ${only} is alone`,
      "Name at least two items",
    );
  const pairs = items.flatMap((first, at) => [...items.slice(at + 1), ...others].map((second) => ({ first, second })));
  catalog.duplicates.saveVerdicts(pairs.map((pair) => ({ ...pair, verdict })));
  groupAnew(catalog);
}
