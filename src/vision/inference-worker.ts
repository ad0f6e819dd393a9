// Runs in a worker thread of its own: ONNX sessions keep memory when they are replaced, so the thread goes with them.
import { parentPort, workerData } from "node:worker_threads";
import { InferenceSession, Tensor } from "onnxruntime-node";

/** What the thread is started with. `x = pixel * scale[c] + shift[c]`. */
export type WorkerSetup = {
  model: string;
  threads: number;
  side: number;
  scale: number[];
  shift: number[];
  input: string;
  outputs: string[];
};
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
});

session.then(
  (ready) => port.postMessage({ ready: true, inputs: ready.inputNames, outputs: ready.outputNames }),
  (error) => port.postMessage({ ready: false, error: String(error?.message ?? error) }),
);

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
    const feeds = { [setup.input]: new Tensor("float32", planes(batch), [batch.count, 3, setup.side, setup.side]) };
    const results = await (await session).run(feeds, setup.outputs);
    const outputs = Object.fromEntries(setup.outputs.map((name) => [name, results[name]!.data as Float32Array]));
    port.postMessage({ id: batch.id, outputs, ms: performance.now() - started } satisfies BatchOut);
  } catch (error) {
    port.postMessage({ id: batch.id, error: String((error as Error)?.message ?? error) } satisfies BatchOut);
  }
});

/** Kept from batch to batch, since the kernel takes its time to hand out fresh pages; the network has read it by then. */
let kept = new Float32Array(0);

/** uint8[n, side, side, 3] to float32[n, 3, side, side], normalised. */
function planes({ count, pixels }: BatchIn): Float32Array {
  const area = setup.side * setup.side;
  if (kept.length < count * 3 * area) kept = new Float32Array(count * 3 * area);
  const out = kept.subarray(0, count * 3 * area);
  for (let n = 0; n < count; n++)
    for (let c = 0; c < 3; c++) {
      const [scale, shift] = [setup.scale[c]!, setup.shift[c]!];
      const to = (n * 3 + c) * area;
      for (let i = 0, from = n * area * 3 + c; i < area; i++, from += 3) out[to + i] = pixels[from]! * scale + shift;
    }
  return out;
}
