import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "./database.ts";
import { hashOf, type PictureFiles } from "./picture-files.ts";

/** A file that no row speaks of yet may belong to an import at work; after a day it belongs to none. */
const YOUNG_MS = 86_400_000;
const DRAFT_MS = 3_600_000;

/** Named so that a person can look: the first few of many. */
export type Found = { count: number; bytes: number; first: string[] };

/** How the picture files and the rows that speak of them agree. */
export type Inventory = {
  /** Pictures that items show, and their bytes. */
  shown: { count: number; bytes: number };
  /** Shown, but the file is gone or has another length. */
  missing: Found;
  /** Of the files read through, those whose bytes are not what was stored. */
  damaged: Found;
  readThrough: number;
  /** Files without a row (a killed import), pictures of deleted items, and drafts left behind. */
  orphans: Found;
};

const none = (): Found => ({ count: 0, bytes: 0, first: [] });
function add(found: Found, path: string, bytes: number): void {
  found.count++;
  found.bytes += bytes;
  if (found.first.length < 10) found.first.push(path);
}

/**
 * Compares the picture files with the rows, one of the 256 folders at a time. `read`: how many files to read through
 * and compare with their hash, spread evenly. `sweep`: also deletes the orphans; only while no import is at work.
 */
export function takeInventory(
  db: Database,
  files: PictureFiles,
  options: { read: number; sweep?: boolean; onFolder?: (done: number, total: number) => void; now?: number },
): Inventory {
  const { read, sweep = false, onFolder = () => {}, now = Date.now() } = options;
  const inventory: Inventory = {
    shown: db.get(
      `SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM image
       WHERE EXISTS (SELECT 1 FROM picture WHERE image_id = image.id)`,
    )!,
    missing: none(),
    damaged: none(),
    readThrough: 0,
    orphans: none(),
  };
  const orphan = (path: string, bytes: number) => {
    add(inventory.orphans, path, bytes);
    if (sweep) rmSync(path, { force: true });
  };
  const every = Math.max(1, Math.floor(inventory.shown.count / Math.max(1, read)));
  let nth = 0;
  for (let folder = 0; folder < 256; folder++) {
    const prefix = folder.toString(16).padStart(2, "0");
    const onDisk = new Map<string, { bytes: number; age: number }>();
    for (const name of namesIn(join(files.root, prefix))) {
      const stats = statSync(join(files.root, prefix, name), { throwIfNoEntry: false });
      if (stats?.isFile()) onDisk.set(name, { bytes: stats.size, age: now - stats.mtimeMs });
    }
    const rows = db.arrays<[string, number, number, number]>(
      `SELECT sha256, bytes, EXISTS (SELECT 1 FROM picture WHERE image_id = image.id),
         EXISTS (SELECT 1 FROM member WHERE image_id = image.id AND gone IS NOT NULL) FROM image
       WHERE sha256 >= ? AND sha256 < ? ORDER BY sha256`,
      prefix,
      folder === 255 ? "g" : (folder + 1).toString(16).padStart(2, "0"),
    );
    for (const [sha256, bytes, shown, waiting] of rows) {
      const path = files.path(sha256);
      const file = onDisk.get(sha256);
      onDisk.delete(sha256);
      if (shown === 0) {
        // What an import took away waits a while before the next one deletes it; that is no orphan.
        if (file && waiting === 0 && file.age > YOUNG_MS) orphan(path, file.bytes);
      } else if (file?.bytes !== bytes) add(inventory.missing, path, bytes);
      else if (nth++ % every === 0) {
        inventory.readThrough++;
        if (hashOf(files.read(sha256)) !== sha256) add(inventory.damaged, path, bytes);
      }
    }
    for (const [name, { bytes, age }] of onDisk) if (age > YOUNG_MS) orphan(join(files.root, prefix, name), bytes);
    onFolder(folder + 1, 256);
  }
  for (const name of namesIn(join(files.root, "drafts"))) {
    const path = join(files.root, "drafts", name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats && now - stats.mtimeMs > DRAFT_MS) orphan(path, stats.size);
  }
  return inventory;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // no picture begins with these two digits
  }
}
