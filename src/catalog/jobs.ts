import { LookseeError } from "../errors.ts";
import type { Database } from "./database.ts";

/**
 * `waiting`: for another writer of the catalog. `interrupted`: its process died, or was asked to stop; `paused`: a
 * person asked. Both are taken up by the next run of the same source. `cancelled`: a person wants no more of it.
 */
export type JobState = "waiting" | "running" | "paused" | "interrupted" | "cancelled" | "done" | "failed";
/** What another process may ask of a job under way. */
export type JobRequest = "pause" | "cancel";

/** How far a stage is. `total` and `secondsLeft` are null while nobody can know. */
export type JobProgress = {
  stage: string;
  done: number;
  total: number | null;
  perSecond: number;
  secondsLeft: number | null;
};

export type Job = {
  jobId: string;
  catalog: string;
  kind: string;
  source: string | null;
  state: JobState;
  stage: string;
  /** Null before the first sign of life. */
  progress: JobProgress | null;
  counts: Record<string, number>;
  /** What was set aside, by code. */
  failures: Record<string, number>;
  /** What it was asked and has not obeyed yet. */
  request: JobRequest | null;
  error: string | null;
  /** Grows each time an unfinished job is taken up again. */
  run: number;
  pid: number | null;
  /** ISO 8601. */
  started: string;
  heartbeat: string;
  finished: string | null;
};

/** A job's sign of life. */
export type Beat = { progress: JobProgress; counts: Record<string, number>; failures: Record<string, number> };

type JobRow = Omit<Job, "jobId" | "progress" | "counts" | "failures" | "started" | "heartbeat" | "finished"> & {
  id: number;
  progress: string | null;
  counts: string;
  failures: string;
  started: number;
  heartbeat: number;
  finished: number | null;
};

const SELECT = `SELECT j.id, c.name AS catalog, j.kind, s.name AS source, j.state, j.stage, j.progress, j.counts,
  j.failures, j.request, j.error, j.run, j.pid, j.started, j.heartbeat, j.finished
  FROM job j JOIN catalog c ON c.id = j.catalog_id LEFT JOIN source s ON s.id = j.source_id`;

export const jobName = (id: number): string => `job-${id}`;

/** Long work on one catalog, written down so that it can be watched and steered from anywhere and taken up after a crash. */
export class Jobs {
  readonly #db: Database;
  readonly #catalogId: number;

  constructor(db: Database, catalogId: number) {
    this.#db = db;
    this.#catalogId = catalogId;
  }

  /** Writes down that this process waits for its turn. `spec`: JSON that says how to begin the work again. */
  wait(kind: string, sourceId: number | null, spec: string | null = null): number {
    return this.#insert("waiting", kind, sourceId, spec);
  }

