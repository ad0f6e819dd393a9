/** One stage of long work: how far, how quick, how long yet. `total` null: not known. */
export type ProgressEvent = {
  stage: string;
  done: number;
  total: number | null;
  perSecond: number;
  secondsLeft: number | null;
  /** What stands in place of the count, such as whom a waiting job waits for. */
  note?: string;
};

const EVERY_MS = { terminal: 100, pipe: 3000 };

/** Shows progress on stderr: a bar on a terminal, a line every few seconds otherwise. */
export class Progress {
  #shown: number;
  #stage = "";
  readonly #terminal = process.stderr.isTTY === true;

  constructor() {
    // Piped, the first line waits its turn too: short work and plain refusals stay a single line.
    this.#shown = this.#terminal ? 0 : performance.now();
  }

  readonly update = (event: ProgressEvent): void => {
    const now = performance.now();
    const finished = event.total !== null && event.done >= event.total;
    const due = now - this.#shown >= (this.#terminal ? EVERY_MS.terminal : EVERY_MS.pipe);
    if (!due && !(this.#terminal && (finished || event.stage !== this.#stage))) return;
    if (this.#terminal && this.#stage !== "" && event.stage !== this.#stage) process.stderr.write("\n");
    this.#stage = event.stage;
    this.#shown = now;
    const line = lineOf(event);
    process.stderr.write(this.#terminal ? `\r\x1b[2K${line}` : `${line}\n`);
  };

  /** Ends the bar's line. */
  end(): void {
    if (this.#terminal && this.#stage !== "") process.stderr.write("\n");
    this.#stage = "";
  }
}

export function lineOf({ stage, done, total, perSecond, secondsLeft, note }: ProgressEvent): string {
  if (note !== undefined) return `${stage.padEnd(10)} for ${note}`;
  const count = total === null ? `${done}` : `${done}/${total}`;
  const rate = perSecond > 0 ? ` ${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s` : "";
  const left = secondsLeft === null || (total !== null && done >= total) ? "" : ` ${duration(secondsLeft)} left`;
  return `${stage.padEnd(10)} ${bar(done, total)}${count}${rate}${left}`;
}

function bar(done: number, total: number | null): string {
  if (total === null || total === 0) return "";
  const filled = Math.round((24 * Math.min(done, total)) / total);
  return `${"█".repeat(filled)}${"░".repeat(24 - filled)} `;
}

export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 90 ? `${whole} s` : `${Math.ceil(whole / 60)} min`;
}
