import { LookseeError } from "../errors.ts";
import type { Database } from "./database.ts";

/** `interrupted`: its process died, or was asked to stop; the next run of the same source goes on with it. */
export type JobState = "running" | "interrupted" | "done" | "failed";

export type Job = {
  jobId: string;
  catalog: string;
  kind: string;
  source: string | null;
  state: JobState;
  stage: string;
  counts: Record<string, number>;
  error: string | null;
  /** Grows each time an interrupted job is taken up again. */
  run: number;
  pid: number | null;
  /** ISO 8601. */
  started: string;
  heartbeat: string;
  finished: string | null;
};

type JobRow = {
  id: number;
  catalog: string;
  kind: string;
  source: string | null;
  state: JobState;
  stage: string;
  counts: string;
  error: string | null;
  run: number;
  pid: number | null;
  started: number;
  heartbeat: number;
  finished: number | null;
};

const SELECT = `SELECT j.id, c.name AS catalog, j.kind, s.name AS source, j.state, j.stage, j.counts, j.error, j.run,
  j.pid, j.started, j.heartbeat, j.finished
  FROM job j JOIN catalog c ON c.id = j.catalog_id LEFT JOIN source s ON s.id = j.source_id`;

export const jobName = (id: number): string => `job-${id}`;

/** Long work on one catalog, written down so that it can be watched from anywhere and taken up after a crash. */
export class Jobs {
  readonly #db: Database;
  readonly #catalogId: number;

  constructor(db: Database, catalogId: number) {
    this.#db = db;
    this.#catalogId = catalogId;
  }

  /**
   * Begins a job, or takes up the last one of this kind and source if it never finished. Call it only under the
   * catalog's writer lock: any other job still marked running has lost its process and is marked interrupted.
   */
  begin(kind: string, sourceId: number | null): { id: number; run: number; resumed: boolean } {
    return this.#db.transaction(() => {
      const now = Date.now();
      this.#db.run(
        "UPDATE job SET state = 'interrupted', pid = NULL WHERE catalog_id = ? AND state = 'running'",
        this.#catalogId,
      );
      const last = this.#db.get<{ id: number; state: JobState }>(
        "SELECT id, state FROM job WHERE catalog_id = ? AND kind = ? AND source_id IS ? ORDER BY id DESC LIMIT 1",
        this.#catalogId,
        kind,
        sourceId,
      );
      if (last?.state === "interrupted") {
        const row = this.#db.get<{ run: number }>(
          `UPDATE job SET state = 'running', run = run + 1, pid = ?, heartbeat = ?, error = NULL WHERE id = ?
           RETURNING run`,
          process.pid,
          now,
          last.id,
        );
        return { id: last.id, run: row!.run, resumed: true };
      }
      const { id } = this.#db.run(
        `INSERT INTO job (catalog_id, source_id, kind, state, pid, started, heartbeat)
         VALUES (?, ?, ?, 'running', ?, ?, ?)`,
        this.#catalogId,
        sourceId,
        kind,
        process.pid,
        now,
        now,
      );
      return { id, run: 1, resumed: false };
    });
  }

  /** A sign of life with the counts so far. */
  beat(id: number, stage: string, counts: Record<string, number>): void {
    this.#db.run(
      "UPDATE job SET stage = ?, counts = ?, heartbeat = ? WHERE id = ?",
      stage,
      JSON.stringify(counts),
      Date.now(),
      id,
    );
  }

  end(id: number, state: Exclude<JobState, "running">, error: string | null = null): void {
    const now = Date.now();
    this.#db.run(
      "UPDATE job SET state = ?, error = ?, heartbeat = ?, finished = ?, pid = NULL WHERE id = ?",
      state,
      error,
      now,
      state === "interrupted" ? null : now,
      id,
    );
  }

  /** Newest first. */
  list(limit = 100): Job[] {
    return this.#db
      .all<JobRow>(`${SELECT} WHERE j.catalog_id = ? ORDER BY j.id DESC LIMIT ?`, this.#catalogId, limit)
      .map(shown);
  }

  /** Throws JOB_UNKNOWN. */
  get(jobId: string): Job {
    const id = Number(/^job-(\d{1,15})$/.exec(jobId)?.[1] ?? Number.NaN);
    const row = Number.isNaN(id)
      ? undefined
      : this.#db.get<JobRow>(`${SELECT} WHERE j.id = ? AND j.catalog_id = ?`, id, this.#catalogId);
    if (!row) throw new LookseeError("JOB_UNKNOWN", `there is no job ${JSON.stringify(jobId)}`, "List them first");
    return shown(row);
  }
}

/** A job that gave no sign of life for so long, and whose process is gone, is shown as interrupted. */
const SILENT_MS = 30_000;

/** Both, since a process in another container cannot be seen from here, and a busy one may be late. */
function isDead(pid: number | null, heartbeat: number): boolean {
  if (Date.now() - heartbeat < SILENT_MS) return false;
  try {
    if (pid !== null) process.kill(pid, 0); // asks, sends nothing
    return pid === null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();

const shown = ({ id, state, counts, started, heartbeat, finished, ...row }: JobRow): Job => ({
  jobId: jobName(id),
  ...row,
  state: state === "running" && isDead(row.pid, heartbeat) ? "interrupted" : state,
  counts: JSON.parse(counts) as Record<string, number>,
  started: iso(started),
  heartbeat: iso(heartbeat),
  finished: finished === null ? null : iso(finished),
});
