import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { LookseeError } from "../../src/errors.ts";
import { readHeader } from "../../src/vision/check.ts";
import { decode } from "../../src/vision/decode.ts";
import { jpegSize } from "../../src/vision/sniff.ts";
import { quarters, scene } from "./drawings.ts";

async function codeOfFailure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(LookseeError);
  expect((error as LookseeError).remedy.length).toBeGreaterThan(10);
  return (error as LookseeError).code;
}

/** Only the signature and the first chunk: a PNG that claims a size and holds nothing. */
function pngHeader(width: number, height: number): Buffer {
  const header = Buffer.from("89504e470d0a1a0a0000000d4948445200000000000000000802000000", "hex");
  header.writeUInt32BE(width, 16);
  header.writeUInt32BE(height, 20);
  return header;
}

/** A small picture whose header was changed to claim another size. */
async function claiming(format: string, width: number, height: number): Promise<Buffer> {
  const bytes =
    format === "heic"
      ? readFileSync(join(import.meta.dirname, "quarters.heic"))
      : await (await quarters(64, 48)).toFormat(format as "webp").toBuffer();
  const claims = Buffer.from(bytes);
  if (format === "gif") {
    for (const at of [6, claims.indexOf(0x2c, 13 + 3 * 2 ** ((claims[10]! & 7) + 1)) + 5]) {
      claims.writeUInt16LE(width, at);
      claims.writeUInt16LE(height, at + 2);
    }
  } else if (format === "webp") {
    const frame = claims.indexOf(Buffer.from([0x9d, 0x01, 0x2a])); // VP8's start code; 14 bits each
    expect(frame).toBeGreaterThan(0);
    claims.writeUInt16LE(0x3fff, frame + 3);
    claims.writeUInt16LE(0x3fff, frame + 5);
  } else if (format === "tiff") {
    const directory = claims.readUInt32LE(4);
    for (let entry = directory + 2, n = claims.readUInt16LE(directory); n > 0; n--, entry += 12) {
      const [tag, type] = [claims.readUInt16LE(entry), claims.readUInt16LE(entry + 2)];
      const value = tag === 256 ? width : tag === 257 ? height : null;
      if (value !== null) type === 3 ? claims.writeUInt16LE(value, entry + 8) : claims.writeUInt32LE(value, entry + 8);
    }
  } else {
    const extent = claims.indexOf("ispe") + 8;
    claims.writeUInt32BE(width, extent);
    claims.writeUInt32BE(height, extent + 4);
  }
  return claims;
}

