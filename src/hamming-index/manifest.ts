import { crc32 } from "node:zlib";
import { LookseeError } from "../errors.ts";
import { FRAME_CODES, MASK_BYTES } from "./layout.ts";
import type { Bits } from "./slots.ts";

const MAGIC = 0x464d4b4c;
const VERSION = 1;
const TEXT_AT = 16;

export type Listed = { file: string; count: number; crc: number; dead: number };

/** What a folder holds, as docs/segment-format.md writes it down. */
export type Manifest = {
  model: string;
  mark: number;
  next: number;
  /** The file of the lists that segments are sorted by, if any are. */
  lists: { file: string; crc: number } | null;
  segments: (Listed & { deaths: Bits })[];
};

export function encodeManifest({ model, mark, next, lists, segments }: Manifest): Uint8Array {
  const listed = segments.map(({ file, count, crc, dead }) => ({ file, count, crc, dead }));
  const json = Buffer.from(JSON.stringify({ model, mark, next, lists, segments: listed }));
  const text = Buffer.alloc(padded(json.length), " ");
  text.set(json);
  const bitmaps = segments.filter(({ dead }) => dead > 0);
  const bytes = new Uint8Array(
    TEXT_AT + text.length + bitmaps.reduce((sum, { count }) => sum + padded(Math.ceil(count / 8)), 0),
  );
  bytes.set(text, TEXT_AT);
  let at = TEXT_AT + text.length;
  for (const { count, deaths } of bitmaps) {
    for (const [frame, bits] of deaths.entries())
      if (bits) bytes.set(bits.subarray(0, Math.ceil(count / 8) - frame * MASK_BYTES), at + frame * MASK_BYTES);
    at += padded(Math.ceil(count / 8));
  }
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, text.length, true);
  view.setUint32(12, crc32(bytes.subarray(TEXT_AT)), true);
  return bytes;
}

/** Throws SEGMENT_MAGIC, SEGMENT_VERSION, SEGMENT_DAMAGED. */
export function decodeManifest(bytes: Uint8Array): Manifest {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < TEXT_AT || view.getUint32(0, true) !== MAGIC)
    throw new LookseeError("SEGMENT_MAGIC", "the manifest of the index is none", REBUILD);
  const version = view.getUint32(4, true);
  if (version !== VERSION)
    throw new LookseeError(
      "SEGMENT_VERSION",
      `the manifest has format ${version}, this looksee knows ${VERSION}`,
      REBUILD,
    );
  if (crc32(bytes.subarray(TEXT_AT)) !== view.getUint32(12, true))
    throw new LookseeError("SEGMENT_DAMAGED", "the manifest of the index is damaged: its checksum differs", REBUILD);
  const textBytes = view.getUint32(8, true);
  const { model, mark, next, lists, segments } = JSON.parse(
    Buffer.from(bytes.subarray(TEXT_AT, TEXT_AT + textBytes)).toString(),
  ) as Omit<Manifest, "segments"> & { segments: Listed[] };
  let at = TEXT_AT + textBytes;
  return {
    model,
    mark,
    next,
    lists,
    segments: segments.map((listed) => {
      if (listed.dead === 0) return { ...listed, deaths: [] };
      const size = Math.ceil(listed.count / 8);
      const deaths = Array.from({ length: Math.ceil(listed.count / FRAME_CODES) }, (_, frame) => {
        const bits = new Uint8Array(MASK_BYTES);
        bits.set(bytes.subarray(at + frame * MASK_BYTES, at + Math.min(size, (frame + 1) * MASK_BYTES)));
        return bits;
      });
      at += padded(size);
      return { ...listed, deaths };
    }),
  };
}

const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8;

const REBUILD = "The index is built again from the catalog; nothing is lost";
