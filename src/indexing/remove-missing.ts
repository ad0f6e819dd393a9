import type { CatalogStore } from "../catalog/index.ts";
import { config } from "../config.ts";
import { LookseeError } from "../errors.ts";
import type { Committer } from "./committer.ts";
import type { JobRun } from "./job-run.ts";
import type { Removed } from "./report.ts";

/** More than this share of a source's items is never removed without a person's yes: half an export looks like a sale. */
const LARGEST_SHARE = 0.2;

/** Ids told of what was removed; the rest is a number. */
const TOLD = 20;

/**
 * Removes the items that this source brought last and no longer lists; what they leave behind, a grace period later.
 * An item that a row names which could not be read is broken, not gone. Throws REMOVAL_TOO_LARGE, having removed nothing.
 */
export async function removeMissing(
  catalog: CatalogStore,
  committer: Committer,
  sourceId: number,
  yes: boolean,
  job: JobRun,
): Promise<Removed> {
  const all = catalog.itemIdsOfSource(sourceId);
  const unreadable = committer.unreadable.join("\n");
  const gone = all.filter((itemId) => !committer.met.has(itemId) && !unreadable.includes(itemId));
  if (gone.length > LARGEST_SHARE * all.length && !yes)
    throw new LookseeError(
      "REMOVAL_TOO_LARGE",
      `${gone.length} of the ${all.length} items from this source are no longer in it; none was removed`,
      "If that is right, run it again with --yes; if not, the export may be incomplete",
    );
  for (let at = 0; at < gone.length; at += 1000) {
    await committer.flush(gone.slice(at, at + 1000));
    job.at("removing", Math.min(at + 1000, gone.length), gone.length);
  }
  const { graceDays } = config;
  const { waiting, deleted } = catalog.sweepGone(Date.now() - graceDays * 86_400_000);
  const itemIds = gone.slice(0, TOLD);
  return { items: gone.length, itemIds, picturesWaiting: waiting, graceDays, picturesDeleted: deleted };
}
