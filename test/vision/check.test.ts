import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { LookseeError } from "../../src/errors.ts";
import { decode } from "../../src/vision/decode.ts";
import { checkPicture } from "../../src/vision/index.ts";
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

describe("checkPicture refuses by the header alone", () => {
  test("an empty file", async () => {
    expect(await codeOfFailure(checkPicture(new Uint8Array()))).toBe("PICTURE_EMPTY");
  });
  test.each(["a text file that was named .jpg", "<!doctype html><p>404", "{}", "\0\0\0\0", "P6 1 1 255 abc"])(
    "%j, which is no picture",
    async (text) => {
      expect(await codeOfFailure(checkPicture(Buffer.from(text)))).toBe("PICTURE_FORMAT");
    },
  );
  test.each(["<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", "%PDF-1.7 ..."])(
    "%j, not a photo",
    async (text) => {
      expect(await codeOfFailure(checkPicture(Buffer.from(text)))).toBe("PICTURE_FORMAT");
    },
  );
  test("a 50,000 x 50,000 PNG header", async () => {
    expect(await codeOfFailure(checkPicture(pngHeader(50_000, 50_000)))).toBe("PICTURE_TOO_LARGE");
    expect(await codeOfFailure(decode(pngHeader(50_000, 50_000), 512))).toBe("PICTURE_TOO_LARGE");
  });
  test("a small JPEG whose header claims 30,000 x 30,000", async () => {
    const claims = Buffer.from(await scene(8, 64, 48));
    const frame = claims.indexOf(Buffer.from([0xff, 0xc0])); // SOF0: length, precision, height, width
    expect(frame).toBeGreaterThan(0);
    claims.writeUInt16BE(30_000, frame + 5);
    claims.writeUInt16BE(30_000, frame + 7);
    expect(await codeOfFailure(checkPicture(claims))).toBe("PICTURE_TOO_LARGE");
  });
  test("a JPEG cut within its header", async () => {
    expect(await codeOfFailure(checkPicture((await scene(1, 80, 60)).subarray(0, 30)))).toBe("PICTURE_BROKEN");
  });
});

test.each(["jpeg", "png", "webp", "gif", "tiff", "avif"] as const)(
  "checkPicture reads the size of a %s",
  async (format) => {
    const bytes = await (await quarters(64, 48)).toFormat(format).toBuffer();
    expect(await checkPicture(bytes)).toEqual({ width: 64, height: 48, format });
  },
);

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
