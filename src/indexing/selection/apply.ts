import type { Store } from "../../catalog/index.ts";
import { asJob } from "../job-run.ts";
import type { Progress } from "../progress.ts";
import { rulesOf, type SelectionRules, saveRules } from "./rules.ts";
import { selectItems } from "./select.ts";

/** What `items select` answers. */
export type SelectionReport = { rules: SelectionRules; items: number; chosen: number };

/** Saves the rules of a catalog, if some are given, and applies them to all its items. Throws CATALOG_UNKNOWN. */
export async function applyRules(
  store: Store,
  catalogName: string,
  rules: SelectionRules | undefined,
  options: { signal?: AbortSignal; onProgress?: (progress: Progress) => void } = {},
): Promise<SelectionReport> {
  const catalog = store.catalog(catalogName);
  const tally = { counts: {}, failures: {} };
  const work = { kind: "select", sourceId: null, spec: null, what: "the selection" };
  return asJob(catalog, work, options, tally, async (job) => {
    if (rules) saveRules(catalog, rules);
    const left = await selectItems(catalog, job);
    const { items } = catalog.counts();
    return { rules: rulesOf(catalog), items, chosen: items - left };
  });
}
