// Corners of a picture and what lies around each: oriented FAST corners with rotated binary tests (Rublee et al., ORB, ICCV
// 2011). Whole numbers, or WebAssembly's own floats: the same pixels give the same points on any machine.
import {
  ANGLE_OF,
  LONGEST_SIDE,
  MOST_PIXELS,
  MOST_POINTS,
  POINT_BYTES,
  SCALE_OF,
  TESTS_OF,
  TESTS_PER_POINT,
  X_OF,
  Y_OF,
} from "../../src/vision/keypoints/layout";

import { makeRoom } from "./agreement";

export { agreement } from "./agreement";

/** Levels of the pyramid, each smaller by STEP, as ORB has them. */
const LEVELS: i32 = 8;
const STEP: f64 = 1.2;
/** Pixels of a patch about its middle. */
const RADIUS: i32 = 15;
/** Tests reach RADIUS and blur 3 more, so none looks beyond the picture. */
const MARGIN: i32 = 22;
/** How much brighter or darker than a corner the ring about it is, of 255. */
const CONTRAST: i32 = 7;
/** Deviation of the tests' ends about the middle, pixels (BRIEF's best: a fifth of the patch; Calonder et al., ECCV 2010). */
const SPREAD: f64 = 31.0 / 5.0;
/** A corner's strength is the sum of what sixteen pixels differ by. */
const STRENGTHS: i32 = 16 * 256;

/** Pixels of a level, and what blocks of 16 read beyond the last. */
const LEVEL: usize = LONGEST_SIDE * LONGEST_SIDE + 64;
/** A corner: x and y (i32), then Harris' response (f64). */
const CORNER_BYTES: usize = 16;

// What lies where, from `base` on. Of the tests, for four at a time: x of the one end, y, x of the other, y.
const TESTS_AT: usize = 0;
const DISC_AT: usize = TESTS_AT + TESTS_PER_POINT * 16;
const COLUMNS_AT: usize = DISC_AT + (2 * RADIUS + 2) * 4;
const COUNTS_AT: usize = COLUMNS_AT + LONGEST_SIDE * 8;
const CORNERS_AT: usize = COUNTS_AT + STRENGTHS * 4;
const LEVEL_AT: usize = CORNERS_AT + 2 * MOST_POINTS * CORNER_BYTES;
const SMALLER_AT: usize = LEVEL_AT + LEVEL;
const SMOOTH_AT: usize = SMALLER_AT + LEVEL;
const STRENGTH_AT: usize = SMOOTH_AT + LEVEL;
const CANDIDATES_AT: usize = STRENGTH_AT + 2 * LEVEL;
const GREY_AT: usize = CANDIDATES_AT + 4 * LEVEL;
const END_AT: usize = GREY_AT + MOST_PIXELS + 64;

let base: usize = 0;

/** To be called once, before anything else. Returns the address from which on memory is the caller's. */
export function prepare(): usize {
  base = (__heap_base + 15) & ~15;
  for (let row = -RADIUS; row <= RADIUS; row++)
    store<i32>(base + DISC_AT + ((row + RADIUS) << 2), round(Math.sqrt(RADIUS * RADIUS - row * row)));
  drawTests();
  return makeRoom(base + END_AT);
}

// @ts-ignore: decorator
@inline
function round(value: f64): i32 {
  return <i32>Math.floor(value + 0.5);
}

let state: u32 = 0;

/** Numerical Recipes' congruential generator: written out, since it must never change. */
function uniform(): f64 {
  state = state * 1664525 + 1013904223;
  return (<f64>state + 0.5) / 4294967296.0;
}

function normal(): f64 {
  const radius = SPREAD * Math.sqrt(-2 * Math.log(uniform()));
  return radius * Math.cos(2 * Math.PI * uniform());
}

