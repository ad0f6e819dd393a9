import type { Worker } from "node:worker_threads";
import { LookseeError } from "../errors.ts";
import type { Card } from "./card.ts";
import { endThread, startThread } from "./inference-thread.ts";
import type { BatchIn, BatchOut, WorkerSetup } from "./inference-worker.ts";
import { faultOfNetwork, mostAtOnce } from "./network.ts";
import type { ObjectRows } from "./objects.ts";

/** Pictures in one run of the network: more gain nothing on a CPU and make the first of them wait. */
const MAX_BATCH = 4;

export type Answer = {
  category: Float32Array | null;
  box: Float32Array | null;
  boxScore: number;
  feature: Float32Array;
  objects: ObjectRows | null;
  ms: number;
};
type Job = { pixels: Uint8Array; resolve(answer: Answer): void; reject(error: unknown): void };

/**
 * A thread, and the memory in which it finds its pictures, written only while it has nothing in hand: a buffer for every batch
 * would keep the garbage collector busy.
 */
type Seat = { worker: Worker; pixels: Uint8Array };

/** The network behind worker threads; tensors of concurrent callers are run together. Closed whole, never reloaded. */
export class Inference {
  readonly #card: Card;
  readonly #idle: Seat[] = [];
  readonly #workers: Worker[] = [];
  readonly #running = new Map<number, { seat: Seat; jobs: Job[] }>();
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
    const setup: Omit<WorkerSetup, "pixels"> = {
      model: file,
      threads,
      exact,
      side: input.side,
      layout: input.layout,
      scale: input.std?.map((std) => 1 / (255 * std)) ?? null,
      shift: input.mean?.map((mean, c) => -mean / input.std![c]!) ?? null,
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

  async #start(setup: Omit<WorkerSetup, "pixels">): Promise<void> {
    const pixels = new Uint8Array(new SharedArrayBuffer(MAX_BATCH * setup.side ** 2 * 3));
    const { worker, network } = await startThread({ ...setup, pixels });
    this.#workers.push(worker);
    const fault = faultOfNetwork(network, this.#card);
    if (fault)
      throw new LookseeError("MODEL_CARD", `${setup.model} ${fault}`, "Correct the card or export the model again");
    this.#mostAtOnce = mostAtOnce(network) ?? MAX_BATCH;
    worker.on("message", (message: BatchOut) => this.#finish(message));
    worker.on("error", (error) => this.#lose(worker, error));
    worker.unref(); // an open model alone keeps no process alive; a running batch does
    this.#idle.push({ worker, pixels });
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
      const seat = this.#idle.pop()!;
      const jobs = this.#queue.splice(0, this.#mostAtOnce);
      const id = this.#batches++;
      this.#running.set(id, { seat, jobs });
      for (const [n, job] of jobs.entries()) seat.pixels.set(job.pixels, n * job.pixels.length);
      seat.worker.ref();
      seat.worker.postMessage({ id, count: jobs.length } satisfies BatchIn);
    }
  }

  #finish(message: BatchOut): void {
    const batch = this.#running.get(message.id);
    if (!batch) return;
    this.#running.delete(message.id);
    batch.seat.worker.unref();
    this.#idle.push(batch.seat);
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
    const [idle, at] = [this.#idle.findIndex((seat) => seat.worker === worker), this.#workers.indexOf(worker)];
    if (idle >= 0) this.#idle.splice(idle, 1);
    if (at >= 0) this.#workers.splice(at, 1);
    for (const [id, batch] of this.#running) {
      if (batch.seat.worker !== worker) continue;
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
