import { type Alignment, placer } from "./align.ts";
import type { Glance } from "./glance.ts";
import { greyOf, lightBetween, type Planes, underLight } from "./light.ts";
import { APART, GROUND, howFar, isWide, takeOffMark, takeOffOverlay } from "./overlay.ts";
import { bytes, floats } from "./scratch.ts";

/**
 * What two pictures laid over each other show, after light, one watermark, and one sticker or banner are taken off.
 * Every number is small for one picture listed twice.
 */
export const MEASURES = [
  "solid", // root of the share that differs clearly, not as an edge a pixel off does, 0..1: a small part counts for much
  "hued", // root of the share that differs clearly in colour, not in brightness alone, and not as an edge does, 0..1
  "ground", // the difference that three quarters of the ground stay below, 0..1 (of 60 levels)
  "texture", // 1 - correlation of the slopes of brightness, median over the patches, 0..2
  "moved", // how far what a patch shows has moved, median over the patches, pixels
  "tinted", // mean difference of colour, median over the product's patches, 0..1 (of 60 levels)
  "tintedMore", // share of the product's patches in another colour, 0..1
  "otherwise", // share of the patches that are not the same: moved, other slopes, or another colour, 0..1
  "recoloured", // how differently the product's channels were moved by the light, 0..1
  "marked", // share of the product that only a watermark explains, 0..1
  "uncovered", // share of the smaller picture that has no counterpart, 0..1
] as const;
export type Measure = (typeof MEASURES)[number];
export type Comparison = Record<Measure, number>;

const CAP = 60;
/** Levels that a channel may differ beyond what brightness does. */
const HUE = 20;
/** Levels of brightness within which a picture is flat around a pixel. */
const FLAT = 10;
/** A pixel this far from the ground's colour belongs to the product. */
const OFF_GROUND = 14;
/** A patch shows something if its slopes are this steep (squared levels a pixel), or this much of it is product. */
const SLOPES = 6;
const PRODUCT_PART = 0.07;
/** A patch of the same picture has moved less, correlates better, and its mean colour is nearer. */
const [MOVED, UNLIKE, TINT] = [0.3, 0.3, 10];

/** Sums over a patch: pixels with neighbours, slopes of both, the structure tensor, differences, product, colour. */
const [PIXELS, AA, BB, AB, XX, XY, YY, EX, EY, PRODUCT, RED, GREEN, BLUE, WIDE] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
];