/** The same on every machine and in every run. */
function drawTests(): void {
  state = 20_26;
  for (let end = 0; end < 2 * TESTS_PER_POINT; ) {
    const x = normal();
    const y = normal();
    if (x * x + y * y > RADIUS * RADIUS) continue;
    const test = end >> 1;
    const at = base + TESTS_AT + ((test >> 2) << 6) + ((end & 1) << 5) + ((test & 3) << 2);
    store<f32>(at, <f32>x);
    store<f32>(at, <f32>y, 16);
    end++;
  }
}

/**
 * Writes up to `most` (at most MOST_POINTS) points of a picture, u8 RGB at `rgb`, width * height at most MOST_PIXELS, whose longer
 * side is brought to `side` pixels (at most LONGEST_SIDE), to `out`; returns how many. The strongest of each scale first.
 */
export function find(rgb: usize, width: i32, height: i32, side: i32, most: i32, out: usize): i32 {
  toGrey(rgb, base + GREY_AT, width * height);
  const factor = <f64>side / <f64>max(width, height);
  let w = max(1, round(<f64>width * factor));
  let h = max(1, round(<f64>height * factor));
  let level = base + LEVEL_AT;
  let smaller = base + SMALLER_AT;
  resize(base + GREY_AT, width, height, level, w, h);
  // Of each level as many as its area asks for, so that no scale goes without.
  let all: f64 = 0;
  let scale: f64 = 1;
  for (let at = 0; at < LEVELS; at++, scale *= STEP) all += 1 / (scale * scale);
  scale = 1;
  let found = 0;
  for (let at = 0; at < LEVELS; at++, scale *= STEP) {
    if (at > 0) {
      const lessWide = max(1, round(<f64>w / STEP));
      const lessHigh = max(1, round(<f64>h / STEP));
      resize(level, w, h, smaller, lessWide, lessHigh);
      const before = level;
      level = smaller;
      smaller = before;
      w = lessWide;
      h = lessHigh;
    }
    if (min(w, h) <= 2 * MARGIN) break;
    const share = round(<f64>most / (scale * scale * all));
    const kept = strongest(level, w, h, min(share, most - found)); // shares are rounded
    blur(level, smaller, base + SMOOTH_AT, w, h);
    for (let i = 0; i < kept; i++) {
      const corner = base + CORNERS_AT + CORNER_BYTES * i;
      const x = load<i32>(corner);
      const y = load<i32>(corner, 4);
      const point = out + POINT_BYTES * found++;
      const angle = angleAt(level + y * w + x, w);
      store<f32>(point, <f32>(<f64>x * scale), X_OF);
      store<f32>(point, <f32>(<f64>y * scale), Y_OF);
      store<f32>(point, <f32>angle, ANGLE_OF);
      store<f32>(point, <f32>scale, SCALE_OF);
      test(base + SMOOTH_AT + y * w + x, w, angle, point + TESTS_OF);
    }
  }
  return found;
}

function toGrey(rgb: usize, grey: usize, pixels: i32): void {
  for (let i = 0; i < pixels; i++, rgb += 3) {
    const sum = 77 * <i32>load<u8>(rgb) + 150 * <i32>load<u8>(rgb, 1) + 29 * <i32>load<u8>(rgb, 2);
    store<u8>(grey + i, (sum + 128) >> 8);
  }
}