describe("readHeader refuses by the header alone", () => {
  test("an empty file", async () => {
    expect(await codeOfFailure(readHeader(new Uint8Array()))).toBe("PICTURE_EMPTY");
  });
  test.each(["a text file that was named .jpg", "<!doctype html><p>404", "{}", "\0\0\0\0", "P6 1 1 255 abc"])(
    "%j, which is no picture",
    async (text) => {
      expect(await codeOfFailure(readHeader(Buffer.from(text)))).toBe("PICTURE_FORMAT");
    },
  );
  test.each(["<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", "%PDF-1.7 ..."])(
    "%j, not a photo",
    async (text) => {
      expect(await codeOfFailure(readHeader(Buffer.from(text)))).toBe("PICTURE_FORMAT");
    },
  );
  test("a 50,000 x 50,000 PNG header", async () => {
    expect(await codeOfFailure(readHeader(pngHeader(50_000, 50_000)))).toBe("PICTURE_TOO_LARGE");
    expect(await codeOfFailure(decode(pngHeader(50_000, 50_000), 512))).toBe("PICTURE_TOO_LARGE");
  });
  test("a small JPEG whose header claims 30,000 x 30,000", async () => {
    const claims = Buffer.from(await scene(8, 64, 48));
    const frame = claims.indexOf(Buffer.from([0xff, 0xc0])); // SOF0: length, precision, height, width
    expect(frame).toBeGreaterThan(0);
    claims.writeUInt16BE(30_000, frame + 5);
    claims.writeUInt16BE(30_000, frame + 7);
    expect(await codeOfFailure(readHeader(claims))).toBe("PICTURE_TOO_LARGE");
  });
  test.each(["webp", "gif", "tiff", "avif", "heic"])(
    "a small %s whose header claims 30,000 x 16,000",
    async (format) => {
      const claims = await claiming(format, 30_000, 16_000);
      expect(await codeOfFailure(readHeader(claims))).toBe("PICTURE_TOO_LARGE");
      expect(await codeOfFailure(decode(claims, 256))).toBe("PICTURE_TOO_LARGE");
    },
  );
  test("a film and a web page, by name", async () => {
    const film = Buffer.from("\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "latin1");
    await expect(readHeader(film)).rejects.toThrow(/PICTURE_FORMAT: .*\(mp4\)/);
    await expect(readHeader(Buffer.from("\n<!DOCTYPE html><p>404"))).rejects.toThrow(/a web page, no picture/);
  });
  test("a JPEG cut within its header", async () => {
    expect(await codeOfFailure(readHeader((await scene(1, 80, 60)).subarray(0, 30)))).toBe("PICTURE_BROKEN");
  });
});

test.each(["jpeg", "png", "webp", "gif", "tiff", "avif"] as const)(
  "readHeader reads the size of a %s",
  async (format) => {
    const bytes = await (await quarters(64, 48)).toFormat(format).toBuffer();
    expect(await readHeader(bytes)).toMatchObject({ width: 64, height: 48, format });
  },
);

test("decode refuses a truncated heic", async () => {
  const whole = readFileSync(join(import.meta.dirname, "quarters.heic"));
  expect(await codeOfFailure(decode(whole.subarray(0, whole.length - 60), 256))).toBe("PICTURE_BROKEN");
});

test.each(["jpeg", "png", "webp"] as const)("decode refuses a truncated %s, whose header is fine", async (format) => {
  const whole = await sharp(await scene(2, 400, 300))
    .toFormat(format)
    .toBuffer();
  const cut = whole.subarray(0, Math.floor(whole.length * 0.6));
  expect(await codeOfFailure(decode(cut, 256))).toBe("PICTURE_BROKEN");
});

test("decode refuses random bytes behind a JPEG signature", async () => {
  const noise = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(5000, 0x5a)]);
  expect(await codeOfFailure(decode(noise, 256))).toBe("PICTURE_BROKEN");
});

describe("a plain JPEG's size", () => {
  const drawn = async () => (await quarters(96, 64)).jpeg().toBuffer();

  test.each(["plain", "progressive", "grey", "CMYK", "with a colour profile"])(
    "%s: as the decoder says",
    async (kind) => {
      const image = await quarters(96, 64);
      if (kind === "grey") image.greyscale();
      if (kind === "CMYK") image.toColourspace("cmyk");
      if (kind === "with a colour profile") image.withIccProfile("p3");
      const bytes = await image.jpeg({ progressive: kind === "progressive" }).toBuffer();
      const { width, height } = await sharp(bytes).metadata();
      expect(jpegSize(bytes)).toEqual({ width, height });
    },
  );

  test("is left to the decoder where EXIF may turn it, and where a segment is not plain", async () => {
    expect(jpegSize(await (await quarters(96, 64)).withMetadata({ orientation: 6 }).jpeg().toBuffer())).toBeNull();
    const bytes = await drawn();
    for (const at of [2, 4, 5]) expect(jpegSize(Buffer.from(bytes).fill(0xfe, at, at + 2)), `${at}`).toBeNull();
    expect(jpegSize(bytes.subarray(0, bytes.indexOf(Buffer.from([0xff, 0xda]))))).toBeNull();
  });

  test("with any of its bytes changed: what is said is what the decoder says, or the picture is broken", async () => {
    const bytes = await drawn();
    const header = bytes.indexOf(Buffer.from([0xff, 0xda]));
    let [compared, left] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: header }), fc.integer({ min: 0, max: 255 }), async (at, byte) => {
        const changed = Buffer.from(bytes);
        changed[at] = byte;
        const size = jpegSize(changed);
        if (size === null) return void left++;
        const meta = await sharp(changed, { failOn: "none" })
          .metadata()
          .catch(() => null);
        if (meta === null) return;
        compared++;
        expect(size).toEqual({ width: meta.width, height: meta.height });
      }),
      { numRuns: 300, seed: 1 },
    );
    expect(compared).toBeGreaterThan(100);
    expect(left).toBeGreaterThan(5);
  });
});
