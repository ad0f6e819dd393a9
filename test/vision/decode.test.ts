import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { readHeader } from "../../src/vision/check.ts";
import { decode } from "../../src/vision/decode.ts";
import { thumbnail } from "../../src/vision/index.ts";
import { tiffOf } from "../../src/vision/tiff.ts";
import { at, BLUE, GREEN, off, quarters, RED, YELLOW } from "./drawings.ts";

/** quarters(96, 64) by libheif's encoder (x265, 4:4:4); sharp writes no HEVC. */
const HEIC = readFileSync(join(import.meta.dirname, "quarters.heic"));

const near = 12; // JPEG and resizing move a flat colour by a few steps

/** Corner colours of the decoded picture, in reading order. */
async function corners(bytes: Uint8Array, side = 64): Promise<number[][]> {
  const { pixels, width } = await decode(bytes, side);
  return [
    at(pixels, width, 0.2, 0.2),
    at(pixels, width, 0.8, 0.2),
    at(pixels, width, 0.2, 0.8),
    at(pixels, width, 0.8, 0.8),
  ];
}

function expectColours(got: number[][], expected: readonly (readonly number[])[], tolerance = near): void {
  for (const [i, colour] of expected.entries())
    expect(off(got[i]!, colour), `corner ${i}: ${got[i]}`).toBeLessThanOrEqual(tolerance);
}

/** What a phone stores under each EXIF tag so that this stands upright: red, green over blue, yellow. */
const STORED = [
  [1, [RED, GREEN, BLUE, YELLOW]],
  [2, [GREEN, RED, YELLOW, BLUE]],
  [3, [YELLOW, BLUE, GREEN, RED]],
  [4, [BLUE, YELLOW, RED, GREEN]],
  [5, [RED, BLUE, GREEN, YELLOW]],
  [6, [GREEN, YELLOW, RED, BLUE]],
  [7, [YELLOW, GREEN, BLUE, RED]],
  [8, [BLUE, RED, YELLOW, GREEN]],
] as const;

test.each(STORED)("decode stands EXIF orientation %i upright", async (orientation, colours) => {
  const [width, height] = orientation >= 5 ? [80, 120] : [120, 80];
  const drawn = await quarters(width, height, colours);
  const stored = await drawn.withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
  const picture = await decode(stored, 60);
  expect([picture.uprightWidth, picture.uprightHeight]).toEqual([120, 80]);
  expect([picture.width, picture.height]).toEqual([60, 40]);
  expectColours(await corners(stored), [RED, GREEN, BLUE, YELLOW]);
});

describe("decode gives 8-bit sRGB, three channels, whatever comes in", () => {
  test("grey", async () => {
    const grey = await sharp({ create: { width: 40, height: 20, channels: 3, background: "#808080" } })
      .greyscale()
      .jpeg()
      .toBuffer();
    const { pixels, width, height } = await decode(grey, 64);
    expect(pixels.length).toBe(width * height * 3);
    expect(off(at(pixels, width, 0.5, 0.5), [128, 128, 128])).toBeLessThanOrEqual(2);
  });
  test("CMYK", async () => {
    const cmyk = await (await quarters(40, 40)).toColourspace("cmyk").jpeg({ quality: 95 }).toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe("cmyk");
    const [red, , blue] = await corners(cmyk);
    expect(red![0]! - red![2]!).toBeGreaterThan(120); // inks cannot print these exactly, but red stays red
    expect(blue![2]! - blue![0]!).toBeGreaterThan(80);
  });
  test("16 bits", async () => {
    const deep = await (await quarters(40, 40)).toColourspace("rgb16").png().toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe("ushort");
    expectColours(await corners(deep), [RED, GREEN, BLUE, YELLOW], 3);
  });
  test("an embedded Display P3 profile", async () => {
    const wide = await (await quarters(40, 40)).withIccProfile("p3").png().toBuffer();
    expect(off(at(await sharp(wide, { ignoreIcc: true }).raw().toBuffer(), 40, 0.8, 0.2), GREEN)).toBeGreaterThan(20);
    expectColours(await corners(wide), [RED, GREEN, BLUE, YELLOW], 3);
  });
  test("HEIC, by its container upright", async () => {
    expect(await readHeader(HEIC)).toMatchObject({ width: 96, height: 64, format: "heic" });
    const picture = await decode(HEIC, 48);
    expect([picture.width, picture.height, picture.uprightWidth, picture.uprightHeight]).toEqual([48, 32, 96, 64]);
    expectColours(await corners(HEIC), [RED, GREEN, BLUE, YELLOW]);
    expect((await sharp(await thumbnail(HEIC, 32)).metadata()).format).toBe("jpeg");
  });
  test("pixels with a colour profile, as HEIC ones from a phone have", async () => {
    const { icc } = await sharp(await (await quarters(40, 40)).withIccProfile("p3").png().toBuffer()).metadata();
    const pixels = await (await quarters(40, 40)).ensureAlpha().raw().toBuffer();
    expectColours(await corners(tiffOf(pixels, 40, 40, undefined)), [RED, GREEN, BLUE, YELLOW], 1);
    const [, green] = await corners(tiffOf(pixels, 40, 40, icc));
    expect(off(green!, GREEN)).toBeGreaterThan(10); // the same numbers mean another green in Display P3
  });
  test("alpha stands on white", async () => {
    const clear = await sharp({
      create: { width: 40, height: 40, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0 } },
    })
      .png()
      .toBuffer();
    expect(at((await decode(clear, 64)).pixels, 40, 0.5, 0.5)).toEqual([255, 255, 255]);
  });
  test("of an animation the first frame", async () => {
    const frames = await Promise.all(
      [RED, BLUE].map(([r, g, b]) =>
        sharp({ create: { width: 30, height: 20, channels: 3, background: { r: r!, g: g!, b: b! } } })
          .png()
          .toBuffer(),
      ),
    );
    const film = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    const picture = await decode(film, 64);
    expect([picture.width, picture.height]).toEqual([30, 20]);
    expect(off(at(picture.pixels, picture.width, 0.5, 0.5), RED)).toBeLessThanOrEqual(near);
  });
});

test("a large photo shrinks while it loads and keeps its place and colours", async () => {
  const large = await (await quarters(3000, 2000)).jpeg({ quality: 90 }).toBuffer();
  const picture = await decode(large, 512);
  expect([picture.width, picture.height, picture.uprightWidth, picture.uprightHeight]).toEqual([512, 341, 3000, 2000]);
  expectColours(await corners(large, 512), [RED, GREEN, BLUE, YELLOW]);
});

test("a small picture is not enlarged", async () => {
  expect((await decode(await (await quarters(20, 10)).png().toBuffer(), 512)).width).toBe(20);
});
