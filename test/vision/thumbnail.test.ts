import sharp from "sharp";
import { expect, test } from "vitest";
import { reencode, thumbnail } from "../../src/vision/index.ts";
import { at, GREEN, off, quarters, RED } from "./drawings.ts";

const phone = async () =>
  sharp(await (await quarters(400, 300)).png().toBuffer())
    .withExif({ IFD0: { Artist: "A. Shopper" }, IFD3: { GPSLatitudeRef: "N", GPSLatitude: "52/1 31/1 0/1" } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();

test("reencode turns upright, shrinks, and keeps no metadata", async () => {
  const meta = await sharp(await reencode(await phone(), 200)).metadata();
  expect([meta.width, meta.height, meta.format]).toEqual([150, 200, "jpeg"]);
  expect([meta.exif, meta.icc, meta.xmp, meta.orientation]).toEqual([undefined, undefined, undefined, undefined]);
});

test("reencode never enlarges", async () => {
  expect((await sharp(await reencode(await phone(), 5000)).metadata()).height).toBe(400);
});

test("thumbnail fits the longer side, and shows the box alone when one is given", async () => {
  const picture = await (await quarters(400, 300)).jpeg().toBuffer();
  const whole = await sharp(await thumbnail(picture, 100)).metadata();
  expect([whole.width, whole.height, whole.exif]).toEqual([100, 75, undefined]);
  const corner = await sharp(await thumbnail(picture, 90, [0.5, 0, 1, 0.5]))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([corner.info.width, corner.info.height]).toEqual([90, 68]);
  for (const [x, y] of [
    [0.1, 0.1],
    [0.9, 0.9],
    [0.5, 0.5],
  ] as const)
    expect(off(at(corner.data, 90, x, y), GREEN)).toBeLessThanOrEqual(12);
  expect(
    off(
      at(
        await sharp(await thumbnail(picture, 90))
          .raw()
          .toBuffer(),
        90,
        0.1,
        0.1,
      ),
      RED,
    ),
  ).toBeLessThanOrEqual(12);
});
