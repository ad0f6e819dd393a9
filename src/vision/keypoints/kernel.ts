import { WASM_BASE64 } from "./kernel.wasm.ts";
import { MOST_PIXELS, MOST_POINTS, POINT_BYTES } from "./layout.ts";

/** What kernel/assembly/keypoints.ts exports; addresses are bytes. */
type Exports = {
  prepare(): number;
  find(rgb: number, width: number, height: number, side: number, most: number, out: number): number;
  agreement(photo: number, photoPoints: number, picture: number, picturePoints: number): number;
};

const PAGE = 65_536;
const POINTS = MOST_POINTS * POINT_BYTES;
/** What the kernel has for itself; `prepare` says how much of it. */
const OWN_PAGES = 64;
const PAGES = OWN_PAGES + Math.ceil((2 * POINTS + 3 * MOST_PIXELS) / PAGE);

/** One instance in a thread's own memory of 7 MiB: a call is over before the next one begins. */
export class Kernel {
  readonly #exports: Exports;
  readonly #bytes: Uint8Array;
  readonly #first: number;
  readonly #second: number;
  readonly #pixels: number;

  constructor() {
    const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
    const module = new WebAssembly.Module(Buffer.from(WASM_BASE64, "base64"));
    this.#exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
    this.#bytes = new Uint8Array(memory.buffer);
    if (this.#exports.prepare() > OWN_PAGES * PAGE) throw new Error("the keypoints' kernel has outgrown its memory");
    this.#first = OWN_PAGES * PAGE;
    this.#second = this.#first + POINTS;
    this.#pixels = this.#second + POINTS;
  }

  /** Points of `pixels`, u8[height, width, 3], its longer side brought to `side`. */
  find(pixels: Uint8Array, width: number, height: number, side: number, most: number): Uint8Array {
    this.#bytes.set(pixels, this.#pixels);
    const count = this.#exports.find(this.#pixels, width, height, side, most, this.#first);
    return this.#bytes.slice(this.#first, this.#first + count * POINT_BYTES);
  }

  agreement(photo: Uint8Array, picture: Uint8Array): number {
    this.#bytes.set(photo, this.#first);
    this.#bytes.set(picture, this.#second);
    const { length } = photo;
    return this.#exports.agreement(this.#first, length / POINT_BYTES, this.#second, picture.length / POINT_BYTES);
  }
}
