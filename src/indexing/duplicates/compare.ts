import { type Alignment, placer, sample } from "./align.ts";
import type { Glance } from "./glance.ts";

/** What two pictures laid over each other show. Every number is small for one picture listed twice. */
export const MEASURES = [
  "apart", // share of the product that differs clearly, 0..1
  "apartMiddle", // the same for the middle of the product
  "inexact", // share of the product that differs at all, 0..1
  "rest", // mean difference of brightness and colour on the product, 0..1 (of CAP levels)
  "texture", // 1 - correlation of the slopes of brightness in the median part of the product, 0..2
  "textureLow", // the same for the part at the lower quarter
  "recoloured", // how differently the product's channels were moved, 0..1
  "lighter", // how far they were moved together, 0..1
  "uncovered", // share of the smaller picture that has no counterpart, 0..1
  "scale", // |log|
  "turn", // radians
] as const;
export type Measure = (typeof MEASURES)[number];
export type Comparison = Record<Measure, number>;

const CLEARLY = 22;
const AT_ALL = 7;
const CAP = 60;
/** A pixel this far from the ground's colour belongs to the product. */
const OFF_GROUND = 14;
/** The product is looked at in parts of a grid of this many a side: a sticker spoils its own part only. */
const PARTS = 6;
const LEAST_PIXELS = 40;

type Planes = readonly [Float32Array, Float32Array, Float32Array];

/** Compares A with B laid under it. Colours may have been amplified and offset, channel by channel, as editors do. */
export function compare(a: Glance, b: Glance, at: Alignment): Comparison {
  const { width, height } = a;
  const [full] = a.levels;
  const { warped, covered, count } = warp(b, a, at);
  const grounds = [a.planes, warped].map((planes) => planes.map((plane) => groundOf(plane, covered, width, height)));
  const light = [0, 1, 2].map((c) => lightOf(a.planes[c]!, warped[c]!, covered));
  const brightness = warped[0].map((r, i) => 0.3 * r + 0.59 * warped[1][i]! + 0.11 * warped[2][i]!);
  const parts = Array.from({ length: PARTS * PARTS }, () => ({ pixels: 0, aa: 0, bb: 0, ab: 0 }));
  const shift = [0, 0, 0];
  let [product, apart, inexact, rest, middle, apartMiddle] = [0, 0, 0, 0, 0, 0];
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      // The product: what is off the ground in either picture, as far as both show it.
      if (covered[i] === 0) continue;
      if (isGround(a.planes, i, grounds[0]!) && isGround(warped, i, grounds[1]!)) continue;
      product++;
      let worst = 0;
      for (let c = 0; c < 3; c++) {
        const { gain, bias } = light[c]!;
        const value = a.planes[c]![i]!;
        const lit = gain * value + bias;
        shift[c]! += Math.max(0, Math.min(255, lit)) - value;
        worst = Math.max(worst, offBy(warped[c]!, covered, width, height, x, y, lit));
      }
      if (worst > CLEARLY) apart++;
      if (worst > AT_ALL) inexact++;
      rest += Math.min(CAP, worst);
      if (Math.abs(x - width / 2) < width / 4 && Math.abs(y - height / 2) < height / 4) {
        middle++;
        if (worst > CLEARLY) apartMiddle++;
      }
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) continue;
      if ((covered[i - 1]! & covered[i + 1]! & covered[i - width]! & covered[i + width]!) === 0) continue;
      const part = parts[Math.floor((y * PARTS) / height) * PARTS + Math.floor((x * PARTS) / width)]!;
      const [ax, ay] = [full.slopeX[i]!, full.slopeY[i]!];
      const bx = (brightness[i + 1]! - brightness[i - 1]!) / 2;
      const by = (brightness[i + width]! - brightness[i - width]!) / 2;
      part.pixels++;
      part.aa += ax * ax + ay * ay;
      part.bb += bx * bx + by * by;
      part.ab += ax * bx + ay * by;
    }
  const of = (sum: number, count: number, empty: number) => (count > 0 ? sum / count : empty);
  const shifts = shift.map((sum) => of(sum, product, 0) / 255);
  const textures = parts
    .filter(({ pixels }) => pixels >= LEAST_PIXELS)
    .map(({ pixels, aa, bb, ab }) => 1 - (ab + pixels) / Math.sqrt((aa + pixels) * (bb + pixels))) // noise agrees too
    .sort((p, q) => p - q);
  const ratio = Math.max(width, height) / Math.max(b.width, b.height) / Math.exp(at.scale);
  return {
    apart: of(apart, product, 1),
    apartMiddle: of(apartMiddle, middle, of(apart, product, 1)),
    inexact: of(inexact, product, 1),
    rest: of(rest, product, CAP) / CAP,
    texture: textures[textures.length >> 1] ?? 1,
    textureLow: textures[(textures.length * 3) >> 2] ?? 1,
    recoloured: Math.max(...shifts) - Math.min(...shifts),
    lighter: Math.abs(shifts.reduce((x, y) => x + y) / 3),
    uncovered: Math.max(0, 1 - count / Math.min(width * height, b.width * b.height * ratio ** 2)),
    scale: Math.abs(at.scale),
    turn: Math.abs(at.turn),
  };
}

