// Runs in a worker thread of its own: ONNX sessions keep memory when they are replaced, so the thread goes with them.
import { parentPort, workerData } from "node:worker_threads";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Layout } from "./card.ts";
import type { Network, Port } from "./network.ts";

/** What the thread is started with. `x = pixel * scale[c] + shift[c]`. `exact`: see `Inference.open`. */
export type WorkerSetup = {
  model: string;
  threads: number;
  exact: boolean;
  side: number;
  layout: Layout;
  scale: number[];
  shift: number[];
  input: string;
  outputs: string[];
};
/** The first message of the thread. */
export type Hello = ({ ready: true } & Network) | { ready: false; error: string };
/** One batch in: n pictures of side * side * 3 bytes, one after another; null asks the thread to end. */
export type BatchIn = { id: number; count: number; pixels: Uint8Array };
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
    const { side, layout } = setup;
    const shape = layout === "NCHW" ? [batch.count, 3, side, side] : [batch.count, side, side, 3];
    const feeds = { [setup.input]: new Tensor("float32", floats(batch), shape) };
    const results = await (await session).run(feeds, setup.outputs);
    const outputs = Object.fromEntries(setup.outputs.map((name) => [name, results[name]!.data as Float32Array]));
    port.postMessage({ id: batch.id, outputs, ms: performance.now() - started } satisfies BatchOut);
  } catch (error) {
    port.postMessage({ id: batch.id, error: String((error as Error)?.message ?? error) } satisfies BatchOut);
  }
});

/** Kept from batch to batch, since the kernel takes its time to hand out fresh pages; the network has read it by then. */
let kept = new Float32Array(0);

/** uint8[n, side, side, 3] to float32[n, 3, side, side] or, NHWC, the same order; normalised. */
function floats({ count, pixels }: BatchIn): Float32Array {
  const area = setup.side * setup.side;
  if (kept.length < count * 3 * area) kept = new Float32Array(count * 3 * area);
  const out = kept.subarray(0, count * 3 * area);
  const step = setup.layout === "NCHW" ? 1 : 3;
  for (let n = 0; n < count; n++)
    for (let c = 0; c < 3; c++) {
      const [scale, shift] = [setup.scale[c]!, setup.shift[c]!];
      let to = n * 3 * area + (step === 1 ? c * area : c);
      for (let i = 0, from = n * area * 3 + c; i < area; i++, from += 3, to += step)
        out[to] = pixels[from]! * scale + shift;
    }
  return out;
}
