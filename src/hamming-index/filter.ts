import type { Bitmap } from "./bitmap.ts";
import { FRAME_CODES, MASK_BYTES } from "./layout.ts";
import type { Bits } from "./slots.ts";

/** What may match: ids in `allow`, codes of `group`; undefined: any. */
export type Filter = { readonly allow: Bitmap | undefined; readonly group: number | undefined };

export const ANY: Filter = { allow: undefined, group: undefined };

/** Which of the first `upto` slots a filter lets through. */
export type Allowed = { upto: number; bits: Bits };

type Held = { count: number; find(id: number): number; idAt(slot: number): number };

/**
 * The slots whose ids `allow` has, of those that `counts` says. Slots never change their id, so what is `known` of an earlier state is only added to:
 * a filter used again costs nothing for what was there before.
 */
export function allowed(
  allow: Bitmap,
  slots: Held,
  known: Allowed | undefined,
  counts: (slot: number) => boolean = () => true,
): Allowed {
  return marked(slots.count, known, (from, set) => {
    // Looking an id up costs several times as much as asking one slot after the other, whose ids mostly share a page.
    if (allow.size * 16 < slots.count - from)
      allow.forEach((id) => {
        const slot = slots.find(id); // none where it is dead, which is as good
        if (slot >= from && counts(slot)) set(slot);
      });
    else {
      let number = -1;
      let page = -1;
      for (let slot = from; slot < slots.count; slot++) {
        const id = slots.idAt(slot);
        if (id >>> 10 !== number) {
          number = id >>> 10;
          page = allow.page(number);
        }
        if (page >= 0 && allow.bit(page, id) && counts(slot)) set(slot);
      }
    }
  });
}

/** The first `count` slots, of which `mark` sets those from `from` on that are let through. */
export function marked(
  count: number,
  known: Allowed = { upto: 0, bits: [] },
  mark: (from: number, set: (slot: number) => void) => void,
): Allowed {
  if (known.upto === count) return known;
  const bits = [...known.bits];
  const fresh = new Set<number>(); // frames copied already: those known are in use and must not change
  mark(known.upto, (slot) => {
    const frame = slot >>> 16;
    if (!fresh.has(frame)) {
      bits[frame] = bits[frame]?.slice() ?? new Uint8Array(MASK_BYTES);
      fresh.add(frame);
    }
    bits[frame]![(slot >>> 3) & (MASK_BYTES - 1)]! |= 1 << (slot & 7);
  });
  return { upto: count, bits: Array.from({ length: Math.ceil(count / FRAME_CODES) }, (_, frame) => bits[frame]) };
}
