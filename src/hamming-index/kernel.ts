import { WASM_BASE64 } from "./kernel.wasm.ts";

/** What kernel/assembly/scan.ts exports; addresses are bytes into the memory it was instantiated with. */
export type Kernel = {
  begin(state: number, scratch: number, k: number, room: number, limit: number): void;
  clear(scratch: number): void;
  sample(state: number, scratch: number, codes: number, n: number, stride: number): void;
  scanWords(state: number, codes: number, side: number, from: number, to: number): void;
  scanLanes(state: number, codes: number, side: number, from: number, to: number): void;
  scanAllowed(state: number, codes: number, side: number, from: number, to: number): void;
  scanPieces(state: number, pieces: number, n: number, inLanes: boolean): void;
  absorb(state: number, other: number): void;
  finish(state: number): number;
};

let module: WebAssembly.Module | undefined;

/** The compiled kernel, once a thread; a worker is handed this one. */
export function kernelModule(): WebAssembly.Module {
  module ??= new WebAssembly.Module(Buffer.from(WASM_BASE64, "base64"));
  return module;
}

export function kernelOver(memory: WebAssembly.Memory, compiled: WebAssembly.Module): Kernel {
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as Kernel;
}
