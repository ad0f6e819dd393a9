/**
 * Where an id's code lies: an open-addressing table that stores slot numbers alone and asks `idAt` for the key, so that
 * it costs 5 to 11 bytes a code. Sixteen neighbouring ids share a cache line, whence consecutive ids are quick.
 */
export class SlotTable {
  readonly #idAt: (slot: number) => number;
  #entries = new Uint32Array(256); // slot + 1; 0 is free
  #bits = 8;
  #count = 0;

  constructor(idAt: (slot: number) => number) {
    this.#idAt = idAt;
  }

  get bytes(): number {
    return this.#entries.byteLength;
  }

  /** The slot of `id`, or -1. */
  find(id: number): number {
    const mask = this.#entries.length - 1;
    for (let at = this.#home(id); ; at = (at + 1) & mask) {
      const slot = this.#entries[at]! - 1;
      if (slot < 0 || this.#idAt(slot) === id) return slot;
    }
  }

  /** Adds `slot`, whose id is stored already and is not in the table. */
  add(slot: number): void {
    this.reserve(this.#count + 1);
    this.#count++;
    this.#place(slot);
  }

  /** The code of `id` lies in `slot` from now on. */
  move(id: number, slot: number): void {
    this.#entries[this.#find(id)] = slot + 1;
  }

  /** Forgets `id`, and closes the gap so that no search stops short at it (Knuth, TAOCP 3, 6.4, algorithm R). */
  delete(id: number): void {
    const mask = this.#entries.length - 1;
    let gap = this.#find(id);
    for (let at = gap; ; ) {
      at = (at + 1) & mask;
      const slot = this.#entries[at]! - 1;
      if (slot < 0) break;
      const home = this.#home(this.#idAt(slot));
      if (((at - home) & mask) < ((at - gap) & mask)) continue; // its home lies after the gap
      this.#entries[gap] = slot + 1;
      gap = at;
    }
    this.#entries[gap] = 0;
    this.#count--;
  }

  /** Grows ahead of a bulk load; at most three quarters of the table are ever taken. */
  reserve(count: number): void {
    let bits = this.#bits;
    while (count > 2 ** bits * 0.75) bits++;
    if (bits === this.#bits) return;
    const old = this.#entries;
    this.#bits = bits;
    this.#entries = new Uint32Array(2 ** bits);
    for (const entry of old) if (entry > 0) this.#place(entry - 1);
  }

  #place(slot: number): void {
    const mask = this.#entries.length - 1;
    let at = this.#home(this.#idAt(slot));
    while (this.#entries[at]! > 0) at = (at + 1) & mask;
    this.#entries[at] = slot + 1;
  }

  #find(id: number): number {
    const mask = this.#entries.length - 1;
    let at = this.#home(id);
    while (this.#idAt(this.#entries[at]! - 1) !== id) at = (at + 1) & mask;
    return at;
  }

  #home(id: number): number {
    const line = Math.imul(id >>> 4, 0x9e3779b1) >>> (36 - this.#bits);
    return ((line << 4) | (id & 15)) >>> 0;
  }
}
