import { decode } from "./decode.ts";

/** How well a picture shows a product, each 0..1; 1 is good for the first three, and bad for the last three. */
export type PictureQuality = {
  /** Edges as steep at full size as at half: 1 is sharp, 0 is a blur. */
  sharpness: number;
  /** Neither dark, nor washed out, nor without contrast. */
  exposure: number;
  /** Longer side, 0 at 64 pixels, 1 at 400 and more. */
  size: number;
  /** Faint marks spread over what would be plain ground. */
  watermark: number;
  /** Straight seams from edge to edge: several pictures in one. */
  collage: number;
  /** Bands of small, dense, hard strokes. */
  text: number;
};

const SIDE = 384;

/** Measures a picture file. Rules of thumb, no learning. Throws what readHeader throws, and PICTURE_BROKEN. */
export async function pictureQuality(bytes: Uint8Array): Promise<PictureQuality> {
  const { pixels, width, height, uprightWidth, uprightHeight } = await decode(bytes, SIDE);
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i++)
    grey[i] = 0.3 * pixels[i * 3]! + 0.59 * pixels[i * 3 + 1]! + 0.11 * pixels[i * 3 + 2]!;
  return {
    sharpness: sharpnessOf(grey, width, height),
    exposure: exposureOf(grey),
    size: clamp((Math.max(uprightWidth, uprightHeight) - 64) / (400 - 64)),
    watermark: watermarkOf(grey, width, height),
    collage: collageOf(grey, width, height),
    text: textOf(grey, width, height),
  };
}

/** One number, 0..1: the product of what is good, less for each flaw. */
export function overallQuality(q: PictureQuality): number {
  const flaws = (1 - 0.5 * q.watermark) * (1 - 0.5 * q.collage) * (1 - 0.5 * q.text);
  return (0.2 + 0.8 * q.sharpness) * (0.1 + 0.9 * q.exposure) * q.size * flaws;
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

/** The steepest edges at full size against those at half: blur flattens the first and leaves the second. */
function sharpnessOf(grey: Float32Array, width: number, height: number): number {
  const [w, h] = [width >> 1, height >> 1];
  if (w < 8 || h < 8) return 0;
  const half = new Float32Array(w * h);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const i = 2 * y * width + 2 * x;
      half[y * w + x] = (grey[i]! + grey[i + 1]! + grey[i + width]! + grey[i + width + 1]!) / 4;
    }
  const [full, small] = [steepest(grey, width, height), steepest(half, w, h)];
  return small < 4 ? 0 : clamp((full / small - 0.5) / 0.35);
}

/** Mean of the steepest hundredth of the slopes between neighbours. */
function steepest(grey: Float32Array, width: number, height: number): number {
  const counts = new Uint32Array(256);
  let total = 0;
  for (let y = 0; y < height - 1; y++)
    for (let x = 0; x < width - 1; x++) {
      const i = y * width + x;
      const slope = Math.max(Math.abs(grey[i + 1]! - grey[i]!), Math.abs(grey[i + width]! - grey[i]!));
      counts[Math.min(255, slope | 0)]!++;
      total++;
    }
  let [left, sum] = [Math.max(1, total / 100), 0];
  const wanted = left;
  for (let slope = 255; slope >= 0 && left > 0; slope--) {
    const taken = Math.min(left, counts[slope]!);
    sum += taken * slope;
    left -= taken;
  }
  return sum / wanted;
}

function exposureOf(grey: Float32Array): number {
  const sorted = grey.slice().sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  const [dark, bright] = [at(0.02), at(0.95)];
  return clamp((bright - 40) / 100) * clamp((bright - dark) / 70);
}

const ACROSS = 10;

/**
 * Share of the plain ground that holds detail of its own: marks laid over the whole picture. Looks at those parts of a
 * 10 x 10 grid that are ground and have only ground around them, where a product picture is empty. A mark across the
 * product alone, or white on white, is not seen.
 */