/** Linear between the four nearest pixels: enough for steps of a level, and for enlarging. */
function resize(from: usize, width: i32, height: i32, to: usize, w: i32, h: i32): void {
  const columns = base + COLUMNS_AT;
  for (let x = 0; x < w; x++) {
    const place = min<f64>(width - 1, max<f64>(0, ((<f64>x + 0.5) * <f64>width) / <f64>w - 0.5));
    const left = max(0, min(width - 2, <i32>place));
    store<i32>(columns + (x << 3), left);
    store<i32>(columns + (x << 3), round((place - <f64>left) * 256), 4);
  }
  const right = <usize>(width > 1 ? 1 : 0);
  for (let y = 0; y < h; y++) {
    const place = min<f64>(height - 1, max<f64>(0, ((<f64>y + 0.5) * <f64>height) / <f64>h - 0.5));
    const row = max(0, min(height - 2, <i32>place));
    const part = round((place - <f64>row) * 256);
    const upper = from + row * width;
    const lower = from + min(height - 1, row + 1) * width;
    for (let x = 0; x < w; x++) {
      const left = load<i32>(columns + (x << 3));
      const p = load<i32>(columns + (x << 3), 4);
      const above = <i32>load<u8>(upper + left) * (256 - p) + <i32>load<u8>(upper + left + right) * p;
      const below = <i32>load<u8>(lower + left) * (256 - p) + <i32>load<u8>(lower + left + right) * p;
      store<u8>(to++, (above * (256 - part) + below * part + 32768) >> 16);
    }
  }
}

/**
 * Of the corners that stand out most, twice as many as asked, those that are most a corner and no edge, written to CORNERS_AT,
 * best first; of equals the first in reading order.
 */
function strongest(level: usize, width: i32, height: i32, count: i32): i32 {
  const standing = standOut(width, mark(level, width, height), 2 * count);
  const corners = base + CORNERS_AT;
  for (let i = 0; i < standing; i++) {
    const corner = corners + CORNER_BYTES * i;
    const x = load<i32>(corner);
    const y = load<i32>(corner, 4);
    const response = harris(level + y * width + x, width);
    let at = corner;
    for (; at > corners && load<f64>(at - CORNER_BYTES, 8) < response; at -= CORNER_BYTES) {
      store<u64>(at, load<u64>(at - CORNER_BYTES));
      store<f64>(at, load<f64>(at - CORNER_BYTES, 8), 8);
    }
    store<i32>(at, x);
    store<i32>(at, y, 4);
    store<f64>(at, response, 8);
  }
  return min(standing, count);
}

/** Sixteen pixels of the ring against their middles. */
// @ts-ignore: decorator
@inline
function over(at: usize, step: i32, high: v128): v128 {
  return i8x16.gt_u(v128.load(at + step), high);
}

// @ts-ignore: decorator
@inline
function under(at: usize, step: i32, low: v128): v128 {
  return i8x16.lt_u(v128.load(at + step), low);
}

/** Whether nine neighbours of a ring of sixteen are set, for sixteen rings: eight from each second on, and one beside them. */
// @ts-ignore: decorator
@inline
function nine(
  a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128,
  i: v128, j: v128, k: v128, l: v128, m: v128, n: v128, o: v128, p: v128,
): v128 {
  const bc = v128.and(b, c);
  const de = v128.and(d, e);
  const fg = v128.and(f, g);
  const hi = v128.and(h, i);
  const jk = v128.and(j, k);
  const lm = v128.and(l, m);
  const no = v128.and(n, o);
  const pa = v128.and(p, a);
  const be = v128.and(bc, de);
  const dg = v128.and(de, fg);
  const fi = v128.and(fg, hi);
  const hk = v128.and(hi, jk);
  const jm = v128.and(jk, lm);
  const lo = v128.and(lm, no);
  const na = v128.and(no, pa);
  const pc = v128.and(pa, bc);
  let any = v128.and(v128.and(be, fi), v128.or(a, j));
  any = v128.or(any, v128.and(v128.and(dg, hk), v128.or(c, l)));
  any = v128.or(any, v128.and(v128.and(fi, jm), v128.or(e, n)));
  any = v128.or(any, v128.and(v128.and(hk, lo), v128.or(g, p)));
  any = v128.or(any, v128.and(v128.and(jm, na), v128.or(i, b)));
  any = v128.or(any, v128.and(v128.and(lo, pc), v128.or(k, d)));
  any = v128.or(any, v128.and(v128.and(na, be), v128.or(m, f)));
  return v128.or(any, v128.and(v128.and(pc, dg), v128.or(o, h)));
}

