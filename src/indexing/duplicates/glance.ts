import type { Picture } from "../../vision/index.ts";

/** Longer side of the pictures that are laid over each other (pixels). */
export const GLANCE_SIDE = 160;

/** One grey level of a pyramid: brightness 0..255, its slopes along x and y, and how much each pixel tells. */
export type Level = Readonly<{
  width: number;
  height: number;
  grey: Float32Array;
  slopeX: Float32Array;
  slopeY: Float32Array;
  weight: Float32Array;
}>;

/** A small picture made ready for comparison: its colours, and four grey levels, each half as large as the one before. */
export type Glance = Readonly<{
  width: number;
  height: number;
  /** r, g, b planes, 0..255. */
  planes: readonly [Float32Array, Float32Array, Float32Array];
  levels: readonly [full: Level, half: Level, quarter: Level, eighth: Level];
}>;

/** `picture`: decoded to GLANCE_SIDE or less. */
export function glanceOf({ pixels, width, height }: Pick<Picture, "pixels" | "width" | "height">): Glance {
  const planes = [0, 1, 2].map((c) => Float32Array.from({ length: width * height }, (_, i) => pixels[i * 3 + c]!));
  const [r, g, b] = planes as [Float32Array, Float32Array, Float32Array];
  const grey = r.map((red, i) => 0.3 * red + 0.59 * g[i]! + 0.11 * b[i]!);
  const full = levelOf(grey, width, height);
  const half = halved(full);
  const quarter = halved(half);
  return {
    width,
    height,
    planes: [r, g, b],
    levels: [full, half, quarter, halved(quarter)],
  };
}

function levelOf(grey: Float32Array, width: number, height: number): Level {
  const slopeX = new Float32Array(grey.length);
  const slopeY = new Float32Array(grey.length);
  const weight = new Float32Array(grey.length);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      slopeX[i] = (grey[x < width - 1 ? i + 1 : i]! - grey[x > 0 ? i - 1 : i]!) / 2;
      slopeY[i] = (grey[y < height - 1 ? i + width : i]! - grey[y > 0 ? i - width : i]!) / 2;
      // Edges and texture say where things are; a plain ground says little, yet not nothing.
      weight[i] = 0.05 + Math.min(1, Math.hypot(slopeX[i]!, slopeY[i]!) / 24);
    }
  return { width, height, grey, slopeX, slopeY, weight };
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
