import { LookseeError } from "../errors.ts";

const PAGE_BITS = 10;
const PAGE_WORDS = 2 ** PAGE_BITS / 32;

/** A set of ids that may match, fixed once made. About 1 bit an id where ids are dense, 150 bytes where they lie alone. */
export class Bitmap {
  readonly #pages = new Map<number, number>(); // id >>> 10 -> its first word
  #words = new Uint32Array(PAGE_WORDS);
  #size = 0;

  /** ids: whole numbers 0 … 2^32 - 1, in any order, repeats allowed. Throws INDEX_ID. */
  static of(ids: Iterable<number>): Bitmap {
    const bitmap = new Bitmap();
    for (const id of ids) bitmap.#add(id);
    return bitmap;
  }

  /** Distinct ids. */
  get size(): number {
    return this.#size;
  }

  has(id: number): boolean {
    const page = this.page(id >>> PAGE_BITS);
    return page >= 0 && this.bit(page, id);
  }

  /** First word of the page of ids `number` x 1,024 …, or -1 if none of them is in: looked up once for a run of ids. */
  page(number: number): number {
    return this.#pages.get(number) ?? -1;
  }

  bit(page: number, id: number): boolean {
    return ((this.#words[page + ((id >>> 5) & (PAGE_WORDS - 1))]! >>> (id & 31)) & 1) === 1;
  }

  /** Each id once, page by page. */
  forEach(visit: (id: number) => void): void {
    for (const [number, page] of this.#pages)
      for (let word = 0; word < PAGE_WORDS; word++)
        for (let bits = this.#words[page + word]!; bits !== 0; bits &= bits - 1)
          visit(((number << PAGE_BITS) | (word << 5) | (31 - Math.clz32(bits & -bits))) >>> 0);
  }

  #add(id: number): void {
    if (id >>> 0 !== id) throw new LookseeError("INDEX_ID", `${id} is no id`, "Use whole numbers from 0 to 4294967295");
    const number = id >>> PAGE_BITS;
    let page = this.#pages.get(number);
    if (page === undefined) {
      page = this.#pages.size * PAGE_WORDS;
      this.#pages.set(number, page);
      if (page + PAGE_WORDS > this.#words.length) {
        const words = new Uint32Array(this.#words.length * 2);
        words.set(this.#words);
        this.#words = words;
      }
    }
    const at = page + ((id >>> 5) & (PAGE_WORDS - 1));
    const bit = 1 << (id & 31);
    if ((this.#words[at]! & bit) === 0) this.#size++;
    this.#words[at]! |= bit;
  }
}
