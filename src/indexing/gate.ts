/** Lets at most `width` pieces of work run at once; the others wait in line. The width may change meanwhile. */
export class Gate {
  #width: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(width: number) {
    this.#width = width;
  }

  get width(): number {
    return this.#width;
  }

  set width(width: number) {
    this.#width = width;
    this.#admit();
  }

  async through<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#width && this.#waiting.length === 0) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      this.#running--;
      this.#admit();
    }
  }

  #admit(): void {
    while (this.#running < this.#width && this.#waiting.length > 0) {
      this.#running++;
      this.#waiting.shift()!();
    }
  }
}

/**
 * Runs `work` on up to `width` entries at once and gives the results in the entries' order. The first failure ends
 * it, once the work under way has ended too.
 */
export async function* inOrder<In, Out>(
  entries: AsyncIterable<In>,
  width: number,
  work: (entry: In) => Promise<Out>,
): AsyncGenerator<Out> {
  const running: Promise<Out>[] = [];
  try {
    for await (const entry of entries) {
      const task = work(entry);
      task.catch(() => {}); // seen again when its turn comes
      running.push(task);
      if (running.length >= width) yield await running.shift()!;
    }
    while (running.length > 0) yield await running.shift()!;
  } finally {
    await Promise.allSettled(running);
  }
}
