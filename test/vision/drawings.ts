import sharp, { type Sharp } from "sharp";

/** Uniform numbers 0..1 from a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A picture with four flat quarters, so that turns, crops and borders show: red, green over blue, yellow if not told. */
export async function quarters(
  width: number,
  height: number,
  colours: readonly (readonly number[])[] = COLOURS,
): Promise<Sharp> {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const colour = colours[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)]!;
      pixels.set(colour, (y * width + x) * 3);
    }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

export const [RED, GREEN, BLUE, YELLOW] = [
  [220, 30, 30],
  [30, 200, 40],
  [30, 60, 220],
  [230, 220, 40],
] as const;
const COLOURS = [RED, GREEN, BLUE, YELLOW];

/** The colour at fractions x, y of RGB pixels. */
export function at(pixels: Uint8Array, width: number, x: number, y: number): number[] {
  const height = pixels.length / 3 / width;
  const i = (Math.floor(y * height) * width + Math.floor(x * width)) * 3;
  return [...pixels.subarray(i, i + 3)];
}

/** Largest difference between two colours' channels. */
export const off = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((v, i) => Math.abs(v - b[i]!)));

/** A scene of soft blobs and edges, different for every seed, as a JPEG. */
export async function scene(seed: number, width: number, height: number): Promise<Buffer> {
  const random = seeded(seed);
  const shapes = Array.from({ length: 9 }, () => {
    const colour = `rgb(${[0, 0, 0].map(() => Math.floor(random() * 256)).join(",")})`;
    const [x, y, r] = [random() * width, random() * height, (0.05 + random() * 0.3) * Math.min(width, height)];
    return random() < 0.5
      ? `<circle cx="${x}" cy="${y}" r="${r}" fill="${colour}"/>`
      : `<rect x="${x - r}" y="${y - r / 2}" width="${2 * r}" height="${r}" fill="${colour}" transform="rotate(${random() * 90} ${x} ${y})"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#e8e0d4"/>${shapes.join("")}</svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 88 }).toBuffer();
}
