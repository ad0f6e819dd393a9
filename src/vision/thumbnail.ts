import sharp from "sharp";
import { type Box, WHOLE } from "./box.ts";
import { readHeader } from "./check.ts";
import { broken, decode, upright } from "./decode.ts";

/**
 * A small JPEG: upright, sRGB, no metadata, longer side at most `side` pixels (8..2048). With a box, that part alone.
 * Throws what readHeader throws, and PICTURE_BROKEN.
 */
export async function thumbnail(picture: Uint8Array, side: number, box: Box = WHOLE): Promise<Uint8Array> {
  const share = Math.max(box[2] - box[0], box[3] - box[1], 0.02);
  const { pixels, width, height } = await decode(picture, Math.min(4096, Math.ceil(side / share)));
  const [left, top] = [
    Math.min(width - 1, Math.round(box[0] * width)),
    Math.min(height - 1, Math.round(box[1] * height)),
  ];
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .extract({
      left,
      top,
      width: Math.max(1, Math.min(width - left, Math.round((box[2] - box[0]) * width))),
      height: Math.max(1, Math.min(height - top, Math.round((box[3] - box[1]) * height))),
    })
    .resize({ width: side, height: side, fit: "inside", withoutEnlargement: true })
    .jpeg({ quality: 82 })
    .toBuffer();
}

/**
 * The picture anew as a JPEG: upright, sRGB, alpha on white, first frame, no metadata (so no place or owner), longer
 * side at most `maxSide`. Throws what readHeader throws, and PICTURE_BROKEN.
 */
export async function reencode(picture: Uint8Array, maxSide: number): Promise<Uint8Array> {
  const header = await readHeader(picture);
  try {
    return await (await upright(picture, header, maxSide)).jpeg({ quality: 90 }).toBuffer();
  } catch (cause) {
    throw broken(header.format, cause);
  }
}