/** Compares A with B laid under it, A under B's light. */
export function compare(a: Glance, b: Glance, at: Alignment): Comparison {
  const { width, height } = a;
  const close = Math.max(width, height) > 64;
  /** Patches a side. */
  const side = close ? 12 : 8;
  const { warped, covered, count } = warp(b, a, at, close ? 2 : 1);
  const light = lightBetween(a.planes, warped, covered, close ? 3 : 2);
  const lit = underLight(a.planes, warped, covered, light);
  const [groundA, groundB] = [groundOf(a.planes, covered, width, height), groundOf(warped, covered, width, height)];
  const differs = bytes("differs", width * height);
  const bare = bytes("bare", width * height);
  const shift = [0, 0, 0];
  let all = 0;
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (covered[i] === 0) continue;
      // The product: what is off the ground in either picture, as far as both show it.
      const [plainA, plainB] = [near(a.planes, i, groundA), near(warped, i, groundB)];
      if (plainA && plainB) differs[i] = GROUND;
      else {
        if (plainA || plainB) bare[i] = 1;
        differs[i] = howFar(lit, warped, covered, width, height, x, y);
        all++;
        for (let c = 0; c < 3; c++) shift[c]! += lit[c]![i]! - a.planes[c]![i]!;
      }
    }
  const marked = takeOffMark(lit, warped, differs, bare, groundB, width);
  takeOffOverlay(differs, bare, covered, width, height);
  const [greyA, greyB] = [greys("greyA", lit, covered), greys("greyB", warped, covered)];
  const patches = new Float64Array(side * side * WIDE);
  const onGround = new Uint32Array(256);
  let [product, solid, ground] = [0, 0, 0];
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (covered[i] === 0) continue;
      const patch = (Math.floor((y * side) / height) * side + Math.floor((x * side) / width)) * WIDE;
      const dr = lit[0][i]! - warped[0][i]!;
      const dg = lit[1][i]! - warped[1][i]!;
      const db = lit[2][i]! - warped[2][i]!;
      if (differs[i] === GROUND) {
        ground++;
        onGround[Math.round(Math.max(Math.abs(dr), Math.abs(dg), Math.abs(db)))]!++;
      } else {
        product++;
        patches[patch + PRODUCT]!++;
        patches[patch + RED]! += dr;
        patches[patch + GREEN]! += dg;
        patches[patch + BLUE]! += db;
        if (differs[i] === APART && (isWide(differs, i, width) || isNew(greyA, greyB, i, width))) solid++;
      }
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) continue;
      if ((covered[i - 1]! & covered[i + 1]! & covered[i - width]! & covered[i + width]!) === 0) continue;
      const ax = (greyA[i + 1]! - greyA[i - 1]!) / 2;
      const ay = (greyA[i + width]! - greyA[i - width]!) / 2;
      const bx = (greyB[i + 1]! - greyB[i - 1]!) / 2;
      const by = (greyB[i + width]! - greyB[i - width]!) / 2;
      const gx = (ax + bx) / 2;
      const gy = (ay + by) / 2;
      const rest = greyA[i]! - greyB[i]!;
      patches[patch + PIXELS]!++;
      patches[patch + AA]! += ax * ax + ay * ay;
      patches[patch + BB]! += bx * bx + by * by;
      patches[patch + AB]! += ax * bx + ay * by;
      patches[patch + XX]! += gx * gx;
      patches[patch + XY]! += gx * gy;
      patches[patch + YY]! += gy * gy;
      patches[patch + EX]! += gx * rest;
      patches[patch + EY]! += gy * rest;
    }
  const hued = huedOf(lit, warped, greyA, greyB, differs, covered, width);
  const of = (sum: number, whole: number, empty: number) => (whole > 0 ? sum / whole : empty);
  const shifts = shift.map((sum) => of(sum, all, 0) / 255);
  const ratio = Math.max(width, height) / Math.max(b.width, b.height) / Math.exp(at.scale);
  return {
    solid: Math.sqrt(of(solid, product, 1)),
    hued: Math.sqrt(of(hued, product, 0)),
    ground: Math.min(1, quantileOf(onGround, ground, 0.75) / CAP),
    ...patchMeasures(patches, (width * height) / (side * side)),
    recoloured: Math.max(...shifts) - Math.min(...shifts),
    marked: of(marked, all, 0),
    uncovered: Math.max(0, 1 - count / Math.min(width * height, b.width * b.height * ratio ** 2)),
  };
}

/** Pixels whose colour differs clearly whatever their brightness, with those right of them, below, and between. */
function huedOf(
  a: Planes,
  b: Planes,
  greyA: Float32Array,
  greyB: Float32Array,
  differs: Uint8Array,
  covered: Uint8Array,
  width: number,
): number {
  const hue = bytes("hue", differs.length);
  for (let i = 0; i < hue.length; i++) {
    if (covered[i] === 0 || differs[i] !== APART) continue;
    const lighter = greyA[i]! - greyB[i]!;
    for (let c = 0; c < 3; c++) if (Math.abs(a[c]![i]! - b[c]![i]! - lighter) > HUE) hue[i] = 1;
  }
  let count = 0;
  for (let i = 0; i < hue.length; i++) count += hue[i]! & hue[i + 1]! & hue[i + width]! & hue[i + width + 1]!;
  return count;
}

/** Whether one picture is flat around a pixel that differs: then no edge has moved, something is there or not. */
function isNew(a: Float32Array, b: Float32Array, i: number, width: number): boolean {
  let [lowA, highA, lowB, highB] = [255, 0, 255, 0];
  for (let row = i - width; row <= i + width; row += width)
    for (let j = row - 1; j <= row + 1; j++) {
      lowA = Math.min(lowA, a[j]!);
      highA = Math.max(highA, a[j]!);
      lowB = Math.min(lowB, b[j]!);
      highB = Math.max(highB, b[j]!);
    }
  return highA - lowA < FLAT || highB - lowB < FLAT;
}

