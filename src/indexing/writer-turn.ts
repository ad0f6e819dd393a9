import { setTimeout as sleep } from "node:timers/promises";
import type { CatalogStore } from "../catalog/index.ts";
import type { Teller } from "./progress.ts";

const ASK_EVERY_MS = 250;

/** Runs `work` as the only long writer of the catalog; waits, visibly, for one that is at it. */
export async function inTurn<T>(
  catalog: CatalogStore,
  teller: Teller,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  let lock = catalog.tryWriterLock();
  for (let asked = 0; !lock; lock = catalog.tryWriterLock()) {
    teller.at("waiting", asked++, null);
    await sleep(ASK_EVERY_MS, undefined, signal ? { signal } : {});
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}