/**
 * FAST corners (Rosten and Drummond, ECCV 2006), nine of the ring of 16 at distance 3: writes their strength, of how much that
 * ring is brighter or darker the sum, to STRENGTH_AT, 0 elsewhere, and their places to CANDIDATES_AT. Returns how many.
 */
function mark(level: usize, width: i32, height: i32): i32 {
  memory.fill(base + STRENGTH_AT, 0, 2 * width * height);
  const margin = i8x16.splat(<i8>CONTRAST);
  const r0 = -3 * width; // clockwise from above
  const r1 = r0 + 1;
  const r2 = -2 * width + 2;
  const r3 = -width + 3;
  const r4 = 3;
  const r5 = width + 3;
  const r6 = 2 * width + 2;
  const r7 = 3 * width + 1;
  const r8 = 3 * width;
  const r9 = r8 - 1;
  const r10 = 2 * width - 2;
  const r11 = width - 3;
  const r12 = -3;
  const r13 = -width - 3;
  const r14 = -2 * width - 2;
  const r15 = r0 - 1;
  let candidates = base + CANDIDATES_AT;
  for (let y = MARGIN; y < height - MARGIN; y++)
    for (let x = MARGIN; x < width - MARGIN; x += 16) {
      const place = y * width + x;
      const at = level + place;
      const middle = v128.load(at);
      const high = i8x16.add_sat_u(middle, margin);
      const low = i8x16.sub_sat_u(middle, margin);
      // Nine in a row hold one of each two that face each other.
      const o0 = over(at, r0, high);
      const o4 = over(at, r4, high);
      const o8 = over(at, r8, high);
      const o12 = over(at, r12, high);
      const u0 = under(at, r0, low);
      const u4 = under(at, r4, low);
      const u8_ = under(at, r8, low);
      const u12 = under(at, r12, low);
      const mayBeBrighter = v128.and(v128.or(o0, o8), v128.or(o4, o12));
      const mayBeDarker = v128.and(v128.or(u0, u8_), v128.or(u4, u12));
      let brighter = 0;
      let darker = 0;
      if (v128.any_true(mayBeBrighter))
        brighter = i8x16.bitmask(
          nine(
            o0, over(at, r1, high), over(at, r2, high), over(at, r3, high),
            o4, over(at, r5, high), over(at, r6, high), over(at, r7, high),
            o8, over(at, r9, high), over(at, r10, high), over(at, r11, high),
            o12, over(at, r13, high), over(at, r14, high), over(at, r15, high),
          ),
        );
      if (v128.any_true(mayBeDarker))
        darker = i8x16.bitmask(
          nine(
            u0, under(at, r1, low), under(at, r2, low), under(at, r3, low),
            u4, under(at, r5, low), under(at, r6, low), under(at, r7, low),
            u8_, under(at, r9, low), under(at, r10, low), under(at, r11, low),
            u12, under(at, r13, low), under(at, r14, low), under(at, r15, low),
          ),
        );
      let set = brighter | darker;
      const left = width - MARGIN - x;
      if (left < 16) set &= (1 << left) - 1;
      for (; set !== 0; set &= set - 1) {
        const lane = ctz(set);
        const corner = at + lane;
        const sign = (brighter >> lane) & 1 ? 1 : -1;
        const value = <i32>load<u8>(corner);
        let sum = more(corner, r0, value, sign) + more(corner, r1, value, sign);
        sum += more(corner, r2, value, sign) + more(corner, r3, value, sign);
        sum += more(corner, r4, value, sign) + more(corner, r5, value, sign);
        sum += more(corner, r6, value, sign) + more(corner, r7, value, sign);
        sum += more(corner, r8, value, sign) + more(corner, r9, value, sign);
        sum += more(corner, r10, value, sign) + more(corner, r11, value, sign);
        sum += more(corner, r12, value, sign) + more(corner, r13, value, sign);
        sum += more(corner, r14, value, sign) + more(corner, r15, value, sign);
        store<u16>(base + STRENGTH_AT + ((place + lane) << 1), sum);
        store<i32>(candidates, place + lane);
        candidates += 4;
      }
    }
  return <i32>((candidates - base - CANDIDATES_AT) >> 2);
}

