import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** What SQLite itself finds wrong with a database file; null: nothing. */
export function faultInDatabase(path: string): string | null {
  if (!statSync(path, { throwIfNoEntry: false })) return `${path} is missing`;
  try {
    const connection = new DatabaseSync(path);
    try {
      const [first] = connection.prepare("PRAGMA integrity_check(1)").all();
      const found = String(first?.integrity_check ?? "no answer");
      if (found !== "ok") return `SQLite: ${found}`;
      const [orphan] = connection.prepare("PRAGMA foreign_key_check").all();
      return orphan ? `a row of ${orphan.table} belongs to a row of ${orphan.parent} that is gone` : null;
    } finally {
      connection.close();
    }
  } catch (error) {
    return `SQLite: ${(error as Error).message}`;
  }
}
