import { expect, test } from "vitest";
import { squareAroundBox, squareAroundPicture } from "../../src/vision/box.ts";
import { decode } from "../../src/vision/decode.ts";
import { cut } from "../../src/vision/tensor.ts";
import { at, BLUE, GREEN, off, quarters, RED, YELLOW } from "./drawings.ts";

const WHITE = [255, 255, 255];

test("a wide picture lies in the middle of the square, white above and below", async () => {
  const picture = await decode(await (await quarters(300, 100)).png().toBuffer(), 300);
  const tensor = await cut(picture, squareAroundPicture(300, 100), 96);
  expect(tensor.length).toBe(96 * 96 * 3);
  expect(at(tensor, 96, 0.5, 0.3)).toEqual(WHITE); // row 28 of 96; the picture starts at 32
  expect(off(at(tensor, 96, 0.2, 0.36), RED)).toBeLessThanOrEqual(2);
  expect(off(at(tensor, 96, 0.8, 0.64), YELLOW)).toBeLessThanOrEqual(2);
  expect(at(tensor, 96, 0.5, 0.68)).toEqual(WHITE);
});

test("a crop takes the picture's own surroundings where there are some, and white beyond", async () => {
  const picture = await decode(await (await quarters(200, 200)).png().toBuffer(), 200);
  const tensor = await cut(picture, squareAroundBox([0, 0, 0.5, 0.5], 200, 200, 2), 100); // -50..150
  expect(at(tensor, 100, 0.1, 0.5)).toEqual(WHITE);
  expect(off(at(tensor, 100, 0.5, 0.5), RED)).toBeLessThanOrEqual(2);
  expect(off(at(tensor, 100, 0.9, 0.5), GREEN)).toBeLessThanOrEqual(2);
  expect(off(at(tensor, 100, 0.5, 0.9), BLUE)).toBeLessThanOrEqual(2);
});

test("a square beside the picture is all white, and a sliver of one pixel does not fail", async () => {
  const picture = await decode(await (await quarters(50, 50)).png().toBuffer(), 50);
  expect(new Set(await cut(picture, { left: 60, top: 0, size: 20 }, 32))).toEqual(new Set([255]));
  expect((await cut(picture, { left: 49.2, top: -30, size: 31 }, 32)).length).toBe(32 * 32 * 3);
});

test("a picture that is the square itself is not copied", async () => {
  const picture = await decode(await (await quarters(64, 64)).png().toBuffer(), 64);
  expect(await cut(picture, { left: 0, top: 0, size: 64 }, 64)).toBe(picture.pixels);
});

test("unscaled pixels land where the square asks for them, wherever it lies", async () => {
  const { pixels, width, height, ...rest } = await decode(await (await quarters(40, 64)).png().toBuffer(), 64);
  for (const [left, top] of [
    [5, 9],
    [-7, 3],
    [30, -20],
  ] as const) {
    const tensor = await cut({ pixels, width, height, ...rest }, { left, top, size: 32 }, 32);
    const wanted = new Uint8Array(32 * 32 * 3).fill(255);
    for (let y = 0; y < 32; y++)
      for (let x = 0; x < 32; x++)
        if (x + left >= 0 && x + left < width && y + top >= 0 && y + top < height)
          wanted.set(
            pixels.subarray(((y + top) * width + x + left) * 3, ((y + top) * width + x + left + 1) * 3),
            (y * 32 + x) * 3,
          );
    expect(Buffer.compare(Buffer.from(tensor), Buffer.from(wanted))).toBe(0);
  }
});
