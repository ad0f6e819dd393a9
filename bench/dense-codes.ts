import { HammingIndex } from "../src/hamming-index/index.ts";
import { WASM_BASE64 } from "./dense-codes.wasm.ts";

const WIDTH = 512;
const NEIGHBOURS = 8;
/** Standard deviation of a step, in differences to neighbours: σ_j = SPREAD x j^-1/2, scaled so that Σ σ_j² = SPREAD². */
const SPREAD = 0.5;

/**
 * As many codes as one likes that lie as real ones do. Code i is the i-th real one while there are any; every further
 * one is the sign of
 *
 *     x + Σ_j z_j (x_j - x),   j = 1 … 8,   z_j ~ N(0, σ_j²)
 *
 * where x is one of the real features, drawn at random, and x_j its j-th neighbour among them. A step in the directions
 * in which real neighbours differ stays in the few dimensions that real features vary in (about seven here), so that the
 * k-th neighbour of a picture nobody has seen comes nearer with n as it does among real codes: `bench -- density` plots
 * it. Flipping bits at random steps into all 512 dimensions: every new code is as far from a query as the one it was made
 * from, and farther, so that more codes bring no nearer neighbours.
 */
export class DenseCodes {
  readonly real: number;
  readonly seed: number;
  /** The real features, where any thread can read them. */
  readonly features: Float32Array;
  readonly #neighbours: Uint32Array;
  readonly #bytes: Uint8Array;
  readonly #rows: Uint32Array;
  readonly #weights: Float32Array;
  readonly #out: Uint8Array;
  readonly #blend: (out: number) => void;
  readonly #outAt: number;

  private constructor(features: Float32Array, neighbours: Uint32Array, seed: number) {
    this.real = features.length / WIDTH;
    this.#neighbours = neighbours;
    this.seed = seed;
    const tableAt = 65536;
    const memory = new WebAssembly.Memory({
      initial: 1 + Math.ceil(features.byteLength / 65536),
      maximum: 65536,
      shared: true,
    });
    const module = new WebAssembly.Module(Buffer.from(WASM_BASE64, "base64"));
    const { blend } = new WebAssembly.Instance(module, { env: { memory } }).exports as {
      blend: (table: number, rows: number, weights: number, terms: number, out: number) => void;
    };
    this.features = new Float32Array(memory.buffer, tableAt, features.length);
    this.features.set(features);
    this.#bytes = new Uint8Array(memory.buffer);
    this.#rows = new Uint32Array(memory.buffer, 1024, NEIGHBOURS + 1);
    this.#weights = new Float32Array(memory.buffer, 2048, NEIGHBOURS + 1);
    this.#outAt = 4096;
    this.#out = this.#bytes.subarray(this.#outAt, this.#outAt + 64);
    this.#blend = (out) => blend(tableAt, 1024, 2048, NEIGHBOURS + 1, out);
  }

  /** `features`: n x 512, n > 8, of any length; bit i of a code is set where the feature is above 0. */
  static async of(features: Float32Array, seed: number): Promise<DenseCodes> {
    const n = features.length / WIDTH;
    const made = new DenseCodes(features, new Uint32Array(n * NEIGHBOURS), seed);
    const codes = new Uint8Array(n * 64);
    for (let i = 0; i < n; i++) codes.set(made.#code([i], [1]), i * 64);
    const index = await HammingIndex.open();
    await index.upsert(
      Uint32Array.from({ length: n }, (_, i) => i),
      codes,
    );
    for (let i = 0; i < n; i++) {
      const near = await index.search(codes.subarray(i * 64, (i + 1) * 64), NEIGHBOURS + 1);
      const others = near.filter(({ id }) => id !== i).slice(0, NEIGHBOURS);
      for (const [j, { id }] of others.entries()) made.#neighbours[i * NEIGHBOURS + j] = id;
    }
    await index.close();
    return made;
  }

  /** The codes `from` … `from + n - 1`, the same whatever else is asked for. */
  codes(from: number, n: number): Uint8Array {
    const codes = new Uint8Array(new SharedArrayBuffer(n * 64));
    for (let i = 0; i < n; i++)
      codes.set(from + i < this.real ? this.#code([from + i], [1]) : this.#made(from + i), i * 64);
    return codes;
  }

  /** The real feature that code `i` was made from. */
  source(i: number): number {
    return i < this.real ? i : Math.floor(uniforms(this.seed, i)() * this.real);
  }

  #made(i: number): Uint8Array {
    const random = uniforms(this.seed, i);
    const x = Math.floor(random() * this.real);
    this.#rows[0] = x;
    let rest = 1;
    for (let j = 0; j < NEIGHBOURS; j += 2) {
      // Box and Muller, 1958: two uniform numbers make two Gaussian ones.
      const radius = Math.sqrt(-2 * Math.log(1 - random()));
      const angle = 2 * Math.PI * random();
      for (const [at, z] of [radius * Math.cos(angle), radius * Math.sin(angle)].entries()) {
        const weight = z * SIGMA[j + at]!;
        this.#rows[j + at + 1] = this.#neighbours[x * NEIGHBOURS + j + at]!;
        this.#weights[j + at + 1] = weight;
        rest -= weight;
      }
    }
    this.#weights[0] = rest;
    this.#blend(this.#outAt);
    return this.#out;
  }

  #code(rows: number[], weights: number[]): Uint8Array {
    this.#rows.fill(0).set(rows);
    this.#weights.fill(0).set(weights);
    this.#blend(this.#outAt);
    return this.#out;
  }
}

const SIGMA = Array.from({ length: NEIGHBOURS }, (_, j) => 1 / Math.sqrt(j + 1));
const scale = SPREAD / Math.hypot(...SIGMA);
for (let j = 0; j < NEIGHBOURS; j++) SIGMA[j]! *= scale;

/** Numbers 0 … 1 of code `i`'s own: mulberry32 from a state that mixes seed and number. */
function uniforms(seed: number, i: number): () => number {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(i + 1, 0xc2b2ae35)) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
