import { once } from "node:events";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { LookseeError } from "../errors.ts";
import type { Hello, WorkerSetup } from "./inference-worker.ts";
import type { Network } from "./network.ts";

/** Starts a thread with a session of its own. MODEL_CARD for a file that ONNX Runtime cannot load. */
export async function startThread(setup: WorkerSetup): Promise<{ worker: Worker; network: Network }> {
  // Beside this file, as .ts in a checkout and as .js in the package.
  const entry = new URL(`./inference-worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
  const worker = new Worker(entry, { workerData: setup });
  const hello = await new Promise<Hello>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  if (hello.ready) return { worker, network: hello };
  await endThread(worker);
  throw new LookseeError(
    "MODEL_CARD",
    `${setup.model} cannot be loaded (${hello.error.slice(0, 300)})`,
    "Export the model to ONNX again, or fetch it again",
  );
}

/** After what the thread has in progress. */
export async function endThread(worker: Worker): Promise<void> {
  worker.ref();
  worker.postMessage(null);
  await once(worker, "exit").catch(() => {}); // one that fails while it ends has ended
}

/** What a network file says of its inputs and outputs; read in a thread that ends again. MODEL_CARD. */
export async function readNetwork(model: string): Promise<Network> {
  const { worker, network } = await startThread({
    model,
    threads: 1,
    exact: false,
    side: 1,
    layout: "NCHW",
    scale: null,
    shift: null,
    input: "",
    outputs: [],
    pixels: new Uint8Array(0),
  });
  await endThread(worker);
  return network;
}
