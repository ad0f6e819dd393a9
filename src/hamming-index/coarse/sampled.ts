import { CODE_BYTES } from "../layout.ts";
import { Workbench } from "./kernel.ts";

/** An even sample of the codes in lists: how far all codes lie from a query, and in which lists, for 2 ns each. */
export class SampledCodes {
  readonly lists: Uint32Array;
  readonly groups: Uint16Array;
  readonly #bench = new Workbench();
  readonly #query: number;
  readonly #codes: number;
  readonly #out: number;

  /** `codes`: n x 64 bytes; the list and the group of each. */
  constructor(codes: Uint8Array, lists: Uint32Array, groups: Uint16Array) {
    this.lists = lists;
    this.groups = groups;
    this.#query = this.#bench.take(CODE_BYTES);
    this.#codes = this.#bench.put(codes);
    this.#out = this.#bench.take(lists.length * 2);
  }

  /** Valid until the next call. */
  distances(query: Uint8Array): Uint16Array {
    const n = this.lists.length;
    this.#bench.bytes(this.#query, CODE_BYTES).set(query);
    this.#bench.kernel.distances(this.#query, this.#codes, n, this.#out);
    const bytes = this.#bench.bytes(this.#out, n * 2);
    return new Uint16Array(bytes.buffer, bytes.byteOffset, n);
  }
}
