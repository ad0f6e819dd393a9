import sharp, { type Metadata } from "sharp";
import { LookseeError } from "../errors.ts";
import { jpegSize, pngSize, sniff } from "./sniff.ts";

/** Larger pictures are refused by their header: 120 megapixels hold every phone's full mode but the 200 MP ones. */
export const MAX_PIXELS = 120_000_000;
/** HEIC cannot shrink while it loads: a phone's 48 megapixels, and no more. */
const MAX_HEIC_PIXELS = 50_000_000;

const FORMATS = new Set(["jpeg", "png", "webp", "gif", "tiff", "avif", "heic"]);
const OTHER_FILE = "Send a JPEG, PNG, WebP, GIF, TIFF, AVIF or HEIC picture";
export const SEND_AGAIN = "Send the picture again, or save it anew with another program";

export type PictureHeader = Readonly<{
  width: number;
  height: number;
  format: string;
  orientation: number;
  alpha: boolean;
  icc: Uint8Array | undefined; // of a HEIC
}>;

/**
 * Looks at a picture's header alone: upright size in pixels, format, EXIF orientation (1..8), colour profile.
 * Throws PICTURE_EMPTY, PICTURE_FORMAT, PICTURE_TOO_LARGE or PICTURE_BROKEN before a single pixel is decoded;
 * a picture that is cut short in its pixels passes here and fails in decoding.
 */
export async function readHeader(bytes: Uint8Array): Promise<PictureHeader> {
  if (bytes.length === 0) throw new LookseeError("PICTURE_EMPTY", "the picture file is empty", "Send a picture");
  const format = sniff(bytes);
  if (format === null || !FORMATS.has(format))
    throw new LookseeError(
      "PICTURE_FORMAT",
      `the file is ${format === null ? "no picture" : format === "html" ? "a web page, no picture" : `of a format that looksee does not read (${format})`}`,
      OTHER_FILE,
    );
  // A PNG can claim any size in 24 bytes; the decoder would read on before it says so.
  const claimed = format === "png" ? pngSize(bytes) : null;
  if (claimed) refuseLarge(claimed.width, claimed.height);
  let meta: Partial<Metadata>;
  try {
    const plain = format === "jpeg" ? jpegSize(bytes) : null;
    meta = plain
      ? { ...plain, hasAlpha: false }
      : await sharp(bytes, { limitInputPixels: false, failOn: "none" }).metadata();
  } catch (cause) {
    throw new LookseeError("PICTURE_BROKEN", `the ${format} picture's header cannot be read`, SEND_AGAIN, { cause });
  }
  const [width, height] = [meta.width ?? 0, meta.pageHeight ?? meta.height ?? 0];
  refuseLarge(width, height, format === "heic" ? MAX_HEIC_PIXELS : MAX_PIXELS);
  if (width < 1 || height < 1)
    throw new LookseeError("PICTURE_BROKEN", `the ${format} picture has no pixels`, SEND_AGAIN);
  const orientation = format === "heic" ? 1 : (meta.orientation ?? 1); // a HEIC turns by its container, not its EXIF
  const lying = orientation >= 5; // EXIF 5..8 swap the axes
  const alpha = format === "heic" || (meta.hasAlpha ?? true); // HEIC pixels come with it, whatever its header says
  return { width: lying ? height : width, height: lying ? width : height, format, orientation, alpha, icc: meta.icc };
}

function refuseLarge(width: number, height: number, most = MAX_PIXELS): void {
  if (width * height > most)
    throw new LookseeError(
      "PICTURE_TOO_LARGE",
      `the picture has ${width} x ${height} pixels, more than the ${most / 1e6} million allowed`,
      "Send a smaller picture",
    );
}
