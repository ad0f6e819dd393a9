import type { Counting } from "./counting.ts";
import type { Holdings } from "./holdings.ts";
import { CODE_BYTES, FRAME_BYTES, FRAME_CODES, MASK_BYTES } from "./layout.ts";

export type IndexStats = {
  /** Living codes. */
  codes: number;
  /** Slots whose codes were replaced or removed and wait for a merge. */
  dead: number;
  segments: number;
  /** Lists that codes are sorted into; 0: none, and every search is exact. */
  lists: number;
  /** Codes held when it was last measured how far a search must look; 0: never. */
  measured: number;
  /** Codes not yet in a segment. */
  tail: number;
  threads: number;
  counting: Counting;
  bytes: {
    /** Codes in memory, dead ones and empty slots included, as in all that follows. */
    codes: number;
    ids: number;
    /** Tombstones and filters. */
    masks: number;
    /** Every 256th code once more. */
    sample: number;
    /** From id to slot: the tail's table and the segments' orders; groups, lists and what belongs to them. */
    tables: number;
    /** WASM memory reserved for all of the above but tables, and for scratch; pages never used take nothing. */
    reserved: number;
    /** Segment files. */
    files: number;
  };
};

export function statsOf(holdings: Holdings, threads: number, counting: Counting): IndexStats {
  const { parts, segments, tail, frozen, arena } = holdings;
  const frames = parts.flatMap((part) => part.frames);
  const full = frames.filter(({ codes }) => codes >= 0).length;
  const slots = frames.length * FRAME_CODES;
  return {
    codes: holdings.size,
    dead: parts.reduce((sum, part) => sum + part.deadCount, 0),
    segments: segments.length,
    lists: holdings.clusters?.lists ?? 0,
    measured: holdings.clusters?.measured?.codes ?? 0,
    tail: tail.live + frozen.reduce((sum, part) => sum + part.live, 0),
    threads,
    counting,
    bytes: {
      codes: full * FRAME_CODES * CODE_BYTES,
      ids: slots * 4,
      masks: frames.length * 2 * MASK_BYTES,
      sample: full * (FRAME_BYTES - FRAME_CODES * (CODE_BYTES + 4) - 2 * MASK_BYTES),
      tables: parts.reduce((sum, part) => sum + part.bytes, holdings.clusters?.bytes ?? 0),
      reserved: arena.bytes,
      files: segments.reduce((sum, { file }) => sum + (file?.bytes ?? 0), 0),
    },
  };
}
