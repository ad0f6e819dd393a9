import type { Planes } from "./light.ts";

/** What a pixel of both pictures is: ground, or product that is the same, differs a little, or differs clearly. */
export const [GROUND, SAME, INEXACT, APART] = [1, 2, 3, 4] as const;
const AT_ALL = 7;
const CLEARLY = 22;

/** Levels that a pixel may be off from the line of a watermark's blend. */
const MARK = 9;
/** Fewer pixels are no mark, and one that covers more of the product is its other colour. */
const LEAST = 12;
const MOST = 0.45;
/** A mark that changes the ground by so many levels is seen there, on this many pixels for each of the product at least. */
const [SEEN, ON_GROUND] = [16, 0.03];
/** What a sticker hides at a corner, and a banner along an edge, as parts of the sides. */
const [CORNER, STRIP] = [0.3, 0.19];
/** Of what differs clearly there this share is compact; a redrawn product differs along its edges. */
const COMPACT = 0.5;
/** A sticker changes some ground, this share of what differs; a banner this share of the strip's ground. */
const [STICKER_OVER, BANNER_OVER] = [0.02, 0.15];

/** Whether a pixel and those right of it, below, and between differ clearly: no line of a misfit is as wide. */
export const isWide = (differs: Uint8Array, i: number, width: number): boolean =>
  differs[i] === APART && differs[i + 1] === APART && differs[i + width] === APART && differs[i + width + 1] === APART;

/** How far A is outside of what B's pixel and its four neighbours hold: half a pixel's misfit is none. */
export function howFar(
  a: Planes,
  b: Planes,
  covered: Uint8Array,
  width: number,
  height: number,
  x: number,
  y: number,
): number {
  const i = y * width + x;
  if (offAt(a, b, i) <= AT_ALL) return SAME;
  const left = x > 0 && covered[i - 1] === 1 ? i - 1 : i;
  const right = x < width - 1 && covered[i + 1] === 1 ? i + 1 : i;
  const above = y > 0 && covered[i - width] === 1 ? i - width : i;
  const below = y < height - 1 && covered[i + width] === 1 ? i + width : i;
  let worst = 0;
  for (let c = 0; c < 3; c++) {
    const plane = b[c]!;
    const value = a[c]![i]!;
    const low = Math.min(plane[i]!, plane[left]!, plane[right]!, plane[above]!, plane[below]!);
    const high = Math.max(plane[i]!, plane[left]!, plane[right]!, plane[above]!, plane[below]!);
    worst = Math.max(worst, low - value, value - high);
  }
  return worst > CLEARLY ? APART : worst > AT_ALL ? INEXACT : SAME;
}

/**
 * A watermark is one colour laid thinly over everything: where it lies, B = (1 - strength) * A + strength * colour, or
 * the other way round. Puts such a mark on A where B bears it, and returns how many of the product's pixels it explains.
 * One that would show on the ground, and is not there (`bare`: one picture alone shows ground), is the product's pattern.
 */
export function takeOffMark(
  a: Planes,
  b: Planes,
  differs: Uint8Array,
  bare: Uint8Array,
  ground: readonly number[],
  width: number,
): number {
  const at: number[] = [];
  let product = 0;
  for (let i = 0; i < differs.length; i++) {
    if (differs[i]! > GROUND) product++;
    if (differs[i]! > SAME || (differs[i] === GROUND && offAt(a, b, i) > MARK)) at.push(i);
  }
  const line = at.length < LEAST ? null : lineThrough(a, b, at);
  if (!line) return 0;
  const { slope, offsets } = line;
  if (!(slope > 0.5 && slope < 0.9) && !(slope > 1.11 && slope < 2)) return 0;
  const marked = (c: number, value: number) => slope * value + offsets[c]!;
  /** Marked once, or twice where the mark's own shapes overlap; 0: neither explains the pixel. */
  const times = (i: number): number => {
    const limit = MARK * Math.max(1, slope);
    if (a.every((plane, c) => Math.abs(marked(c, plane[i]!) - b[c]![i]!) < limit)) return 1;
    return a.every((plane, c) => Math.abs(marked(c, marked(c, plane[i]!)) - b[c]![i]!) < limit) ? 2 : 0;
  };
  const mark = new Uint8Array(differs.length);
  for (const i of at) mark[i] = times(i);
  const ofProduct = at.reduce((sum, i) => sum + (mark[i]! > 0 && differs[i]! > GROUND ? 1 : 0), 0);
  if (ofProduct > product * MOST) return 0;
  const shows = ground.some((value, c) => Math.abs(marked(c, value) - value) > SEEN);
  const onGround = at.reduce((sum, i) => sum + (mark[i]! > 0 && bare[i] === 1 ? 1 : 0), 0);
  if (shows && onGround < ofProduct * ON_GROUND) return 0;
  // Along its edges a mark is thinner: within two pixels of it, anything between with and without it.
  const around = widened(widened(mark, width), width);
  for (let i = 0; i < mark.length; i++) {
    if (around[i] === 0 || differs[i] === 0) continue;
    const between = a.every((plane, c) => {
      const [value, most] = [plane[i]!, marked(c, mark[i] === 2 ? marked(c, plane[i]!) : plane[i]!)];
      return b[c]![i]! > Math.min(value, most) - MARK && b[c]![i]! < Math.max(value, most) + MARK;
    });
    if (mark[i] === 0 && !between) continue;
    for (let c = 0; c < 3; c++) a[c]![i] = mark[i] === 0 ? b[c]![i]! : marked(c, a[c]![i]!);
    if (mark[i] === 2) for (let c = 0; c < 3; c++) a[c]![i] = marked(c, a[c]![i]!);
    if (differs[i]! > GROUND) differs[i] = SAME;
  }
  return ofProduct;
}

