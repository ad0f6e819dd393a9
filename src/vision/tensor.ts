import sharp from "sharp";
import type { Square } from "./box.ts";
import type { Picture } from "./decode.ts";

const WHITE = 255;

/**
 * Cuts `square` (in pixels of the decoded picture) out of it and scales it to side x side.
 * Returns uint8[side, side, 3], RGB, rows from the top; white wherever the square reaches past the picture. The picture's own
 * pixels, not copied, where it is that square.
 */
export async function cut(picture: Picture, square: Square, side: number): Promise<Uint8Array> {
  const { width, height, pixels } = picture;
  const scale = side / square.size;
  const [x1, x2] = span(square.left, square.size, width);
  const [y1, y2] = span(square.top, square.size, height);
  if (square.left === 0 && square.top === 0 && width === side && height === side && square.size === side) return pixels;
  const tensor = new Uint8Array(side * side * 3).fill(WHITE);
  if (x2 <= x1 || y2 <= y1) return tensor; // the square lies beside the picture
  const [toX, toWidth] = place((x1 - square.left) * scale, (x2 - x1) * scale, side);
  const [toY, toHeight] = place((y1 - square.top) * scale, (y2 - y1) * scale, side);
  const asIs = toWidth === x2 - x1 && toHeight === y2 - y1;
  const part = asIs
    ? pixels
    : await sharp(pixels, { raw: { width, height, channels: 3 } })
        .extract({ left: x1, top: y1, width: x2 - x1, height: y2 - y1 })
        .resize({ width: toWidth, height: toHeight, fit: "fill", kernel: "cubic" })
        .raw()
        .toBuffer();
  const [first, stride] = asIs ? [(y1 * width + x1) * 3, width * 3] : [0, toWidth * 3];
  for (let row = 0; row < toHeight; row++) {
    const from = first + row * stride;
    tensor.set(part.subarray(from, from + toWidth * 3), ((toY + row) * side + toX) * 3);
  }
  return tensor;
}

/** Whole pixels of the picture's axis that the square covers: [first, past the last). */
function span(start: number, size: number, length: number): [number, number] {
  return [Math.max(0, Math.round(start)), Math.min(length, Math.round(start + size))];
}

/** Where a part of real length lands among `side` whole pixels: [first, count], count at least 1. */
function place(start: number, length: number, side: number): [number, number] {
  const count = Math.min(side, Math.max(1, Math.round(length)));
  return [Math.min(side - count, Math.max(0, Math.round(start))), count];
}
