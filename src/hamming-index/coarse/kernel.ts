import { WASM_BASE64 } from "./kernel.wasm.ts";

/** What kernel/assembly/coarse.ts exports; addresses are bytes into the memory it was instantiated with. */
export type CoarseKernel = {
  distances(query: number, codes: number, n: number, out: number): void;
  shell(distances: number, n: number, shells: number, order: number): void;
  assign(
    codes: number,
    n: number,
    heads: number,
    headCount: number,
    starts: number,
    centroids: number,
    tries: number,
    best: number,
    out: number,
  ): void;
  vote(codes: number, n: number, lists: number, counts: number): void;
  tally(query: number, codes: number, n: number, bins: number): void;
};

const PAGE = 65536;
let module: WebAssembly.Module | undefined;

/** The coarse kernel over a memory of its own, handed out piece by piece; it lives as long as whoever made it. */
export class Workbench {
  readonly kernel: CoarseKernel;
  readonly #memory: WebAssembly.Memory;
  #next = 64;

  constructor() {
    module ??= new WebAssembly.Module(Buffer.from(WASM_BASE64, "base64"));
    this.#memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
    this.kernel = new WebAssembly.Instance(module, { env: { memory: this.#memory } })
      .exports as unknown as CoarseKernel;
  }

  /** Begins anew: what was given out so far is given out again. */
  reset(): void {
    this.#next = 64;
  }

  /** The address of `bytes` bytes that nobody else was given since reset(), at a multiple of 64; their content is any. */
  take(bytes: number): number {
    const at = this.#next;
    this.#next = Math.ceil((at + bytes) / 64) * 64;
    const missing = this.#next - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    return at;
  }

  /** take(), with `content` in it. */
  put(content: Uint8Array | Uint32Array): number {
    const at = this.take(content.byteLength);
    this.bytes(at, content.byteLength).set(new Uint8Array(content.buffer, content.byteOffset, content.byteLength));
    return at;
  }

  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, at, length);
  }

  words(at: number, length: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, at, length);
  }
}