function watermarkOf(grey: Float32Array, width: number, height: number): number {
  const ground = groundOf(grey, width, height);
  const parts = Array.from({ length: ACROSS * ACROSS }, () => ({ n: 0, plain: 0, detail: 0 }));
  for (let y = 1; y < height; y++)
    for (let x = 1; x < width; x++) {
      const i = y * width + x;
      const part = parts[Math.floor((y * ACROSS) / height) * ACROSS + Math.floor((x * ACROSS) / width)]!;
      part.n++;
      if (Math.abs(grey[i]! - ground) < 14) part.plain++;
      if (Math.max(Math.abs(grey[i]! - grey[i - 1]!), Math.abs(grey[i]! - grey[i - width]!)) > 7) part.detail++;
    }
  const isGround = (x: number, y: number) => {
    const part = parts[y * ACROSS + x];
    return x < 0 || y < 0 || x >= ACROSS || y >= ACROSS || part!.plain > part!.n * 0.6;
  };
  let [empty, marked] = [0, 0];
  for (let y = 0; y < ACROSS; y++)
    for (let x = 0; x < ACROSS; x++) {
      if (![-1, 0, 1].every((v) => [-1, 0, 1].every((u) => isGround(x + u, y + v)))) continue;
      empty++;
      const { n, detail } = parts[y * ACROSS + x]!;
      if (detail > n * 0.015) marked++;
    }
  return empty < 6 ? 0 : clamp((marked / empty - 0.1) / 0.25);
}

/** Median of the picture's edge. */
function groundOf(grey: Float32Array, width: number, height: number): number {
  const edge: number[] = [];
  for (let x = 0; x < width; x++) edge.push(grey[x]!, grey[(height - 1) * width + x]!);
  for (let y = 0; y < height; y++) edge.push(grey[y * width]!, grey[y * width + width - 1]!);
  return edge.sort((a, b) => a - b)[edge.length >> 1]!;
}

/** The longest straight seam well inside of the picture, as a share of the picture's side. */
function collageOf(grey: Float32Array, width: number, height: number): number {
  const seam = (length: number, lines: number, along: number, over: number): number => {
    let best = 0;
    for (let line = Math.ceil(lines * 0.2); line < lines * 0.8; line++) {
      let hits = 0;
      for (let k = 0; k < length; k++) {
        const i = line * over + k * along;
        if (Math.abs(grey[i]! - grey[i - 2 * over]!) > 10) hits++;
      }
      best = Math.max(best, hits / length);
    }
    return best;
  };
  return clamp((Math.max(seam(height, width, width, 1), seam(width, height, 1, width)) - 0.8) / 0.15);
}

/** Share of the rows of 6 pixels in which hard strokes follow each other densely over a fifth of the width and more. */
function textOf(grey: Float32Array, width: number, height: number): number {
  const cell = 24;
  let [dense, cells] = [0, 0];
  for (let top = 0; top + 8 <= height; top += 8)
    for (let left = 0; left + cell <= width; left += cell) {
      let [low, high] = [255, 0];
      for (let y = top; y < top + 8; y++)
        for (let x = left; x < left + cell; x++) {
          const value = grey[y * width + x]!;
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      cells++;
      if (high - low < 110) continue;
      const [down, up] = [low + (high - low) * 0.3, low + (high - low) * 0.7];
      let [turns, between, count] = [0, 0, 0];
      for (let y = top + 2; y < top + 8; y += 2) {
        let state = 0;
        for (let x = left; x < left + cell; x++) {
          const value = grey[y * width + x]!;
          count++;
          const next = value < down ? -1 : value > up ? 1 : 0;
          if (next === 0) between++;
          else {
            if (state !== 0 && next !== state) turns++;
            state = next;
          }
        }
      }
      // Ink on paper: many turns, hardly anything in between.
      if (turns >= 12 && between < count * 0.3) dense++;
    }
  return clamp((dense / Math.max(1, cells) - 0.04) / 0.1);
}
