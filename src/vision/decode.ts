import sharp, { type Sharp } from "sharp";
import { LookseeError } from "../errors.ts";
import { MAX_PIXELS, type PictureHeader, readHeader, SEND_AGAIN } from "./check.ts";
import { decodeHeic } from "./heic.ts";
import { tiffOf } from "./tiff.ts";

// Pictures are small and many: one thread each, as many at once as requests; no cache, since none is read twice.
sharp.concurrency(1);
sharp.cache(false);

/** A decoded picture: upright, sRGB, 8 bits, 3 channels, no alpha, shrunk so that its longer side is at most asked. */
export type Picture = Readonly<{
  pixels: Buffer; // height * width * 3, rows from the top
  width: number;
  height: number;
  uprightWidth: number; // pixels of the upright original
  uprightHeight: number;
  format: string; // of the file
}>;

/**
 * Decodes the first frame, upright by EXIF, in sRGB (CMYK, 16 bits, grey and embedded profiles are converted),
 * transparent parts on white, its longer side shrunk to `side` pixels (never enlarged; JPEG and WebP shrink while they
 * load). Throws what readHeader throws, and PICTURE_BROKEN when the pixels cannot be read to the end.
 */
export async function decode(bytes: Uint8Array, side: number): Promise<Picture> {
  const header = await readHeader(bytes);
  try {
    const pipeline = await upright(bytes, header, side);
    const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
    return {
      pixels: data,
      width: info.width,
      height: info.height,
      uprightWidth: header.width,
      uprightHeight: header.height,
      format: header.format,
    };
  } catch (cause) {
    throw broken(header.format, cause);
  }
}

/** A sharp pipeline that gives what `decode` describes; left open so that a caller may encode instead. */
export async function upright(picture: Uint8Array, header: PictureHeader, side: number): Promise<Sharp> {
  const bytes = header.format === "heic" ? await readable(picture, header) : picture;
  // Truncated pixels fail; mere warnings (stray bytes, odd metadata) do not: such files are common and look right.
  const input = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: "truncated", pages: 1 });
  const turned = turn(
    input.resize({ width: side, height: side, fit: "inside", withoutEnlargement: true, kernel: "cubic" }),
    header.orientation,
  );
  return (header.alpha ? turned.flatten({ background: "#ffffff" }) : turned).toColourspace("srgb");
}

/** sharp's build reads no HEVC: another decoder's pixels, with the file's colour profile, in a container that it reads. */
async function readable(heic: Uint8Array, { icc }: PictureHeader): Promise<Uint8Array> {
  const { pixels, width, height } = await decodeHeic(heic);
  return tiffOf(pixels, width, height, icc);
}

/** Without the decoder's own words, which several threads at once mix up: the same file must give the same report. */
export function broken(format: string, cause: unknown): LookseeError {
  return new LookseeError(
    "PICTURE_BROKEN",
    `the ${format} picture is cut short or damaged: it cannot be decoded to its end`,
    SEND_AGAIN,
    { cause },
  );
}

function turn(image: Sharp, orientation: number): Sharp {
  return orientation > 1 ? image.autoOrient() : image;
}
