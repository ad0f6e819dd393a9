import type { Bitmap } from "./bitmap.ts";
import { BLOCK_CODES } from "./layout.ts";

type Slots = { size: number; find(id: number): number; idAt(slot: number): number };

/** One bit for each of `size` slots, padded to whole blocks: set where `allow` has the slot's id. */
export function allowMask(allow: Bitmap, slots: Slots): Uint8Array {
  const mask = new Uint8Array((Math.ceil(slots.size / BLOCK_CODES) * BLOCK_CODES) / 8);
  // Looking an id up costs several times as much as asking one slot after the other, whose ids mostly share a page.
  if (allow.size * 8 < slots.size) {
    allow.forEach((id) => {
      const slot = slots.find(id);
      if (slot >= 0) mask[slot >>> 3]! |= 1 << (slot & 7);
    });
    return mask;
  }
  let number = -1;
  let page = -1;
  for (let slot = 0; slot < slots.size; slot++) {
    const id = slots.idAt(slot);
    if (id >>> 10 !== number) {
      number = id >>> 10;
      page = allow.page(number);
    }
    if (page >= 0 && allow.bit(page, id)) mask[slot >>> 3]! |= 1 << (slot & 7);
  }
  return mask;
}
