import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";

/** Rows from the top, 3 bytes a pixel. */
export type SmallPicture = { pixels: Uint8Array; width: number; height: number };

/** CRC-32 of what follows, width, height, two bytes of nothing. */
const HEADER_BYTES = 8;

/**
 * Pictures shrunk to fit a square of `side` pixels, in one file with a place for each image id (3 kB at 32 pixels).
 * Derived from the pictures: one that is missing, damaged or cannot be written is simply made again.
 */
export class SmallPictures {
  readonly #file: number | null;
  readonly #record: Buffer;

  constructor(dir: string, side: number) {
    this.#record = Buffer.alloc(HEADER_BYTES + side * side * 3);
    this.#file = opened(join(dir, `small-pictures-${side}`));
  }

  read(imageId: number): SmallPicture | undefined {
    const record = this.#record;
    if (this.#file === null || !this.#readAt(imageId)) return undefined;
    const [width, height] = [record[4]!, record[5]!];
    const end = HEADER_BYTES + width * height * 3;
    if (end > record.length || crc32(record.subarray(4, end)) !== record.readUInt32LE(0)) return undefined;
    return width === 0 ? undefined : { pixels: Uint8Array.from(record.subarray(HEADER_BYTES, end)), width, height };
  }

  save(imageId: number, { pixels, width, height }: SmallPicture): void {
    if (this.#file === null) return;
    const record = this.#record.fill(0);
    record.set([width, height], 4);
    record.set(pixels, HEADER_BYTES);
    record.writeUInt32LE(crc32(record.subarray(4, HEADER_BYTES + pixels.length)));
    try {
      writeSync(this.#file, record, 0, record.length, imageId * record.length);
    } catch {} // a full disk is no reason not to compare
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
  }

  #readAt(imageId: number): boolean {
    try {
      return readSync(this.#file!, this.#record, 0, this.#record.length, imageId * this.#record.length) > HEADER_BYTES;
    } catch {
      return false;
    }
  }
}

function opened(path: string): number | null {
  try {
    return openSync(path, constants.O_RDWR | constants.O_CREAT);
  } catch {
    return null;
  }
}
