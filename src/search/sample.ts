export const CODE_BYTES = 64;

/**
 * A fair sample of a catalog's pictures with their codes, kept as the codes stream by: those whose hashed id lies below
 * a bar, which is halved whenever too many do. Which pictures are in it depends on their ids only, not on chance.
 */
export class CodeSample {
  readonly #codes = new Map<number, Uint8Array>();
  readonly #most: number;
  #bar = 2 ** 32;

  constructor(most = 4096) {
    this.#most = most;
  }

  get size(): number {
    return this.#codes.size;
  }

  /** Whether it would keep the code of this picture now. */
  wants(imageId: number): boolean {
    return hash(imageId) < this.#bar;
  }

  upsert(imageId: number, code: Uint8Array): void {
    if (!this.wants(imageId)) return;
    this.#codes.set(imageId, code.slice()); // the caller may reuse its buffer
    while (this.#codes.size > this.#most) {
      this.#bar /= 2;
      for (const id of this.#codes.keys()) if (hash(id) >= this.#bar) this.#codes.delete(id);
    }
  }

  remove(imageId: number): void {
    this.#codes.delete(imageId);
  }

  /** Picture id and code, in the order of the hashed ids: the first n are a fair sample too. */
  entries(): [imageId: number, code: Uint8Array][] {
    return [...this.#codes].sort(([a], [b]) => hash(a) - hash(b));
  }
}

/** Scatters ids over 0..2^32-1; one to one. Source: the finaliser of MurmurHash3. */
function hash(id: number): number {
  let h = id >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
