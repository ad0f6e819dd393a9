import { greyOf, type Planes } from "./light.ts";

/** Longer side of the pictures that are laid over each other at the second look, and at the first (pixels). */
export const CLOSE = 160;
export const SMALL = 32;

const SAMPLES = 6;
const OVERLAP = 1.6;

/** Rows from the top, 3 bytes a pixel. */
export type Pixels = Readonly<{ pixels: Uint8Array; width: number; height: number }>;

/** One grey level of a pyramid: brightness 0..255, its slopes along x and y, and how much each pixel tells. */
export type Level = Readonly<{
  width: number;
  height: number;
  grey: Float32Array;
  slopeX: Float32Array;
  slopeY: Float32Array;
  weight: Float32Array;
  /** The pixels on edges and texture: y * 65,536 + x. */
  telling: Uint32Array;
}>;

/** A small picture made ready for comparison: its colours, and its brightness at full and at half size. */
export type Glance = Readonly<{ width: number; height: number; planes: Planes; full: Level; half: Level }>;

/** From this weight on a pixel tells where it is. */
const TELLING = 0.15;

/** `picture`: decoded to CLOSE or SMALL pixels at most. */
export function glanceOf({ pixels, width, height }: Pixels): Glance {
  const planes: Planes = [0, 1, 2].map((c) => {
    const plane = new Float32Array(width * height);
    for (let i = 0, at = c; i < plane.length; i++, at += 3) plane[i] = pixels[at]!;
    return plane;
  }) as unknown as Planes;
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i++) grey[i] = greyOf(planes, i);
  const full = levelOf(grey, width, height);
  return { width, height, planes, full, half: halved(full) };
}

/**
 * The picture at `side` pixels. Each is the mean of a square somewhat wider than itself, so that the same picture a
 * fraction of a pixel aside looks nearly the same.
 */
export function shrunk({ pixels, width, height }: Pixels, side: number): Pixels {
  const share = side / Math.max(width, height);
  const [w, h] = [Math.max(2, Math.round(width * share)), Math.max(2, Math.round(height * share))];
  const [xs, ys] = [samples(width, w), samples(height, h)];
  const small = Buffer.alloc(w * h * 3);
  for (let y = 0, i = 0; y < h; y++)
    for (let x = 0; x < w; x++, i += 3) {
      let [r, g, b] = [0, 0, 0];
      for (let v = y * SAMPLES; v < (y + 1) * SAMPLES; v++)
        for (let u = x * SAMPLES; u < (x + 1) * SAMPLES; u++) {
          const at = (ys[v]! * width + xs[u]!) * 3;
          r += pixels[at]!;
          g += pixels[at + 1]!;
          b += pixels[at + 2]!;
        }
      small[i] = r / SAMPLES ** 2 + 0.5;
      small[i + 1] = g / SAMPLES ** 2 + 0.5;
      small[i + 2] = b / SAMPLES ** 2 + 0.5;
    }
  return { pixels: small, width: w, height: h };
}

/** The pixels of one side that each of `few` is the mean of, SAMPLES each. */
function samples(many: number, few: number): Uint32Array {
  return Uint32Array.from({ length: few * SAMPLES }, (_, s) => {
    const cell = Math.floor(s / SAMPLES) + 0.5;
    const within = (((s % SAMPLES) + 0.5) / SAMPLES - 0.5) * OVERLAP;
    return Math.max(0, Math.min(many - 1, Math.floor(((cell + within) * many) / few)));
  });
}

function levelOf(grey: Float32Array, width: number, height: number): Level {
  const slopeX = new Float32Array(grey.length);
  const slopeY = new Float32Array(grey.length);
  const weight = new Float32Array(grey.length);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const dx = (grey[x < width - 1 ? i + 1 : i]! - grey[x > 0 ? i - 1 : i]!) / 2;
      const dy = (grey[y < height - 1 ? i + width : i]! - grey[y > 0 ? i - width : i]!) / 2;
      slopeX[i] = dx;
      slopeY[i] = dy;
      // Edges and texture say where things are; a plain ground says little, yet not nothing.
      weight[i] = 0.05 + Math.min(1, Math.sqrt(dx * dx + dy * dy) / 24);
    }
  const telling = new Uint32Array(weight.length);
  let count = 0;
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) if (weight[i]! >= TELLING) telling[count++] = (y << 16) | x;
  return { width, height, grey, slopeX, slopeY, weight, telling: telling.slice(0, count) };
}

function halved({ grey, width, height }: Level): Level {
  const [w, h] = [Math.max(1, width >> 1), Math.max(1, height >> 1)];
  const small = new Float32Array(w * h);
  for (let y = 0, i = 0; y < h; y++)
    for (let x = 0; x < w; x++, i++) {
      const at = Math.min(height - 1, 2 * y) * width + Math.min(width - 1, 2 * x);
      const right = 2 * x + 1 < width ? 1 : 0;
      const below = 2 * y + 1 < height ? width : 0;
      small[i] = (grey[at]! + grey[at + right]! + grey[at + below]! + grey[at + right + below]!) / 4;
    }
  return levelOf(small, w, h);
}
