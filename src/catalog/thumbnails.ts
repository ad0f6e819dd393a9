import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";

/** Sides that are kept, those that the shopper's page asks for; any other is made anew each time, so nobody fills the disk. */
const SIDES: ReadonlySet<number> = new Set([320, 640, 1280]);

/**
 * Shrunken pictures: `thumbnails/<side>/ab/abcd…`, a JPEG with its CRC-32 behind it. Derived from the pictures: one that
 * is missing, damaged or cannot be written is simply made again.
 */
export class Thumbnails {
  readonly #root: string;

  constructor(dir: string) {
    this.#root = join(dir, "thumbnails");
  }

  read(sha256: string, side: number): Uint8Array | undefined {
    if (!SIDES.has(side)) return undefined;
    try {
      const file = readFileSync(this.#path(sha256, side));
      const jpeg = file.subarray(0, -4);
      return jpeg.length > 0 && crc32(jpeg) === file.readUInt32LE(jpeg.length) ? jpeg : undefined;
    } catch {
      return undefined;
    }
  }

  save(sha256: string, side: number, jpeg: Uint8Array): void {
    if (!SIDES.has(side)) return;
    const path = this.#path(sha256, side);
    const draft = `${path}.${randomBytes(6).toString("hex")}`;
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(crc32(jpeg));
    try {
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(draft, Buffer.concat([jpeg, sum]));
      renameSync(draft, path);
    } catch {
      // A full or read-only disk is no reason not to show the picture.
      try {
        rmSync(draft, { force: true });
      } catch {}
    }
  }

  /** Deletes those of a picture that is deleted itself. */
  remove(sha256: string): void {
    for (const side of SIDES) rmSync(this.#path(sha256, side), { force: true });
  }

  #path(sha256: string, side: number): string {
    return join(this.#root, String(side), sha256.slice(0, 2), sha256);
  }
}