  /**
   * Begins a job, or takes up the last one of this kind and source if it never finished. Call it only under the
   * catalog's writer lock: any other job still marked running has lost its process and is marked interrupted.
   * `waiting`: the number that `wait` gave.
   */
  begin(
    kind: string,
    sourceId: number | null,
    spec: string | null = null,
    waiting: number | null = null,
  ): { id: number; run: number; resumed: boolean } {
    return this.#db.transaction(() => {
      this.#db.run(
        "UPDATE job SET state = 'interrupted', pid = NULL WHERE catalog_id = ? AND state = 'running'",
        this.#catalogId,
      );
      const queue = "SELECT id, pid, heartbeat FROM job WHERE catalog_id = ? AND state = 'waiting'";
      for (const { id, pid, heartbeat } of this.#db.all<Pick<JobRow, "id" | "pid" | "heartbeat">>(
        queue,
        this.#catalogId,
      ))
        if (id !== waiting && isDead(pid, heartbeat)) this.#db.run("DELETE FROM job WHERE id = ?", id);
      const last = this.#db.get<{ id: number; state: JobState }>(
        `SELECT id, state FROM job WHERE catalog_id = ? AND kind = ? AND source_id IS ? AND state <> 'waiting'
         ORDER BY id DESC LIMIT 1`,
        this.#catalogId,
        kind,
        sourceId,
      );
      if (last?.state === "interrupted" || last?.state === "paused") {
        if (waiting !== null) this.#db.run("DELETE FROM job WHERE id = ?", waiting);
        const row = this.#db.get<{ run: number }>(
          `UPDATE job SET state = 'running', run = run + 1, pid = ?, heartbeat = ?, error = NULL, request = NULL,
             spec = ? WHERE id = ? RETURNING run`,
          process.pid,
          Date.now(),
          spec,
          last.id,
        );
        return { id: last.id, run: row!.run, resumed: true };
      }
      if (waiting === null) return { id: this.#insert("running", kind, sourceId, spec), run: 1, resumed: false };
      this.#db.run("UPDATE job SET state = 'running', heartbeat = ? WHERE id = ?", Date.now(), waiting);
      return { id: waiting, run: 1, resumed: false };
    });
  }

  #insert(state: JobState, kind: string, sourceId: number | null, spec: string | null): number {
    const now = Date.now();
    return this.#db.run(
      `INSERT INTO job (catalog_id, source_id, kind, state, spec, pid, started, heartbeat)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[this.#catalogId, sourceId, kind, state, spec, process.pid, now, now],
    ).id;
  }

  /** A sign of life, with how far it is. */
  beat(id: number, { progress, counts, failures }: Beat): void {
    this.#db.run(
      "UPDATE job SET stage = ?, progress = ?, counts = ?, failures = ?, heartbeat = ? WHERE id = ?",
      progress.stage,
      JSON.stringify(progress),
      JSON.stringify(counts),
      JSON.stringify(failures),
      Date.now(),
      id,
    );
  }

  /** What another process asked of this job. One quick read. */
  request(id: number): JobRequest | null {
    return this.#db.get<{ request: JobRequest | null }>("SELECT request FROM job WHERE id = ?", id)?.request ?? null;
  }

  end(id: number, state: Exclude<JobState, "running" | "waiting">, error: string | null = null): void {
    const now = Date.now();
    this.#db.run(
      "UPDATE job SET state = ?, error = ?, request = NULL, heartbeat = ?, finished = ?, pid = NULL WHERE id = ?",
      state,
      error,
      now,
      state === "interrupted" || state === "paused" ? null : now,
      id,
    );
  }

  /**
   * Asks a job to pause or to cancel, whichever process runs it; one that no process runs is marked at once.
   * Throws JOB_UNKNOWN, and JOB_STATE for a job that is over.
   */
  ask(jobId: string, request: JobRequest): Job {
    const { state } = this.get(jobId);
    if (state === "done" || state === "failed" || state === "cancelled")
      throw new LookseeError("JOB_STATE", `${jobId} is ${state}`, "Only a job that is not over can be stopped");
    const id = numberOf(jobId);
    if (state === "running" || state === "waiting")
      this.#db.run("UPDATE job SET request = ? WHERE id = ?", request, id);
    else this.end(id, request === "pause" ? "paused" : "cancelled");
    return this.get(jobId);
  }

  /** Newest first. */
  list(limit = 100): Job[] {
    return this.#db
      .all<JobRow>(`${SELECT} WHERE j.catalog_id = ? ORDER BY j.id DESC LIMIT ?`, this.#catalogId, limit)
      .map(shown);
  }

  /** Throws JOB_UNKNOWN. */
  get(jobId: string): Job {
    const row = this.#db.get<JobRow>(`${SELECT} WHERE j.id = ? AND j.catalog_id = ?`, numberOf(jobId), this.#catalogId);
    if (!row)
      throw new LookseeError("JOB_UNKNOWN", `there is no job ${JSON.stringify(jobId)}`, "See `looksee jobs ls`");
    return shown(row);
  }

  /** How to begin the job again, as JSON; null: only its caller knows. */
  spec(jobId: string): string | null {
    return this.#db.get<{ spec: string | null }>("SELECT spec FROM job WHERE id = ?", numberOf(jobId))?.spec ?? null;
  }

  /** The spec of the last job of this kind that brought the source in to the end. */
  lastDoneSpec(kind: string, sourceId: number): string | null {
    const sql = `SELECT spec FROM job WHERE catalog_id = ? AND kind = ? AND source_id = ? AND state = 'done'
      ORDER BY id DESC LIMIT 1`;
    return this.#db.get<{ spec: string | null }>(sql, this.#catalogId, kind, sourceId)?.spec ?? null;
  }
}

const numberOf = (jobId: string): number => Number(/^job-(\d{1,15})$/.exec(jobId)?.[1] ?? -1);

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

const shown = ({ id, state, progress, counts, failures, started, heartbeat, finished, ...row }: JobRow): Job => ({
  jobId: jobName(id),
  ...row,
  state: (state === "running" || state === "waiting") && isDead(row.pid, heartbeat) ? "interrupted" : state,
  progress: progress === null ? null : (JSON.parse(progress) as JobProgress),
  counts: JSON.parse(counts) as Record<string, number>,
  failures: JSON.parse(failures) as Record<string, number>,
  started: iso(started),
  heartbeat: iso(heartbeat),
  finished: finished === null ? null : iso(finished),
});
