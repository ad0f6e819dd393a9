import { drawBackdrop } from "./backdrop.ts";
import { drawProduct } from "./draw/index.ts";
import { drawCover, drawHand, drawShade, type Place } from "./foreground.ts";
import { fromUnitSquare, invert, type Point } from "./homography.ts";
import { drawLatents, type Latents } from "./latents.ts";
import { drawLight, shine } from "./light.ts";
import { Random } from "./random.ts";
import { type Raster, rasterise, SoftShadow, toJpeg } from "./raster.ts";

/** Fractions 0 .. 1 of the photo. */
export type PhotoBox = readonly [x1: number, y1: number, x2: number, y2: number];
export type Photo = { jpeg: Uint8Array; box: PhotoBox };

/** Pixels of the product before it is placed; fewer than a photo's side, as a phone sees less than the studio. */
const PRODUCT_SIDE = 288;
const SIZES = [
  [312, 416],
  [416, 312],
  [368, 368],
  [320, 400],
  [400, 300],
] as const;
/** A pixel shows the product from this alpha on, and counts as covered from this alpha of what lies above. */
const SEEN = 128;

/** Photo `take` of an item: cluttered, badly lit, partly covered; with the tight box of what is seen of the product. */
export async function drawPhoto(seed: number, latents: Latents, take: number): Promise<Photo> {
  const { rgb, width, height, mask, random } = await composePhoto(seed, latents, take);
  const box = tightBox(mask, width, height);
  const blur = random.chance(0.55) ? random.between(0.35, 1.7) : 0;
  const jpeg = await toJpeg({ data: rgb, width, height, channels: 3 }, 38 + random.int(50), blur);
  return { jpeg, box };
}

/** The photo before blur and JPEG, and its mask: 0 .. 255, how much of the product a pixel shows. */
export async function composePhoto(
  seed: number,
  latents: Latents,
  take: number,
): Promise<{ rgb: Uint8Array; width: number; height: number; mask: Uint8Array; random: Random }> {
  const random = new Random(seed, "photo", latents.index, take);
  const [width, height] = random.pick(SIZES);
  const corners = placeProduct(random, width, height);
  const place = placeOf(corners);

  const things = drawThings(random, seed, latents, width, height, place);
  const cover: string[] = [];
  if (random.chance(0.25)) cover.push(drawHand(random, place));
  if (random.chance(0.4)) cover.push(drawCover(random, place));
  if (random.chance(0.1)) cover.push(drawCover(random, place));
  if (random.chance(0.5)) cover.push(drawShade(random, width, height));
  const light = drawLight(random);
  const view = `0 0 ${width} ${height}`;
  const [scene, product, front] = await Promise.all([
    rasterise(drawBackdrop(random, width, height) + things.behind, view, width, height, true),
    rasterise(drawProduct(latents, "a"), "0 0 100 100", PRODUCT_SIDE, PRODUCT_SIDE),
    rasterise(cover.join("") + things.before, view, width, height),
  ]);

  const warped = warp(product, corners, width, height);
  const rgb = scene.data;
  const shadow = new SoftShadow((pixel) => warped[pixel * 4 + 3] as number, width, height, random.between(8, 26));
  const [shiftX, shiftY] = [random.between(-14, 14), random.between(0, 16)];
  const strength = random.between(0.3, 0.65);
  const whole = visible(warped, undefined);
  // A product covered by more than half is not what a shopper sends: its photo goes without the covers.
  const covers = visible(warped, front) >= whole * 0.5 ? front : undefined;
  const mask = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const alpha = (warped[i * 4 + 3] as number) / 255;
      const dim = alpha < 1 ? 1 - strength * shadow.at(x - shiftX, y - shiftY) : 1;
      const over = covers ? (covers.data[i * 4 + 3] as number) / 255 : 0;
      const back = dim * (1 - alpha) * (1 - over);
      const mine = alpha * (1 - over);
      for (let c = 0; c < 3; c++) {
        const above = covers ? (covers.data[i * 4 + c] as number) * over : 0;
        rgb[i * 3 + c] = (rgb[i * 3 + c] as number) * back + (warped[i * 4 + c] as number) * mine + above;
      }
      mask[i] = over * 255 >= SEEN ? 0 : (warped[i * 4 + 3] as number);
    }
  }
  shine(rgb, width, height, light);
  return { rgb, width, height, mask, random };
}

/** Box of the pixels whose mask is at least 128. */
export function tightBox(mask: Uint8Array, width: number, height: number): PhotoBox {
  let [x1, y1, x2, y2] = [width, height, -1, -1];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if ((mask[y * width + x] as number) < SEEN) continue;
      if (x < x1) x1 = x;
      if (x > x2) x2 = x;
      if (y < y1) y1 = y;
      y2 = y;
    }
  return [x1 / width, y1 / height, (x2 + 1) / width, (y2 + 1) / height];
}