/** B's colours at A's pixels, where B has any. */
function warp(b: Glance, { width, height }: Glance, at: Alignment) {
  const place = placer(at, { width, height }, b);
  const n = width * height;
  const warped: Planes = [new Float32Array(n), new Float32Array(n), new Float32Array(n)];
  const covered = new Uint8Array(n);
  let count = 0;
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const bx = place.x0 + place.xx * x + place.xy * y;
      const by = place.y0 + place.yx * x + place.yy * y;
      if (!(bx >= 0 && by >= 0 && bx <= b.width - 1 && by <= b.height - 1)) continue;
      covered[i] = 1;
      count++;
      for (let c = 0; c < 3; c++) warped[c]![i] = sample(b.planes[c]!, b.width, b.height, bx, by);
    }
  return { warped, covered, count };
}

const isGround = (planes: Planes, i: number, ground: readonly number[]): boolean =>
  Math.abs(planes[0][i]! - ground[0]!) < OFF_GROUND &&
  Math.abs(planes[1][i]! - ground[1]!) < OFF_GROUND &&
  Math.abs(planes[2][i]! - ground[2]!) < OFF_GROUND;

/** Median along the edge of what both pictures show: a frame that only one of them has is not the ground. */
function groundOf(plane: Float32Array, covered: Uint8Array, width: number, height: number): number {
  const edge: number[] = [];
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (covered[i] === 0) continue;
      const inside = x > 0 && y > 0 && x < width - 1 && y < height - 1;
      if (inside && covered[i - 1]! & covered[i + 1]! & covered[i - width]! & covered[i + width]!) continue;
      edge.push(plane[i]!);
    }
  return edge.sort((p, q) => p - q)[edge.length >> 1] ?? 255;
}

/** Gain and bias that take A's channel to B's, pixels far apart counting less (Huber). */
function lightOf(a: Float32Array, b: Float32Array, covered: Uint8Array): { gain: number; bias: number } {
  let [gain, bias] = [1, 0];
  for (let pass = 0; pass < 4; pass++) {
    let [w, sa, sb, saa, sab] = [0, 0, 0, 0, 0];
    for (let i = 0; i < a.length; i++) {
      if (covered[i] === 0) continue;
      const weight = 1 / Math.max(1, Math.abs(gain * a[i]! + bias - b[i]!) / 8);
      w += weight;
      sa += weight * a[i]!;
      sb += weight * b[i]!;
      saa += weight * a[i]! * a[i]!;
      sab += weight * a[i]! * b[i]!;
    }
    const variance = saa - (sa * sa) / w;
    if (!(w > 0) || variance < w) break; // one plain colour: nothing to fit
    gain = Math.min(1.6, Math.max(0.6, (sab - (sa * sb) / w) / variance));
    bias = (sb - gain * sa) / w;
  }
  return { gain, bias };
}

/** How far `value` is outside of what a pixel and its four neighbours hold: half a pixel's misfit is none. */
function offBy(
  plane: Float32Array,
  covered: Uint8Array,
  width: number,
  height: number,
  x: number,
  y: number,
  value: number,
): number {
  const i = y * width + x;
  let [low, high] = [plane[i]!, plane[i]!];
  const look = (j: number) => {
    if (covered[j] === 0) return;
    low = Math.min(low, plane[j]!);
    high = Math.max(high, plane[j]!);
  };
  if (x > 0) look(i - 1);
  if (x < width - 1) look(i + 1);
  if (y > 0) look(i - width);
  if (y < height - 1) look(i + width);
  return value < low ? low - value : value > high ? value - high : 0;
}
