import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import type { SegmentParts } from "./segment.ts";
import { ALIGN, encodeHeader, HEADER_BYTES, headerCrc, type Section, type SectionName } from "./segment-header.ts";

/** Writes one segment file, section by section; the header comes last, so that a file cut short is no segment. */
export class SegmentWriter {
  readonly #fd: number;
  readonly #sections: Partial<Record<SectionName, Section>> = {};
  #open: Section | undefined;
  #end = HEADER_BYTES;

  constructor(path: string) {
    this.#fd = openSync(path, "w+");
  }

  /** Adds to a section; the parts of one section come one after the other, codes first. */
  add(name: SectionName, part: Uint8Array): void {
    if (!this.#sections[name]) {
      this.#end = Math.ceil(this.#end / ALIGN) * ALIGN;
      this.#open = { at: this.#end, bytes: 0, crc: 0 };
      this.#sections[name] = this.#open;
    }
    const section = this.#open!;
    for (let done = 0; done < part.length; )
      done += writeSync(this.#fd, part, done, part.length - done, this.#end + done);
    section.crc = crc32(part, section.crc);
    section.bytes += part.length;
    this.#end += part.length;
  }

  /** Writes what is not by code, then the header, and waits until the disk has it all. The file is closed. */
  finish({ count, minId, maxId, order, lists, groups }: SegmentParts, modelId: string): { crc: number; bytes: number } {
    const { starts, centroids } = lists;
    this.add("lists", bytesOf(starts));
    if (order) this.add("order", bytesOf(order));
    if (centroids) this.add("centroids", centroids);
    if (groups) {
      this.add("groups", bytesOf(groups.from));
      this.add("groups", bytesOf(groups.of));
    }
    const length = this.#end;
    const header = encodeHeader({
      count,
      lists: starts.length - 1,
      minId,
      maxId,
      modelId,
      length,
      sections: this.#sections,
    });
    writeSync(this.#fd, header, 0, HEADER_BYTES, 0);
    fsyncSync(this.#fd);
    closeSync(this.#fd);
    return { crc: headerCrc(header), bytes: length };
  }

  /** Closes what could not be finished. */
  abandon(): void {
    closeSync(this.#fd);
  }
}

const bytesOf = (array: Uint32Array | Uint16Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