/** Every pixel that is not 0 and its eight neighbours. */
function widened(mask: Uint8Array, width: number): Uint8Array {
  const rows = mask.map((value, i) => value | (mask[i - 1] ?? 0) | (mask[i + 1] ?? 0));
  return rows.map((value, i) => value | (rows[i - width] ?? 0) | (rows[i + width] ?? 0));
}

/** One slope for all channels, an offset for each, from A's to B's pixels; those far from it hardly count. */
function lineThrough(a: Planes, b: Planes, at: readonly number[]): { slope: number; offsets: number[] } | null {
  let line = { slope: 1, offsets: [0, 0, 0] };
  for (let pass = 0; pass < 5; pass++) {
    const sums = [0, 1, 2].map(() => ({ w: 0, a: 0, b: 0, aa: 0, ab: 0 }));
    for (const i of at) {
      const w = pass === 0 ? 1 : 1 / (1 + (restAt(a, b, i, line.slope, line.offsets) / MARK) ** 2);
      for (let c = 0; c < 3; c++) {
        const sum = sums[c]!;
        const x = a[c]![i]!;
        const y = b[c]![i]!;
        sum.w += w;
        sum.a += w * x;
        sum.b += w * y;
        sum.aa += w * x * x;
        sum.ab += w * x * y;
      }
    }
    let [common, variance] = [0, 0];
    for (const sum of sums) {
      common += sum.ab - (sum.a * sum.b) / sum.w;
      variance += sum.aa - (sum.a * sum.a) / sum.w;
    }
    if (variance < sums[0]!.w * 30) return null; // one plain colour: no line to see
    const slope = common / variance;
    line = { slope, offsets: sums.map((sum) => (sum.b - slope * sum.a) / sum.w) };
  }
  return line;
}

const offAt = (a: Planes, b: Planes, i: number): number =>
  Math.max(Math.abs(a[0][i]! - b[0][i]!), Math.abs(a[1][i]! - b[1][i]!), Math.abs(a[2][i]! - b[2][i]!));

const restAt = (a: Planes, b: Planes, i: number, slope: number, offsets: readonly number[]): number =>
  Math.max(
    Math.abs(slope * a[0][i]! + offsets[0]! - b[0][i]!),
    Math.abs(slope * a[1][i]! + offsets[1]! - b[1][i]!),
    Math.abs(slope * a[2][i]! + offsets[2]! - b[2][i]!),
  );

/**
 * The corner or the strip along an edge that holds most of what differs may be a seller's sticker or banner: then it is
 * uncovered. A part that differs within the product alone is none: a sticker lies over the ground as well, which
 * `bare`, 1 where one picture alone shows ground, tells.
 */
export function takeOffOverlay(
  differs: Uint8Array,
  bare: Uint8Array,
  covered: Uint8Array,
  width: number,
  height: number,
): void {
  const [cx, cy] = [Math.round(width * CORNER), Math.round(height * CORNER)];
  const [sx, sy] = [Math.round(width * STRIP), Math.round(height * STRIP)];
  const parts: [x1: number, y1: number, x2: number, y2: number][] = [
    [0, 0, cx, cy],
    [width - cx, 0, width, cy],
    [0, height - cy, cx, height],
    [width - cx, height - cy, width, height],
    [0, 0, width, sy],
    [0, height - sy, width, height],
    [0, 0, sx, height],
    [width - sx, 0, width, height],
  ];
  let most = 0;
  let worst: (typeof parts)[number] | undefined;
  for (const [n, part] of parts.entries()) {
    let [differ, apart, compact, over, ground] = [0, 0, 0, 0, 0];
    for (let y = part[1]; y < part[3]; y++)
      for (let x = part[0]; x < part[2]; x++) {
        const i = y * width + x;
        if (differs[i] === GROUND) ground++;
        if (differs[i]! < INEXACT) continue;
        differ++;
        over += bare[i]!;
        if (differs[i] === APART) apart++;
        if (isWide(differs, i, width)) compact++;
      }
    const lies = n < 4 ? over >= STICKER_OVER * differ : over >= BANNER_OVER * (over + ground);
    if (differ + apart > most && lies && compact >= COMPACT * apart) [most, worst] = [differ + apart, part];
  }
  if (worst) for (let y = worst[1]; y < worst[3]; y++) covered.fill(0, y * width + worst[0], y * width + worst[2]);
}
