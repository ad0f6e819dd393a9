import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { explained } from "./database.ts";

export type WriterLock = { release(): void };

/**
 * One long writer of a name (an import of a catalog, the keeper of an index) across processes. The lock is a RESERVED lock that SQLite takes on a file
 * of its own and holds in an open transaction: the kernel drops it when the process ends, however it ends, so there
 * is no heartbeat to trust and no stale lock to break. (Node has no flock; a pid file outlives a kill -9 and lies
 * once the pid is reused.) Short writes need no such lock, they queue at SQLite's own.
 *
 * Returns undefined while another writer holds it.
 */
export function tryWriterLock(dir: string, name: string): WriterLock | undefined {
  return explained(dir, () => {
    const holder = new DatabaseSync(join(dir, "locks", `${name}.lock`), { timeout: 0 });
    try {
      holder.exec("PRAGMA journal_mode = DELETE; BEGIN IMMEDIATE");
    } catch (error) {
      holder.close();
      if (((error as { errcode?: number }).errcode ?? 0) % 256 === 5) return undefined;
      throw error;
    }
    return {
      release: () => {
        if (holder.isOpen) holder.close(); // an open transaction ends with its connection
      },
    };
  });
}
