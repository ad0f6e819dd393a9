import type { Database } from "./database.ts";
import type { PictureFiles } from "./picture-files.ts";

/** Images that no item of a catalog shows any more: how many still wait, and what was deleted. */
export type Swept = { waiting: number; deleted: number; bytes: number };

/**
 * Deletes codes and files of images that this catalog stopped showing before `before` (ms since 1970) and no other
 * catalog shows. Their numbers stay, so that a reader which slept meanwhile still learns that they are gone; if the
 * picture comes back, it is looked at again under the same number.
 */
export function sweepGone(db: Database, files: Pick<PictureFiles, "remove">, catalogId: number, before: number): Swept {
  const swept = db.transaction(() => {
    const images = db.arrays<[number, string, number]>(
      `SELECT i.id, i.sha256, i.bytes FROM member m JOIN image i ON i.id = m.image_id
       WHERE m.catalog_id = ?1 AND m.gone < ?2 AND NOT EXISTS (SELECT 1 FROM picture p WHERE p.image_id = i.id)
         AND NOT EXISTS (SELECT 1 FROM member o WHERE o.image_id = i.id AND o.catalog_id <> ?1 AND o.gone >= ?2)`,
      catalogId,
      before,
    );
    for (const [id] of images) {
      db.run("DELETE FROM code WHERE key IN (SELECT id * 4294967296 + ? FROM model)", id);
      db.run("DELETE FROM sight WHERE key IN (SELECT id * 4294967296 + ? FROM model)", id);
    }
    const ids = JSON.stringify(images.map(([id]) => id));
    if (images.length > 0) db.run("DELETE FROM origin WHERE image_id IN (SELECT value FROM json_each(?))", ids);
    db.run("UPDATE member SET gone = NULL WHERE catalog_id = ? AND gone < ?", catalogId, before);
    return images;
  });
  for (const [, sha256] of swept) files.remove(sha256);
  const waiting = db.get<{ count: number }>(
    "SELECT count(*) AS count FROM member WHERE catalog_id = ? AND gone IS NOT NULL",
    catalogId,
  )!.count;
  return { waiting, deleted: swept.length, bytes: swept.reduce((sum, [, , bytes]) => sum + bytes, 0) };
}
