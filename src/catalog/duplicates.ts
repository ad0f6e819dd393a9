import type { Database } from "./database.ts";
import { SmallPictures } from "./small-pictures.ts";

export type Verdict = "keep" | "merge";

/** What a person said of two items, by the shop's ids, `first` < `second`. */
export type PersonalVerdict = { first: string; second: string; verdict: Verdict };

/** An item as it enters grouping: its first picture, and the first of the pictures that are the same as that one. */
export type GroupedItem = { item: number; itemId: string; imageId: number; head: number };

/** Items that show the same picture; `leader` stands for them. */
export type DuplicateGroup = { leader: string; items: { itemId: string; title: string; imageId: number }[] };

/** Which pictures were found to be the same, what people said, and which items that makes one. */
export class Duplicates {
  readonly #db: Database;
  readonly #catalogId: number;

  constructor(db: Database, catalogId: number) {
    this.#db = db;
    this.#catalogId = catalogId;
  }

  /** First pictures of items, which alone make a group, that were not compared yet; ascending. */
  unchecked(): number[] {
    return this.#db
      .arrays<[number]>(
        `SELECT DISTINCT m.image_id FROM item i
         JOIN picture p ON p.id = (SELECT f.id FROM picture f WHERE f.item = i.id ORDER BY f.position, f.id LIMIT 1)
         JOIN member m ON m.catalog_id = ?1 AND m.image_id = p.image_id AND m.live = 1
         WHERE i.catalog_id = ?1 AND NOT EXISTS
           (SELECT 1 FROM twin t WHERE t.catalog_id = ?1 AND t.image_id = p.image_id) ORDER BY m.image_id`,
        this.#catalogId,
      )
      .map(([imageId]) => imageId);
  }

  /** Opens the file of pictures shrunk for comparison; close it. */
  smallPictures(side: number): SmallPictures {
    return new SmallPictures(this.#db.dir, side);
  }

  /** All that were compared, with the first of their kind. */
  heads(): Map<number, number> {
    return new Map(
      this.#db.arrays<[number, number]>("SELECT image_id, head FROM twin WHERE catalog_id = ?", this.#catalogId),
    );
  }

  /** Forgets pictures that the catalog no longer shows; those that leaned on one get the next as their head. */
  forgetGone(): void {
    const gone = `catalog_id = ?1 AND EXISTS
      (SELECT 1 FROM member m WHERE m.catalog_id = ?1 AND m.image_id = twin.image_id AND m.live = 0)`;
    if (!this.#db.get(`SELECT 1 FROM twin WHERE ${gone} LIMIT 1`, this.#catalogId)) return;
    this.#db.transaction(() => {
      this.#db.run(`DELETE FROM twin WHERE ${gone}`, this.#catalogId);
      const heirs = this.#db.arrays<[number, number]>(
        `SELECT head, min(image_id) FROM twin t WHERE catalog_id = ?1 AND NOT EXISTS
           (SELECT 1 FROM twin h WHERE h.catalog_id = ?1 AND h.image_id = t.head) GROUP BY head`,
        this.#catalogId,
      );
      for (const [head, heir] of heirs)
        this.#db.run("UPDATE twin SET head = ? WHERE catalog_id = ? AND head = ?", heir, this.#catalogId, head);
    });
  }

  /** Writes down what was compared, and heads that gave way to an earlier one, in one transaction. */
  record(compared: readonly (readonly [imageId: number, head: number])[], merged: ReadonlyMap<number, number>): void {
    this.#db.transaction(() => {
      for (const [imageId, head] of compared)
        this.#db.run("INSERT OR REPLACE INTO twin VALUES (?, ?, ?)", this.#catalogId, imageId, head);
      for (const [from, to] of merged)
        this.#db.run("UPDATE twin SET head = ? WHERE catalog_id = ? AND head = ?", to, this.#catalogId, from);
    });
  }

  verdicts(): PersonalVerdict[] {
    return this.#db.all(
      "SELECT first, second, verdict FROM verdict WHERE catalog_id = ? ORDER BY first, second",
      this.#catalogId,
    );
  }

  /** What is said last of two items counts. */
  saveVerdicts(verdicts: readonly PersonalVerdict[]): void {
    this.#db.transaction(() => {
      for (const { first, second, verdict } of verdicts)
        this.#db.run(
          `INSERT INTO verdict VALUES (?1, min(?2, ?3), max(?2, ?3), ?4, ?5)
           ON CONFLICT DO UPDATE SET verdict = excluded.verdict, time = excluded.time`,
          this.#catalogId,
          first,
          second,
          verdict,
          Date.now(),
        );
    });
  }

  /** Items whose first picture is that of another item too, and those that a verdict names; by age. */
  candidates(): GroupedItem[] {
    return this.#db.all(
      `WITH main AS (
         SELECT i.id AS item, i.item_id AS itemId, p.image_id AS imageId, coalesce(t.head, p.image_id) AS head
         FROM item i
         JOIN picture p ON p.id = (SELECT f.id FROM picture f WHERE f.item = i.id ORDER BY f.position, f.id LIMIT 1)
         LEFT JOIN twin t ON t.catalog_id = i.catalog_id AND t.image_id = p.image_id
         WHERE i.catalog_id = ?1)
       SELECT * FROM main WHERE head IN (SELECT head FROM main GROUP BY head HAVING count(*) > 1)
         OR itemId IN (SELECT first FROM verdict WHERE catalog_id = ?1 UNION SELECT second FROM verdict WHERE catalog_id = ?1)
       ORDER BY item`,
      this.#catalogId,
    );
  }

  /** Puts these groups in place of the old ones, if they differ. */
  saveGroups(groups: readonly { leader: number; items: readonly number[] }[]): void {
    const old = this.#db.arrays<[number, number]>(
      "SELECT item, leader FROM duplicate WHERE catalog_id = ? ORDER BY item",
      this.#catalogId,
    );
    const next = groups.flatMap(({ leader, items }) => items.map((item) => [item, leader]));
    if (JSON.stringify(old) === JSON.stringify(next.sort((a, b) => a[0]! - b[0]!))) return;
    this.#db.transaction(() => {
      this.#db.run("DELETE FROM duplicate WHERE catalog_id = ?", this.#catalogId);
      for (const { leader, items } of groups)
        for (const item of items)
          this.#db.run(
            "INSERT INTO duplicate (item, catalog_id, leader) VALUES (?, ?, ?)",
            item,
            this.#catalogId,
            leader,
          );
    });
  }

  /** By the age of their leaders; the leader comes first in its group. */
  groups(): DuplicateGroup[] {
    const rows = this.#db.all<{ leader: string; itemId: string; title: string; imageId: number }>(
      `SELECT l.item_id AS leader, i.item_id AS itemId, i.title,
         (SELECT p.image_id FROM picture p WHERE p.item = i.id ORDER BY p.position, p.id LIMIT 1) AS imageId
       FROM duplicate d JOIN item l ON l.id = d.leader JOIN item i ON i.id = d.item
       WHERE d.catalog_id = ? ORDER BY d.leader, d.item <> d.leader, d.item`,
      this.#catalogId,
    );
    const groups: DuplicateGroup[] = [];
    for (const { leader, ...item } of rows) {
      if (groups.at(-1)?.leader !== leader) groups.push({ leader, items: [] });
      groups.at(-1)!.items.push(item);
    }
    return groups;
  }
}
