import type { CatalogStore } from "../../catalog/index.ts";

/** Which items of a catalog may be found; saved with it, obeyed at every import. Nothing set: all of them. */
export type SelectionRules = {
  /** Only items of which something is in stock, or of which nothing is said. */
  inStock?: boolean;
  /** Not these categories. */
  except?: readonly string[];
  /** Preference x picture quality at least, 0..1. */
  least?: number;
  /** No more than so many: those of the highest preference x quality, ties by age. */
  most?: number;
};

const SETTING = "selection";

export function rulesOf(catalog: CatalogStore): SelectionRules {
  return JSON.parse(catalog.setting(SETTING) ?? "{}") as SelectionRules;
}

export function saveRules(catalog: CatalogStore, rules: SelectionRules): void {
  catalog.saveSetting(SETTING, JSON.stringify(rules));
}

export const hasRules = ({ inStock, except, least, most }: SelectionRules): boolean =>
  inStock === true || (except?.length ?? 0) > 0 || (least ?? 0) > 0 || most !== undefined;

/** Whether the rules ask how good pictures are. */
export const needsQuality = ({ least, most }: SelectionRules): boolean => (least ?? 0) > 0 || most !== undefined;
