// Runs in a worker thread of its own: ONNX sessions keep memory when they are replaced, so the thread goes with them.
import { parentPort, workerData } from "node:worker_threads";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Layout } from "./card.ts";
import type { Network, Port } from "./network.ts";

/** What the thread is started with. `x = pixel * scale[c] + shift[c]`, null: the network takes pixels as they are. `exact`: see `Inference.open`. */
export type WorkerSetup = {
  model: string;
  threads: number;
  exact: boolean;
  side: number;
  layout: Layout;
  scale: number[] | null;
  shift: number[] | null;
  input: string;
  outputs: string[];
  /** Shared: the pictures of the batch in hand, side * side * 3 bytes each, one after another. */
  pixels: Uint8Array;
};
/** The first message of the thread. */
export type Hello = ({ ready: true } & Network) | { ready: false; error: string };
/** One batch in: `pixels` holds `count` pictures; null asks the thread to end. */
export type BatchIn = { id: number; count: number };
/** One batch out: per output name, n rows of float32; `ms` is the time of the network alone. */
export type BatchOut =
  | { id: number; outputs: Record<string, Float32Array>; ms: number }
  | { id: number; error: string };

const setup = workerData as WorkerSetup;
const port = parentPort!;
const session = InferenceSession.create(setup.model, {
  intraOpNumThreads: setup.threads,
  interOpNumThreads: 1,
  executionMode: "sequential",
  graphOptimizationLevel: "all",
  logSeverityLevel: 3,
  ...(setup.exact && { extra: { session: { x64quantprecision: "1" } } }),
});

session.then(
  ({ inputMetadata, outputMetadata }) =>
    port.postMessage({ ready: true, inputs: ports(inputMetadata), outputs: ports(outputMetadata) } satisfies Hello),
  (error) => port.postMessage({ ready: false, error: String(error?.message ?? error) } satisfies Hello),
);

function ports(metadata: readonly InferenceSession.ValueMetadata[]): Port[] {
  return metadata.map((value) =>
    value.isTensor
      ? { name: value.name, type: value.type, shape: value.shape }
      : { name: value.name, type: "no tensor", shape: [] },
  );
}

port.on("message", async (batch: BatchIn | null) => {
  if (batch === null) {
    // By itself, with nothing in progress: a thread that is ended from outside within ONNX takes the process with it.
    await session.then(
      (ready) => ready.release(),
      () => {},
    );
    port.close();
    return;
  }
  try {
    const started = performance.now();
    const results = await (await session).run({ [setup.input]: tensorOf(batch) }, setup.outputs);
    const outputs = Object.fromEntries(setup.outputs.map((name) => [name, results[name]!.data as Float32Array]));
    port.postMessage({ id: batch.id, outputs, ms: performance.now() - started } satisfies BatchOut);
  } catch (error) {
    port.postMessage({ id: batch.id, error: String((error as Error)?.message ?? error) } satisfies BatchOut);
  }
});

/** Kept from batch to batch, since the kernel takes its time to hand out fresh pages; the network has read it by then. */
let kept = new (setup.scale ? Float32Array : Uint8Array)(0);

function tensorOf({ count }: BatchIn): Tensor {
  const { side, layout, scale, pixels } = setup;
  const shape = layout === "NCHW" ? [count, 3, side, side] : [count, side, side, 3];
  const length = count * side * side * 3;
  if (!scale && layout === "NHWC") return new Tensor("uint8", pixels.subarray(0, length), shape);
  if (kept.length < length) kept = scale ? new Float32Array(length) : new Uint8Array(length);
  const numbers = kept.subarray(0, length);
  arrange(numbers, count);
  return numbers instanceof Float32Array ? new Tensor("float32", numbers, shape) : new Tensor("uint8", numbers, shape);
}

/** uint8[n, side, side, 3] to [n, 3, side, side] or, NHWC, the same order; normalised if the network takes it so. */
function arrange(out: Float32Array | Uint8Array, count: number): void {
  const { side, layout, pixels } = setup;
  const area = side * side;
  const step = layout === "NCHW" ? 1 : 3;
  for (let n = 0; n < count; n++)
    for (let c = 0; c < 3; c++) {
      const [scale, shift] = [setup.scale?.[c] ?? 1, setup.shift?.[c] ?? 0];
      let to = n * 3 * area + (step === 1 ? c * area : c);
      for (let i = 0, from = n * area * 3 + c; i < area; i++, from += 3, to += step)
        out[to] = pixels[from]! * scale + shift;
    }
}
