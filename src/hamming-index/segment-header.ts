import { crc32 } from "node:zlib";
import { LookseeError } from "../errors.ts";
import { CODE_BITS, CODE_BYTES } from "./layout.ts";

// The offsets of docs/segment-format.md, shared by writer and reader.
const MAGIC = 0x47534b4c;
/** Written where there are groups; else 1, which knows of none. */
export const SEGMENT_VERSION = 2;
export const HEADER_BYTES = 4096;
const TABLE_AT = 64;
const ENTRY_BYTES = 24;
const ENTRIES = 16;
const MODEL_AT = 512;
export const MODEL_MAX = 1024;
const CRC_AT = 4092;

/** Every section begins at a multiple of this. */
export const ALIGN = 4096;

/** Section kinds, as numbered in the file; 6 to 8 stand in files of nobody's and are passed over. */
export const SECTIONS = {
  codes: 1,
  ids: 2,
  lists: 3,
  order: 4,
  centroids: 5,
  groups: 9,
} as const;
export type SectionName = keyof typeof SECTIONS;

/** Where a section lies in its file. */
export type Section = { at: number; bytes: number; crc: number };

export type SegmentHeader = {
  count: number;
  lists: number;
  minId: number;
  maxId: number;
  modelId: string;
  /** Length of the file. */
  length: number;
  sections: Partial<Record<SectionName, Section>>;
};

/** The header's 4,096 bytes; the last word is their checksum. */
export function encodeHeader(header: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  const model = Buffer.from(header.modelId);
  const version = header.sections.groups ? SEGMENT_VERSION : 1;
  const words = [MAGIC, version, HEADER_BYTES, CODE_BITS, header.count, header.lists, 0, 0];
  for (const [i, word] of [...words, header.minId, header.maxId].entries()) view.setUint32(i * 4, word, true);
  view.setBigUint64(40, BigInt(header.length), true);
  view.setUint32(48, model.length, true);
  let entry = TABLE_AT;
  for (const [name, { at, bytes, crc }] of Object.entries(header.sections)) {
    view.setUint32(entry, SECTIONS[name as SectionName], true);
    view.setUint32(entry + 4, crc, true);
    view.setBigUint64(entry + 8, BigInt(at), true);
    view.setBigUint64(entry + 16, BigInt(bytes), true);
    entry += ENTRY_BYTES;
  }
  bytes.set(model, MODEL_AT);
  view.setUint32(CRC_AT, crc32(bytes.subarray(0, CRC_AT)), true);
  return bytes;
}

/** The checksum that stands in a header and, for comparison, in the manifest. */
export function headerCrc(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES).getUint32(CRC_AT, true);
}

/**
 * Reads the first 4,096 bytes of a segment file that is `length` bytes long. What it returns has been checked: each
 * section lies within the file and has the size its kind must have. Throws SEGMENT_MAGIC, SEGMENT_VERSION,
 * SEGMENT_DAMAGED.
 */
export function decodeHeader(name: string, bytes: Uint8Array, length: number): SegmentHeader {
  if (bytes.length < HEADER_BYTES) throw damaged(name, `it ends after ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const word = (at: number): number => view.getUint32(at, true);
  const long = (at: number): number => Number(view.getBigUint64(at, true));
  if (word(0) !== MAGIC) throw new LookseeError("SEGMENT_MAGIC", `${name} is not a looksee segment`, REBUILD);
  if (word(4) < 1 || word(4) > SEGMENT_VERSION)
    throw new LookseeError(
      "SEGMENT_VERSION",
      `${name} has format ${word(4)}, this looksee knows 1 to ${SEGMENT_VERSION}`,
      REBUILD,
    );
  if (crc32(bytes.subarray(0, CRC_AT)) !== word(CRC_AT)) throw damaged(name, "its header's checksum differs");
  const sections: SegmentHeader["sections"] = {};
  for (let entry = TABLE_AT; entry < TABLE_AT + ENTRIES * ENTRY_BYTES; entry += ENTRY_BYTES) {
    const found = Object.entries(SECTIONS).find(([, kind]) => kind === word(entry));
    if (found)
      sections[found[0] as SectionName] = { crc: word(entry + 4), at: long(entry + 8), bytes: long(entry + 16) };
  }
  const modelId = Buffer.from(bytes.subarray(MODEL_AT, MODEL_AT + Math.min(word(48), MODEL_MAX))).toString();
  const [count, lists] = [word(16), word(20)];
  const header = { count, lists, minId: word(32), maxId: word(36), modelId, length: long(40), sections };
  if (header.length !== length) throw damaged(name, `it has ${length} bytes and should have ${header.length}`);
  if (word(12) !== CODE_BITS || count < 1 || lists < 1) throw damaged(name, "its header contradicts itself");
  for (const [section, bytes] of Object.entries(sectionSizes(header))) {
    const { at, bytes: held } = sections[section as SectionName] ?? { at: 0, bytes: 0 };
    if (held !== bytes || at % ALIGN !== 0 || at + held > length)
      throw damaged(name, `its ${section} have ${held} bytes and should have ${bytes}`);
  }
  return header;
}

/** The bytes each section must have; `order` and `groups` may be absent, and the size of `groups` is its own affair. */
export function sectionSizes({ count, lists, sections }: SegmentHeader): Partial<Record<SectionName, number>> {
  return {
    codes: count * CODE_BYTES,
    ids: count * 4,
    lists: (lists + 1) * 4,
    ...(sections.order && { order: count * 4 }),
    ...(lists > 1 && { centroids: lists * CODE_BYTES }),
  };
}

const REBUILD = "Its codes are taken from the catalog again; nothing is lost";

export function damaged(name: string, problem: string, cause?: unknown): LookseeError {
  return new LookseeError("SEGMENT_DAMAGED", `the segment ${name} is damaged: ${problem}`, REBUILD, { cause });
}
