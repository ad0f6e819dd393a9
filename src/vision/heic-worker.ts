// Runs in a worker thread of its own: the decoder is WebAssembly that blocks its thread and keeps what memory it took.
import { createRequire } from "node:module";
import { parentPort } from "node:worker_threads";

export type HeicIn = { bytes: Uint8Array };
export type HeicOut = { pixels: Uint8Array; width: number; height: number } | { error: string };

type HeifImage = {
  get_width(): number;
  get_height(): number;
  is_primary(): boolean;
  display(
    target: { data: Uint8ClampedArray; width: number; height: number },
    done: (shown: { data: Uint8ClampedArray } | null) => void,
  ): void;
  free(): void;
};
type Libheif = { HeifDecoder: new () => { decode(bytes: Uint8Array): HeifImage[] } };

// The decoder tells its console why a picture cannot be read; here that is the error, and nothing for the shop's output.
let said = "";
console.log =
  console.warn =
  console.error =
    (...parts: unknown[]) => {
      const told = parts
        .map((part) => (part as { message?: string } | null)?.message)
        .find((text) => text !== undefined);
      if (told !== undefined) said = told.trim();
    };

// The package is CommonJS with its WebAssembly inside; it offers no types for this entry.
const { HeifDecoder } = createRequire(import.meta.url)("libheif-js/wasm-bundle") as Libheif;
const port = parentPort!;

port.on("message", async ({ bytes }: HeicIn) => {
  try {
    const out = await decode(bytes);
    port.postMessage(out satisfies HeicOut, [out.pixels.buffer]);
  } catch (error) {
    port.postMessage({ error: String((error as Error)?.message ?? error) } satisfies HeicOut);
  }
});

async function decode(bytes: Uint8Array): Promise<{ pixels: Uint8Array<ArrayBuffer>; width: number; height: number }> {
  const images = new HeifDecoder().decode(bytes);
  try {
    const image = images.find((one) => one.is_primary()) ?? images[0];
    if (!image) throw new Error("it holds no picture");
    const [width, height] = [image.get_width(), image.get_height()];
    const data = new Uint8ClampedArray(width * height * 4);
    said = "";
    const shown = await new Promise((done) => image.display({ data, width, height }, done));
    if (!shown) throw new Error(said || "its pixels cannot be read");
    return { pixels: new Uint8Array(data.buffer), width, height };
  } finally {
    for (const image of images) image.free();
  }
}