/** Corners of the product's square in the photo: scale, turn, tilt, and now and then past the photo's edge. */
function placeProduct(random: Random, width: number, height: number): [Point, Point, Point, Point] {
  const side = Math.min(width, height) * random.between(0.85, 1.15);
  const turn = (random.chance(0.85) ? random.between(-14, 14) : random.between(-45, 45)) * (Math.PI / 180);
  // Near the middle more often than not; at most about a sixth of the square lies past the photo's edge.
  const drift = (extent: number): number => {
    const room = Math.max(0.1 * extent, extent - side * 0.8);
    return extent / 2 + ((random.unit() + random.unit()) / 2 - 0.5) * room;
  };
  const x = drift(width);
  const y = drift(height);
  const stretch = random.between(0.8, 1.12);

  const corner = (u: number, v: number): Point => {
    const px = u * side * 0.5 * stretch + random.between(-0.06, 0.06) * side;
    const py = v * side * 0.5 + random.between(-0.06, 0.06) * side;
    return [x + px * Math.cos(turn) - py * Math.sin(turn), y + px * Math.sin(turn) + py * Math.cos(turn)];
  };
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
}

function placeOf(corners: readonly Point[]): Place {
  const x = corners.reduce((sum, [px]) => sum + px, 0) / 4;
  const y = corners.reduce((sum, [, py]) => sum + py, 0) / 4;
  const reach = corners.reduce((sum, [px, py]) => sum + Math.hypot(px - x, py - y), 0) / 4 / Math.SQRT2;
  return { x, y, reach };
}

/** Other products, of the same category more often than chance: most behind the item, some at its rim in front. */
function drawThings(
  random: Random,
  seed: number,
  latents: Latents,
  width: number,
  height: number,
  place: Place,
): { behind: string; before: string } {
  let behind = "";
  let before = "";
  const count = 1 + random.int(3);
  for (let k = 0; k < count; k++) {
    let other = drawLatents(seed, random.int(1 << 20));
    // A thing is another product, never a sister of the one that is asked for.
    for (
      let tries = 0;
      tries < 12 && (other.family === latents.family || (k < 2 && other.category !== latents.category));
      tries++
    )
      other = drawLatents(seed, random.int(1 << 20));
    if (other.family === latents.family) continue;
    const size = place.reach * random.between(0.45, 1);
    const at = random.between(0, 6.283);
    const far = place.reach * random.between(0.75, 1.2) + size * 0.5;
    const x = Math.max(-size * 0.3, Math.min(width + size * 0.3, place.x + far * Math.cos(at)));
    const y = Math.max(-size * 0.3, Math.min(height + size * 0.3, place.y + far * Math.sin(at)));
    const drawing = `<g transform="translate(${x.toFixed(1)},${y.toFixed(1)}) rotate(${random.int(90) - 45}) scale(${(size / 50).toFixed(3)}) translate(-50,-50)">${drawProduct(other, `d${k}`)}</g>`;
    if (k === count - 1 && random.chance(0.3)) before += drawing;
    else behind += drawing;
  }
  return { behind, before };
}

/** The product seen through the homography, RGBA, bilinear in premultiplied colour. */
function warp(
  product: Raster,
  corners: readonly [Point, Point, Point, Point],
  width: number,
  height: number,
): Uint8Array {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = invert(fromUnitSquare(corners));
  const side = product.width;
  const source = product.data;
  const out = new Uint8Array(width * height * 4);
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  const left = Math.max(0, Math.floor(Math.min(...xs)));
  const right = Math.min(width, Math.ceil(Math.max(...xs)));
  const top = Math.max(0, Math.floor(Math.min(...ys)));
  const bottom = Math.min(height, Math.ceil(Math.max(...ys)));
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const px = x + 0.5;
      const py = y + 0.5;
      const w = g * px + h * py + i;
      const u = ((a * px + b * py + c) / w) * side - 0.5;
      const v = ((d * px + e * py + f) / w) * side - 0.5;
      if (!(u >= 0 && v >= 0 && u < side - 1 && v < side - 1)) continue;
      const x0 = u | 0;
      const y0 = v | 0;
      const fx = u - x0;
      const fy = v - y0;
      const p = (y0 * side + x0) * 4;
      const q = p + side * 4;
      const w00 = (1 - fx) * (1 - fy) * (source[p + 3] as number);
      const w10 = fx * (1 - fy) * (source[p + 7] as number);
      const w01 = (1 - fx) * fy * (source[q + 3] as number);
      const w11 = fx * fy * (source[q + 7] as number);
      const alpha = w00 + w10 + w01 + w11;
      if (alpha < 1) continue;
      const o = (y * width + x) * 4;
      for (let k = 0; k < 3; k++)
        out[o + k] =
          ((source[p + k] as number) * w00 +
            (source[p + 4 + k] as number) * w10 +
            (source[q + k] as number) * w01 +
            (source[q + 4 + k] as number) * w11) /
            alpha +
          0.5;
      out[o + 3] = alpha + 0.5;
    }
  }
  return out;
}

/** Pixels that show the product, with or without what lies above it. */
function visible(warped: Uint8Array, front: Raster | undefined): number {
  let seen = 0;
  for (let i = 3; i < warped.length; i += 4)
    if ((warped[i] as number) >= SEEN && !(front && (front.data[i] as number) >= SEEN)) seen++;
  return seen;
}