// @ts-ignore: decorator
@inline
function more(at: usize, step: i32, value: i32, sign: i32): i32 {
  return max(0, sign * (<i32>load<u8>(at + step) - value) - CONTRAST);
}

/** Writes the `most` strongest of those that are stronger than their eight neighbours, in reading order, to CORNERS_AT; of the weakest of them the first. */
function standOut(width: i32, candidates: i32, most: i32): i32 {
  const counts = base + COUNTS_AT;
  memory.fill(counts, 0, STRENGTHS * 4);
  const places = base + CANDIDATES_AT;
  let peaks = 0;
  for (let i = 0; i < candidates; i++) {
    const place = load<i32>(places + (i << 2));
    const at = base + STRENGTH_AT + (place << 1);
    const own = load<u16>(at);
    const above = at - (width << 1);
    const below = at + (width << 1);
    // Of equal ones the first in reading order stays.
    if (load<u16>(above - 2) >= own || load<u16>(above) >= own || load<u16>(above, 2) >= own) continue;
    if (load<u16>(at - 2) >= own || load<u16>(at, 2) > own) continue;
    if (load<u16>(below - 2) > own || load<u16>(below) > own || load<u16>(below, 2) > own) continue;
    store<i32>(places + (peaks++ << 2), place);
    store<i32>(counts + (<i32>own << 2), load<i32>(counts + (<i32>own << 2)) + 1);
  }
  let least = STRENGTHS - 1;
  let room = most;
  for (; least > 0 && load<i32>(counts + (least << 2)) <= room; least--) room -= load<i32>(counts + (least << 2));
  let corner = base + CORNERS_AT;
  for (let i = 0; i < peaks; i++) {
    const place = load<i32>(places + (i << 2));
    const own = <i32>load<u16>(base + STRENGTH_AT + (place << 1));
    if (own < least || (own === least && room-- <= 0)) continue;
    store<i32>(corner, place % width);
    store<i32>(corner, place / width, 4);
    corner += CORNER_BYTES;
  }
  return <i32>((corner - base - CORNERS_AT) / CORNER_BYTES);
}

/** Harris' response (1988) over 7 x 7 pixels, k 0.04. */
function harris(at: usize, width: i32): f64 {
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let row = -3; row <= 3; row++)
    for (let i = at + row * width - 3, end = i + 7; i < end; i++) {
      const above = i - width;
      const below = i + width;
      const dx =
        2 * (<i32>load<u8>(i, 1) - <i32>load<u8>(i - 1)) +
        (<i32>load<u8>(above, 1) - <i32>load<u8>(above - 1)) +
        (<i32>load<u8>(below, 1) - <i32>load<u8>(below - 1));
      const dy =
        2 * (<i32>load<u8>(below) - <i32>load<u8>(above)) +
        (<i32>load<u8>(below, 1) - <i32>load<u8>(above, 1)) +
        (<i32>load<u8>(below - 1) - <i32>load<u8>(above - 1));
      xx += dx * dx;
      yy += dy * dy;
      xy += dx * dy;
    }
  const sum = <f64>xx + <f64>yy;
  return <f64>xx * <f64>yy - <f64>xy * <f64>xy - 0.04 * sum * sum;
}

/** Towards the centre of brightness of the disc about a corner (Rosin, 1999). */
function angleAt(at: usize, width: i32): f64 {
  let sumX = 0;
  let sumY = 0;
  for (let row = -RADIUS; row <= RADIUS; row++) {
    const half = load<i32>(base + DISC_AT + ((row + RADIUS) << 2));
    const middle = at + row * width;
    let sum = 0;
    for (let column = -half; column <= half; column++) {
      const value = <i32>load<u8>(middle + column);
      sum += value;
      sumX += column * value;
    }
    sumY += row * sum;
  }
  return Math.atan2(sumY, sumX);
}

