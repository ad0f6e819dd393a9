import type { QuarantineRecord } from "./batch.ts";
import type { Database } from "./database.ts";
import { jobName } from "./jobs.ts";

/** A row or picture that was set aside, as a person wants to see it. */
export type Quarantined = QuarantineRecord & { source: string; jobId: string /** ISO 8601 */; time: string };

/** Rows and pictures set aside with their reason. The last run over a source decides what is in it. */
export class Quarantine {
  readonly #db: Database;
  readonly #catalogId: number;

  constructor(db: Database, catalogId: number) {
    this.#db = db;
    this.#catalogId = catalogId;
  }

  /** In the order of sources and rows. */
  list(): Quarantined[] {
    const rows = this.#db.all<Omit<Quarantined, "jobId" | "time"> & { job: number; time: number }>(
      `SELECT s.name AS source, q.file, q.row, nullif(q.picture, '') AS picture, q.item_id AS itemId, q.code, q.reason,
         q.remedy, q.raw, q.time, q.job_id AS job
       FROM quarantine q JOIN source s ON s.id = q.source_id WHERE q.catalog_id = ?
       ORDER BY q.source_id, q.file, q.row, q.picture`,
      this.#catalogId,
    );
    return rows.map(({ job, time, ...row }) => ({ ...row, jobId: jobName(job), time: new Date(time).toISOString() }));
  }

  /** Adds within the caller's transaction. What was set aside before keeps the time of its first failure. */
  add(sourceId: number, { id, run }: { id: number; run: number }, entries: readonly QuarantineRecord[]): void {
    for (const entry of entries)
      this.#db.run(
        `INSERT INTO quarantine (catalog_id, source_id, file, row, picture, item_id, code, reason, remedy, raw, time,
           job_id, run) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (source_id, file, row, picture) DO UPDATE SET item_id = excluded.item_id, code = excluded.code,
           reason = excluded.reason, remedy = excluded.remedy, raw = excluded.raw, job_id = excluded.job_id,
           run = excluded.run`,
        this.#catalogId,
        sourceId,
        entry.file,
        entry.row,
        entry.picture ?? "",
        entry.itemId,
        entry.code,
        entry.reason,
        entry.remedy,
        entry.raw,
        Date.now(),
        id,
        run,
      );
  }

  /** Forgets what this run did not meet again: repaired, or no longer in the source. */
  keepOnly(sourceId: number, { id, run }: { id: number; run: number }): void {
    this.#db.run("DELETE FROM quarantine WHERE source_id = ? AND NOT (job_id = ? AND run = ?)", sourceId, id, run);
  }
}
