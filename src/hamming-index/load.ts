import { LookseeError } from "../errors.ts";
import type { Folder } from "./folder.ts";
import type { Holdings } from "./holdings.ts";
import type { Upkeep } from "./upkeep.ts";

/**
 * Takes in what the folder's manifest names; what is damaged or gone is left out and named in `refused`. Returns the mark,
 * 0 where there is no manifest to be read. Throws INDEX_FULL, INDEX_FOLDER.
 */
export async function load(
  folder: Folder,
  holdings: Holdings,
  upkeep: Upkeep,
  refused: LookseeError[],
): Promise<number> {
  const refuse = (error: unknown): void => {
    if (!(error instanceof LookseeError) || !error.code.startsWith("SEGMENT_")) throw error;
    refused.push(error);
  };
  let mark = 0;
  for (let tries = 0; tries < 5; tries++) {
    const stamp = folder.stamp();
    refused.length = 0;
    try {
      const manifest = folder.manifest();
      mark = manifest?.mark ?? 0;
      try {
        if (manifest?.lists) upkeep.loadClusters(manifest.lists);
      } catch (error) {
        refuse(error);
      }
      for (const listed of manifest?.segments ?? []) await upkeep.load(listed).catch(refuse);
    } catch (error) {
      refuse(error);
    }
    // The process that writes may have replaced what the manifest named when it was read.
    if (refused.length === 0 || folder.stamp() === stamp) break;
    holdings.arena.give(holdings.replace(holdings.segments, undefined));
  }
  return mark;
}