/** A test of two single pixels would be noise: Gauss, deviation 2, over 7 x 7. What no test reaches is not made. */
function blur(from: usize, across: usize, to: usize, width: i32, height: i32): void {
  const pixels = width * height;
  smooth(from + 3, across + 3, 1, pixels - 6);
  smooth(across + 3 * width, to + 3 * width, width, pixels - 6 * width);
}

/** Eight pixels at a time, weighed in 256ths. */
function smooth(from: usize, to: usize, step: usize, pixels: i32): void {
  const half = i16x8.splat(128);
  for (const end = from + pixels; from < end; from += 8, to += 8) {
    const outer = i16x8.add(v128.load8x8_u(from - 3 * step), v128.load8x8_u(from + 3 * step));
    const next = i16x8.add(v128.load8x8_u(from - 2 * step), v128.load8x8_u(from + 2 * step));
    const inner = i16x8.add(v128.load8x8_u(from - step), v128.load8x8_u(from + step));
    let sum = i16x8.add(i16x8.mul(outer, i16x8.splat(18)), i16x8.mul(next, i16x8.splat(33)));
    sum = i16x8.add(sum, i16x8.mul(inner, i16x8.splat(49)));
    sum = i16x8.add(sum, i16x8.mul(v128.load8x8_u(from), i16x8.splat(56)));
    sum = i16x8.shr_u(i16x8.add(sum, half), 8);
    v128.store64_lane(to, i8x16.narrow_i16x8_u(sum, sum), 0);
  }
}

/** Four tests at a time, each whether its one end is darker than the other. */
function test(at: usize, width: i32, angle: f64, out: usize): void {
  const cos = f32x4.splat(<f32>Math.cos(angle));
  const sin = f32x4.splat(<f32>Math.sin(angle));
  const stride = i32x4.splat(width);
  let tests = base + TESTS_AT;
  for (let word = 0; word < TESTS_PER_POINT / 32; word++) {
    let bits: u32 = 0;
    for (let bit = 0; bit < 32; bit += 4, tests += 64) {
      const a = ends(tests, cos, sin, stride);
      const b = ends(tests + 32, cos, sin, stride);
      bits |= darker(at, i32x4.extract_lane(a, 0), i32x4.extract_lane(b, 0)) << bit;
      bits |= darker(at, i32x4.extract_lane(a, 1), i32x4.extract_lane(b, 1)) << (bit + 1);
      bits |= darker(at, i32x4.extract_lane(a, 2), i32x4.extract_lane(b, 2)) << (bit + 2);
      bits |= darker(at, i32x4.extract_lane(a, 3), i32x4.extract_lane(b, 3)) << (bit + 3);
    }
    store<u32>(out + (word << 2), bits);
  }
}

/** Places of four tests' ends, turned, from the middle. */
// @ts-ignore: decorator
@inline
function ends(tests: usize, cos: v128, sin: v128, stride: v128): v128 {
  const x = v128.load(tests);
  const y = v128.load(tests, 16);
  const turnedX = f32x4.sub(f32x4.mul(cos, x), f32x4.mul(sin, y));
  const turnedY = f32x4.add(f32x4.mul(sin, x), f32x4.mul(cos, y));
  const column = i32x4.trunc_sat_f32x4_s(f32x4.nearest(turnedX));
  return i32x4.add(i32x4.mul(i32x4.trunc_sat_f32x4_s(f32x4.nearest(turnedY)), stride), column);
}

// @ts-ignore: decorator
@inline
function darker(at: usize, a: i32, b: i32): u32 {
  return <u32>(load<u8>(at + a) < load<u8>(at + b));
}
