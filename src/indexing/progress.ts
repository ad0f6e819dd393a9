/** How far a long work is. `total` and `secondsLeft` are null while nobody can know. */
export type Progress = {
  /** waiting (for another writer of this catalog), reading, importing, removing, indexing, … */
  stage: string;
  done: number;
  total: number | null;
  perSecond: number;
  secondsLeft: number | null;
  /** Whom a waiting job waits for. */
  note?: string;
};

/** Tells at most ten times a second, and always when a stage is complete. The rate is that of the last few seconds. */
export class Teller {
  readonly #tell: ((progress: Progress) => void) | undefined;
  /** What was told last. */
  last: Progress | undefined;
  #told = 0;
  /** Where the counted window begins; moved up every few seconds, so that the rate forgets a slow start. */
  #from = { time: 0, done: 0 };
  #next = { time: 0, done: 0 };

  constructor(tell: ((progress: Progress) => void) | undefined) {
    this.#tell = tell;
  }

  at(stage: string, done: number, total: number | null, note?: string): void {
    const now = performance.now();
    if (stage !== this.last?.stage) this.#from = this.#next = { time: now, done };
    else if (now - this.#told < 100 && done !== total) return;
    if (now - this.#next.time > 5000) {
      this.#from = this.#next;
      this.#next = { time: now, done };
    }
    this.#told = now;
    const seconds = (now - this.#from.time) / 1000;
    const perSecond = seconds > 0 ? (done - this.#from.done) / seconds : 0;
    const secondsLeft = total === null || perSecond <= 0 ? null : (total - done) / perSecond;
    this.last = { stage, done, total, perSecond, secondsLeft, ...(note === undefined ? {} : { note }) };
    this.#tell?.(this.last);
  }
}
