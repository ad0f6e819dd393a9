import { SampledCodes } from "./coarse/index.ts";
import { CODE_BYTES } from "./layout.ts";
import type { Segment } from "./segment.ts";

/** 64 MB of codes. */
const MOST = 2 ** 20;

/** An even sample of the living codes of segments that are sorted by the same lists. */
export function sampledCodes(segments: readonly Segment[]): SampledCodes {
  const step = Math.max(1, segments.reduce((sum, { count }) => sum + count, 0) / MOST);
  const taken: { segment: Segment; slot: number; list: number }[] = [];
  for (const segment of segments) {
    const { starts } = segment.lists;
    for (let at = step / 2, list = 0; at < segment.count; at += step) {
      const slot = Math.floor(at);
      while (starts[list + 1]! <= slot) list++;
      if (!segment.isDead(slot)) taken.push({ segment, slot, list });
    }
  }
  const codes = new Uint8Array(taken.length * CODE_BYTES);
  for (const [i, { segment, slot }] of taken.entries()) codes.set(segment.codeAt(slot), i * CODE_BYTES);
  return new SampledCodes(
    codes,
    Uint32Array.from(taken, ({ list }) => list),
    Uint16Array.from(taken, ({ segment, slot }) => segment.groupAt(slot)),
  );
}
