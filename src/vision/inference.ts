import type { Worker } from "node:worker_threads";
import { LookseeError } from "../errors.ts";
import type { Card } from "./card.ts";
import { endThread, startThread } from "./inference-thread.ts";
import type { BatchOut, WorkerSetup } from "./inference-worker.ts";
import { faultOfNetwork, mostAtOnce } from "./network.ts";
import type { ObjectRows } from "./objects.ts";

/** Pictures in one run of the network: more gain nothing on a CPU and make the first of them wait. */
const MAX_BATCH = 8;

export type Answer = {
  category: Float32Array | null;
  box: Float32Array | null;
  boxScore: number;
  feature: Float32Array;
  objects: ObjectRows | null;
  ms: number;
};
type Job = { pixels: Uint8Array; resolve(answer: Answer): void; reject(error: unknown): void };

/** The network behind worker threads; tensors of concurrent callers are run together. Closed whole, never reloaded. */
export class Inference {
  readonly #card: Card;
  readonly #idle: Worker[] = [];
  readonly #workers: Worker[] = [];
  readonly #running = new Map<number, { worker: Worker; jobs: Job[] }>();
  #queue: Job[] = [];
  #batches = 0;
  #mostAtOnce = MAX_BATCH;
  #closed = false;

  private constructor(card: Card) {
    this.#card = card;
  }

  /**
   * Starts `workers` threads, each with its own session of `threads` cores. `exact`: products of int8 numbers are summed in
   * 32 bits by any CPU; x86 ones without VNNI take 16 otherwise, which overflow. It takes twice the time where there is VNNI,
   * and means nothing to a network in float32. Throws MODEL_CARD if the file is not as the card says.
   */
  static async open(file: string, card: Card, threads: number, workers: number, exact = false): Promise<Inference> {
    const inference = new Inference(card);
    const { input, outputs } = card;
    const setup: WorkerSetup = {
      model: file,
      threads,
      exact,
      side: input.side,
      layout: input.layout,
      scale: input.std.map((std) => 1 / (255 * std)),
      shift: input.mean.map((mean, c) => -mean / input.std[c]!),
      input: input.name,
      outputs: [
        ...[outputs.category?.name, outputs.box?.name, outputs.box?.score, outputs.feature.name],
        ...[outputs.objects?.boxes, outputs.objects?.scores, outputs.objects?.categories],
      ].filter((name) => name !== undefined),
    };
    const starts = await Promise.allSettled(Array.from({ length: workers }, () => inference.#start(setup)));
    const failed = starts.find((start) => start.status === "rejected");
    if (!failed) return inference;
    await inference.close();
    throw failed.reason;
  }

  async #start(setup: WorkerSetup): Promise<void> {
    const { worker, network } = await startThread(setup);
    this.#workers.push(worker);
    const fault = faultOfNetwork(network, this.#card);
    if (fault)
      throw new LookseeError("MODEL_CARD", `${setup.model} ${fault}`, "Correct the card or export the model again");
    this.#mostAtOnce = mostAtOnce(network) ?? MAX_BATCH;
    worker.on("message", (message: BatchOut) => this.#finish(message));
    worker.on("error", (error) => this.#lose(worker, error));
    worker.unref(); // an open model alone keeps no process alive; a running batch does
    this.#idle.push(worker);
  }

  /** Runs one tensor, uint8[side, side, 3]. */
  run(pixels: Uint8Array): Promise<Answer> {
    if (this.#closed) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      this.#queue.push({ pixels, resolve, reject });
      this.#send();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const job of [...this.#queue, ...[...this.#running.values()].flatMap((batch) => batch.jobs)])
      job.reject(closed());
    this.#queue = [];
    this.#running.clear();
    await Promise.all(this.#workers.splice(0).map(endThread));
  }

  #send(): void {
    while (this.#queue.length > 0 && this.#idle.length > 0) {
      const worker = this.#idle.pop()!;
      const jobs = this.#queue.splice(0, this.#mostAtOnce);
      const id = this.#batches++;
      this.#running.set(id, { worker, jobs });
      const bytes = this.#card.input.side ** 2 * 3;
      const pixels = new Uint8Array(jobs.length * bytes);
      for (const [n, job] of jobs.entries()) pixels.set(job.pixels, n * bytes);
      worker.ref();
      worker.postMessage({ id, count: jobs.length, pixels }, [pixels.buffer]);
    }
  }

  #finish(message: BatchOut): void {
    const batch = this.#running.get(message.id);
    if (!batch) return;
    this.#running.delete(message.id);
    batch.worker.unref();
    this.#idle.push(batch.worker);
    for (const [n, job] of batch.jobs.entries()) {
      if ("error" in message)
        job.reject(new LookseeError("INTERNAL", `the network failed (${message.error})`, "Try again"));
      else job.resolve(this.#row(message.outputs, n, batch.jobs.length, message.ms));
    }
    this.#send();
  }

  #row(outputs: Record<string, Float32Array>, n: number, count: number, ms: number): Answer {
    const row = (name: string) => {
      const all = outputs[name]!;
      const width = all.length / count;
      return all.slice(n * width, (n + 1) * width);
    };
    const { category, box, feature, objects } = this.#card.outputs;
    return {
      category: category ? row(category.name) : null,
      box: box ? row(box.name) : null,
      boxScore: box ? row(box.score)[0]! : 0,
      feature: row(feature.name),
      objects: objects
        ? { boxes: row(objects.boxes), scores: row(objects.scores), categories: row(objects.categories) }
        : null,
      ms,
    };
  }

  /** A dead thread takes its own batch with it; the rest goes on while a thread is left. */
  #lose(worker: Worker, error: unknown): void {
    for (const list of [this.#idle, this.#workers]) if (list.includes(worker)) list.splice(list.indexOf(worker), 1);
    for (const [id, batch] of this.#running) {
      if (batch.worker !== worker) continue;
      this.#running.delete(id);
      for (const job of batch.jobs) job.reject(error);
    }
    if (this.#workers.length > 0) return;
    this.#closed = true;
    for (const job of this.#queue.splice(0)) job.reject(error);
  }
}

const closed = () =>
  new LookseeError("INTERNAL", "the model was closed while a picture waited", "Open the model again");
