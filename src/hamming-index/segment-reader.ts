import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { crc32 } from "node:zlib";
import { LookseeError } from "../errors.ts";
import type { Frame } from "./arena.ts";
import type { GroupRuns } from "./groups.ts";
import { CODE_BYTES, FRAME_CODES } from "./layout.ts";
import type { SegmentParts } from "./segment.ts";
import {
  damaged,
  decodeHeader,
  HEADER_BYTES,
  headerCrc,
  type SectionName,
  type SegmentHeader,
} from "./segment-header.ts";
import { setCodes } from "./slots.ts";

/**
 * Reads the header of a segment file. `crc`: what the manifest says its checksum is. Throws SEGMENT_MISSING,
 * SEGMENT_MODEL, and what decodeHeader throws.
 */
export function readHeader(path: string, modelId: string, crc: number): SegmentHeader {
  return withFile(path, (fd) => {
    const bytes = new Uint8Array(HEADER_BYTES);
    const got = readSync(fd, bytes, 0, HEADER_BYTES, 0);
    const header = decodeHeader(basename(path), bytes.subarray(0, got), fstatSync(fd).size);
    if (header.modelId !== modelId)
      // codes of two models never compare, even at equal width
      throw new LookseeError(
        "SEGMENT_MODEL",
        `${basename(path)} holds codes of ${JSON.stringify(header.modelId)}, not of ${JSON.stringify(modelId)}`,
        "Its codes are taken from the catalog again; nothing is lost",
      );
    if (headerCrc(bytes) !== crc) throw damaged(basename(path), "it is not the file that the manifest names");
    return header;
  });
}

/**
 * Streams the whole file once, checking every section; ids and, where the frames have room for them, codes go to the
 * frames. Throws SEGMENT_MISSING, SEGMENT_DAMAGED.
 */
export function readSegment(
  path: string,
  header: SegmentHeader,
  frames: readonly Frame[],
  bytesOf: (memory: number) => Uint8Array,
): SegmentParts {
  const name = basename(path);
  return withFile(path, (fd) => {
    const read = (into: Uint8Array, at: number): void => {
      for (let got = 0; got < into.length; ) {
        const more = readSync(fd, into, got, into.length - got, at + got);
        if (more === 0) throw damaged(name, `it ends at byte ${at + got}`);
        got += more;
      }
    };
    const check = (section: SectionName, crc: number): void => {
      if (crc !== header.sections[section]!.crc) throw damaged(name, `the checksum of its ${section} differs`);
    };
    const whole = (section: SectionName): Uint8Array | undefined => {
      const { at, bytes } = header.sections[section] ?? { at: 0, bytes: 0 };
      if (bytes === 0) return undefined;
      const into = new Uint8Array(bytes);
      read(into, at);
      check(section, crc32(into));
      return into;
    };
    const stage = frames[0]!.codes < 0 ? new Uint8Array(FRAME_CODES * CODE_BYTES) : undefined;
    let [codesCrc, idsCrc] = [0, 0];
    for (const [i, frame] of frames.entries()) {
      const n = Math.min(FRAME_CODES, header.count - i * FRAME_CODES);
      const memory = bytesOf(frame.memory);
      const codes = stage
        ? stage.subarray(0, n * CODE_BYTES)
        : memory.subarray(frame.codes, frame.codes + n * CODE_BYTES);
      read(codes, header.sections.codes!.at + i * FRAME_CODES * CODE_BYTES);
      codesCrc = crc32(codes, codesCrc);
      if (!stage) setCodes(memory, frame, 0, codes);
      const ids = memory.subarray(frame.side, frame.side + n * 4);
      read(ids, header.sections.ids!.at + i * FRAME_CODES * 4);
      idsCrc = crc32(ids, idsCrc);
    }
    check("codes", codesCrc);
    check("ids", idsCrc);
    const { count, minId, maxId } = header;
    const starts = words(whole("lists")!);
    if (starts[0] !== 0 || starts.at(-1) !== count) throw damaged(name, "its lists do not cover its codes");
    return {
      count,
      minId,
      maxId,
      order: header.sections.order && words(whole("order")!),
      groups: header.sections.groups && groupRuns(name, whole("groups")!, starts),
      lists: {
        starts,
        centroids: whole("centroids"),
      },
    };
  });
}

/** (runs + 1) x u32, then runs x u16. Throws SEGMENT_DAMAGED where they are no runs of these lists. */
function groupRuns(name: string, bytes: Uint8Array, starts: Uint32Array): GroupRuns {
  const runs = (bytes.length - 4) / 6;
  const wrong = damaged(name, "its groups do not cover its lists");
  if (!Number.isInteger(runs) || runs < 1) throw wrong;
  const from = words(bytes.subarray(0, (runs + 1) * 4));
  for (let run = 0, list = 0; run < runs; run++) {
    if (from[run]! >= from[run + 1]!) throw wrong;
    while (starts[list + 1]! <= from[run]!) list++;
    if (from[run + 1]! > starts[list + 1]!) throw wrong;
  }
  if (from[0] !== 0 || from[runs] !== starts.at(-1)) throw wrong;
  return { from, of: new Uint16Array(bytes.buffer, bytes.byteOffset + (runs + 1) * 4, runs) };
}

const words = (bytes: Uint8Array): Uint32Array => new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);

/** Throws SEGMENT_MISSING if there is no such file, SEGMENT_DAMAGED if the disk cannot read it. */
function withFile<T>(path: string, work: (fd: number) => T): T {
  let fd: number | undefined;
  try {
    fd = openSync(path, "r");
    return work(fd);
  } catch (error) {
    if (error instanceof LookseeError) throw error;
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new LookseeError(
        "SEGMENT_MISSING",
        `the segment ${basename(path)} is gone`,
        "Its codes are taken from the catalog again; nothing is lost",
        { cause: error },
      );
    throw damaged(basename(path), (error as Error).message, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