/** What a sticker spoils it spoils in its own patches only; another product differs in most. */
function patchMeasures(patches: Float64Array, area: number) {
  const [unlike, moved, tinted]: [number[], number[], number[]] = [[], [], []];
  let [all, other] = [0, 0];
  for (let p = 0; p < patches.length; p += WIDE) {
    const sums = patches.subarray(p, p + WIDE);
    const [pixels, product] = [sums[PIXELS]!, sums[PRODUCT]!];
    const isProduct = product >= Math.max(3, area * PRODUCT_PART);
    const tint = isProduct ? Math.max(...[RED, GREEN, BLUE].map((c) => Math.abs(sums[c]!))) / product : 0;
    if (isProduct) tinted.push(tint);
    const shows = pixels >= area / 4 && Math.max(sums[AA]!, sums[BB]!) >= SLOPES * pixels;
    if (!isProduct && !shows) continue;
    let same = tint < TINT;
    if (shows) {
      // Noise agrees too: one squared level a pixel is added to all three, two to the tensor's diagonal.
      const correlation = (sums[AB]! + pixels) / Math.sqrt((sums[AA]! + pixels) * (sums[BB]! + pixels));
      const [xx, yy, xy] = [sums[XX]! + 2 * pixels, sums[YY]! + 2 * pixels, sums[XY]!];
      const det = xx * yy - xy * xy;
      const [ex, ey] = [sums[EX]!, sums[EY]!];
      const way = Math.hypot((yy * ex - xy * ey) / det, (xx * ey - xy * ex) / det); // one step of Lucas-Kanade
      unlike.push(1 - correlation);
      moved.push(Math.min(3, way));
      same &&= way < MOVED && 1 - correlation < UNLIKE;
    }
    all++;
    if (!same) other++;
  }
  for (const list of [unlike, moved, tinted]) list.sort((p, q) => p - q);
  const share = (list: number[], limit: number) =>
    list.length > 0 ? list.filter((value) => value > limit).length / list.length : 1;
  return {
    texture: unlike[unlike.length >> 1] ?? 1,
    moved: moved[moved.length >> 1] ?? 1,
    tinted: Math.min(1, (tinted[tinted.length >> 1] ?? CAP) / CAP),
    tintedMore: share(tinted, TINT),
    otherwise: all > 0 ? other / all : 1,
  };
}

/** B's colours at A's pixels, where both have any, their outermost `rim` pixels aside; `count`: without that. */
function warp(b: Glance, { width, height }: Glance, at: Alignment, rim: number) {
  const place = placer(at, { width, height }, b);
  const n = width * height;
  const warped: Planes = [floats("warped0", n), floats("warped1", n), floats("warped2", n)];
  const covered = bytes("covered", n);
  const [right, bottom] = [b.width - 1, b.height - 1];
  let count = 0;
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const bx = place.x0 + place.xx * x + place.xy * y;
      const by = place.y0 + place.yx * x + place.yy * y;
      if (!(bx >= 0 && by >= 0 && bx <= right && by <= bottom)) continue;
      count++;
      if (x < rim || y < rim || x >= width - rim || y >= height - rim) continue;
      if (bx < rim || by < rim || bx > right - rim || by > bottom - rim) continue;
      covered[i] = 1;
      const x0 = Math.min(b.width - 2, bx | 0);
      const y0 = Math.min(b.height - 2, by | 0);
      const u = bx - x0;
      const v = by - y0;
      const j = y0 * b.width + x0;
      for (let c = 0; c < 3; c++) {
        const plane = b.planes[c]!;
        const top = plane[j]! * (1 - u) + plane[j + 1]! * u;
        warped[c]![i] = top * (1 - v) + (plane[j + b.width]! * (1 - u) + plane[j + b.width + 1]! * u) * v;
      }
    }
  return { warped, covered, count };
}

function greys(name: string, planes: Planes, covered: Uint8Array): Float32Array {
  const grey = floats(name, covered.length);
  for (let i = 0; i < grey.length; i++) if (covered[i] === 1) grey[i] = greyOf(planes, i);
  return grey;
}

const near = (planes: Planes, i: number, ground: readonly number[]): boolean =>
  Math.abs(planes[0][i]! - ground[0]!) < OFF_GROUND &&
  Math.abs(planes[1][i]! - ground[1]!) < OFF_GROUND &&
  Math.abs(planes[2][i]! - ground[2]!) < OFF_GROUND;

/** The ground's colour: the median along the edge of what both pictures show. */
function groundOf(planes: Planes, covered: Uint8Array, width: number, height: number): number[] {
  const edge: number[] = [];
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (covered[i] === 0) continue;
      const inside = x > 0 && y > 0 && x < width - 1 && y < height - 1;
      if (inside && covered[i - 1]! & covered[i + 1]! & covered[i - width]! & covered[i + width]!) continue;
      edge.push(i);
    }
  return planes.map((plane) => edge.map((i) => plane[i]!).sort((p, q) => p - q)[edge.length >> 1] ?? 255);
}

/** The difference that this share of the pixels stays at or below. */
function quantileOf(histogram: Uint32Array, total: number, share: number): number {
  let sum = 0;
  for (let value = 0; value < histogram.length; value++) {
    sum += histogram[value]!;
    if (sum > 0 && sum >= share * total) return value;
  }
  return 0;
}
