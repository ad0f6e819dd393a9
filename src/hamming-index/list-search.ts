import type { Bitmap } from "./bitmap.ts";
import type { Clusters } from "./clusters.ts";
import { FRAME_CODES, MASK_BYTES } from "./layout.ts";
import { Pieces } from "./pieces.ts";
import { Segment } from "./segment.ts";
import type { Bits, Slots } from "./slots.ts";

/** One search through the lists of all segments; what is in no list is compared with the first lists asked for. */
export class ListSearch {
  /** Codes that may match in each list. */
  readonly sizes: Uint32Array;
  readonly #listed: Segment[] = [];
  #others: { part: Slots; bits: Bits | undefined }[] = [];

  /** Not while a search is in progress, other than the one it is for. */
  constructor(parts: readonly Slots[], clusters: Clusters, allow: Bitmap | undefined) {
    this.sizes = new Uint32Array(clusters.lists);
    for (const part of parts) {
      const bits = allow && part.place(allow);
      if (!(part instanceof Segment && clusters.hold(part))) {
        this.#others.push({ part, bits });
        continue;
      }
      this.#listed.push(part);
      const { starts } = part.lists;
      const sizes = bits && allowedSizes(starts, bits);
      for (let list = 0; list < this.sizes.length; list++)
        this.sizes[list]! += sizes ? sizes[list]! : starts[list + 1]! - starts[list]!;
    }
  }

  /** What to compare for these lists, each asked for once. */
  pieces(lists: Uint32Array): Pieces {
    const pieces = new Pieces();
    for (const { part, bits } of this.#others)
      for (let frame = 0; frame * FRAME_CODES < part.count; frame++)
        if (!bits || bits[frame])
          pieces.add(part, frame * FRAME_CODES, Math.min(part.count, (frame + 1) * FRAME_CODES));
    this.#others = [];
    const ascending = lists.slice().sort();
    for (const segment of this.#listed) {
      const { starts } = segment.lists;
      for (let i = 0; i < ascending.length; ) {
        const first = ascending[i]!;
        let end = first + 1; // neighbours are one run
        for (i++; ascending[i] === end; i++) end++;
        pieces.add(segment, starts[first]!, starts[end]!);
      }
    }
    return pieces;
  }
}

const known = new WeakMap<Bits, Uint32Array>();

/** Bits set in each list, counted once for a filter and a segment. */
function allowedSizes(starts: Uint32Array, bits: Bits): Uint32Array {
  let sizes = known.get(bits);
  if (!sizes) {
    sizes = new Uint32Array(starts.length - 1);
    let list = 0;
    for (const [frame, mask] of bits.entries())
      for (let byte = 0; mask && byte < MASK_BYTES; byte++)
        for (let rest = mask[byte]!; rest !== 0; rest &= rest - 1) {
          const slot = frame * FRAME_CODES + byte * 8 + (31 - Math.clz32(rest & -rest));
          while (slot >= starts[list + 1]!) list++;
          sizes[list]!++;
        }
    known.set(bits, sizes);
  }
  return sizes;
}
