import { setTimeout as sleep } from "node:timers/promises";
import { type CatalogStore, type Job, type JobRequest, jobName } from "../catalog/index.ts";
import { LookseeError } from "../errors.ts";
import { type Progress, Teller } from "./progress.ts";

const ASK_EVERY_MS = 250;
const BEAT_EVERY_MS = 1000;

export type JobWork = {
  kind: string;
  sourceId: number | null;
  /** JSON that says how to begin the work again; null: only its caller knows. */
  spec: string | null;
  /** What is being done to what, for the message when it is stopped. */
  what: string;
};

/** A job under way: its number, when to stop, and where it tells how far it is. */
export class JobRun {
  readonly id: number;
  /** Grows each time the job is taken up again. */
  readonly run: number;
  /** Aborted by the caller, or by another process that asked the job to pause or cancel. */
  readonly signal: AbortSignal;
  readonly #teller: Teller;

  constructor(job: { id: number; run: number }, signal: AbortSignal, teller: Teller) {
    this.id = job.id;
    this.run = job.run;
    this.signal = signal;
    this.#teller = teller;
  }

  get name(): string {
    return jobName(this.id);
  }

  at(stage: string, done: number, total: number | null): void {
    this.#teller.at(stage, done, total);
  }
}

/** What a job has counted so far, asked about once a second. */
export type Tally = { counts: Record<string, number>; failures: Record<string, number> };

/**
 * Runs `work` as a job: the only long writer of the catalog, waiting visibly for one that is at it; written down with
 * its progress once a second; stopped by its caller's signal or from another process (`Jobs.ask`), after which the
 * same call takes it up again. `tally` is read while the work goes on and at its end.
 * Throws IMPORT_CANCELLED, JOB_PAUSED, JOB_CANCELLED, and what the work throws.
 */
export async function asJob<T>(
  catalog: CatalogStore,
  { kind, sourceId, spec, what }: JobWork,
  options: { signal?: AbortSignal | undefined; onProgress?: ((progress: Progress) => void) | undefined },
  tally: Tally,
  work: (job: JobRun) => Promise<T>,
): Promise<T> {
  const asked = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, asked.signal]) : asked.signal;
  const teller = new Teller(options.onProgress);
  let id: number | null = null;
  /** Obeys what another process asked, and says that this one is alive. */
  const look = () => {
    if (id === null) return;
    const request = catalog.jobs.request(id);
    if (request !== null && !asked.signal.aborted) asked.abort(stopped(request, jobName(id)));
    if (teller.last) catalog.jobs.beat(id, { progress: teller.last, ...tally });
  };
  const pulse = setInterval(look, BEAT_EVERY_MS);
  let lock = catalog.tryWriterLock();
  try {
    for (let turns = 0; !lock; lock = catalog.tryWriterLock()) {
      id ??= catalog.jobs.wait(kind, sourceId, spec);
      if (turns++ % 4 === 0) teller.at("waiting", turns, null, ahead(catalog.jobs.list()));
      await sleep(ASK_EVERY_MS, undefined, { signal });
    }
    signal.throwIfAborted();
    const begun = catalog.jobs.begin(kind, sourceId, spec, id);
    id = begun.id;
    const result = await work(new JobRun(begun, signal, teller));
    look();
    catalog.jobs.end(id, "done");
    return result;
  } catch (error) {
    const request = asked.signal.aborted ? (asked.signal.reason as LookseeError) : undefined;
    const state = stateOf(request, options.signal);
    if (id !== null) {
      if (teller.last) catalog.jobs.beat(id, { progress: teller.last, ...tally });
      catalog.jobs.end(id, state, state === "failed" ? messageOf(error) : null);
    }
    if (request) throw request;
    if (state === "failed" || error instanceof LookseeError) throw error;
    const remedy = "Run the same command again; it goes on where it stopped";
    throw new LookseeError("IMPORT_CANCELLED", `${what} was stopped`, remedy, { cause: error });
  } finally {
    clearInterval(pulse);
    lock?.release();
  }
}

function stateOf(request: LookseeError | undefined, signal: AbortSignal | undefined) {
  if (request) return request.code === "JOB_PAUSED" ? "paused" : "cancelled";
  return signal?.aborted ? "interrupted" : "failed";
}

function stopped(request: JobRequest, name: string): LookseeError {
  return request === "pause"
    ? new LookseeError("JOB_PAUSED", `${name} was paused`, `looksee jobs resume ${name} goes on where it stopped`)
    : new LookseeError("JOB_CANCELLED", `${name} was cancelled`, "What it had brought in stays; import again to go on");
}

/** Whom a waiting job waits for, in a few words. */
function ahead(jobs: readonly Job[]): string {
  const running = jobs.find(({ state }) => state === "running");
  if (!running) return "another writer of the catalog";
  const { jobId, kind, progress } = running;
  const share = progress?.total ? `, ${Math.floor((100 * progress.done) / progress.total)} %` : "";
  return `${jobId} (${kind}${share})`;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
