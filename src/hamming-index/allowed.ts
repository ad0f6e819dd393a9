import type { Bitmap } from "./bitmap.ts";
import { FRAME_CODES, MASK_BYTES } from "./layout.ts";
import type { Bits } from "./slots.ts";

/** Which of the first `upto` slots a filter lets through. */
export type Allowed = { upto: number; bits: Bits };

type Held = { count: number; live: number; find(id: number): number; idAt(slot: number): number };

/**
 * The slots whose ids `allow` has. Slots never change their id, so what is `known` of an earlier state is only added to:
 * a filter used again costs nothing for what was there before.
 */
export function allowed(allow: Bitmap, slots: Held, known: Allowed = { upto: 0, bits: [] }): Allowed {
  const { count } = slots;
  if (known.upto === count) return known;
  const bits = [...known.bits];
  const fresh = new Set<number>(); // frames copied already: those known are in use and must not change
  const set = (slot: number): void => {
    const frame = slot >>> 16;
    if (!fresh.has(frame)) {
      bits[frame] = bits[frame]?.slice() ?? new Uint8Array(MASK_BYTES);
      fresh.add(frame);
    }
    bits[frame]![(slot >>> 3) & (MASK_BYTES - 1)]! |= 1 << (slot & 7);
  };
  // Looking an id up costs several times as much as asking one slot after the other, whose ids mostly share a page.
  if (allow.size * 16 < count - known.upto)
    allow.forEach((id) => {
      const slot = slots.find(id); // none where it is dead, which is as good
      if (slot >= known.upto) set(slot);
    });
  else {
    let number = -1;
    let page = -1;
    for (let slot = known.upto; slot < count; slot++) {
      const id = slots.idAt(slot);
      if (id >>> 10 !== number) {
        number = id >>> 10;
        page = allow.page(number);
      }
      if (page >= 0 && allow.bit(page, id)) set(slot);
    }
  }
  return { upto: count, bits: Array.from({ length: Math.ceil(count / FRAME_CODES) }, (_, frame) => bits[frame]) };
}
