import type { Keypoints, Picture } from "../../src/vision/index.ts";
import { POINT_BYTES, TESTS_OF } from "../../src/vision/keypoints/layout.ts";

/** What the kernel (kernel/assembly/keypoints.ts) must find, written plainly. `count` of them, the strongest of each scale first. */
export type PlainKeypoints = {
  count: number;
  /** x and y in pixels of the picture enlarged or shrunk to the side asked for, interleaved: 2 * count. */
  at: Float32Array;
  /** Radians, where the patch is brighter. */
  angle: Float32Array;
  /** Of the patch, 1 at the finest level. */
  scale: Float32Array;
  /** 256 tests each: 8 * count words. */
  tests: Int32Array;
};

/** Words of a point's tests. */
export const TEST_WORDS = 8;

/** Levels of the pyramid, each smaller by STEP, as ORB has them. */
const LEVELS = 8;
const STEP = 1.2;
/** Pixels of a patch about its middle. */
const RADIUS = 15;
/** Tests reach RADIUS and blur 3 more, so none looks beyond the picture. */
const MARGIN = 22;
/** How much brighter or darker than a corner the ring about it is, of 255. */
const CONTRAST = 7;
/** Deviation of the tests' ends about the middle, pixels (BRIEF's best: a fifth of the patch; Calonder et al., ECCV 2010). */
const SPREAD = 31 / 5;

type Grey = { pixels: Uint8Array; width: number; height: number };
type Corner = { x: number; y: number; strength: number };

type Pixels = Pick<Picture, "pixels" | "width" | "height">;

/** The bytes that the kernel gives for them. */
export function packed({ count, at, angle, scale, tests }: PlainKeypoints): Keypoints {
  const bytes = new Uint8Array(POINT_BYTES * count);
  for (let i = 0; i < count; i++) {
    const numbers = Float32Array.of(at[2 * i]!, at[2 * i + 1]!, angle[i]!, scale[i]!);
    bytes.set(new Uint8Array(numbers.buffer), POINT_BYTES * i);
    const own = tests.slice(TEST_WORDS * i, TEST_WORDS * (i + 1));
    bytes.set(new Uint8Array(own.buffer), POINT_BYTES * i + TESTS_OF);
  }
  return bytes;
}

/** Up to `most` keypoints of a picture whose longer side is brought to `side` pixels. A plain picture has none. */
export function plainKeypoints(picture: Pixels, side: number, most: number): PlainKeypoints {
  const points: { x: number; y: number; angle: number; scale: number; tests: Int32Array }[] = [];
  let level = greyOf(picture, side);
  // Of each level as many as its area asks for, so that no scale goes without.
  const shares = Array.from({ length: LEVELS }, (_, at) => STEP ** (-2 * at));
  const all = shares.reduce((sum, share) => sum + share);
  for (let at = 0; at < LEVELS; at++) {
    if (at > 0) level = resized(level, Math.round(level.width / STEP), Math.round(level.height / STEP));
    if (Math.min(level.width, level.height) <= 2 * MARGIN) break;
    const kept = strongest(level, Math.round((most * shares[at]!) / all));
    const angles = kept.map((corner) => angleAt(level, corner));
    const smooth = blurred(level);
    const scale = STEP ** at;
    for (const [i, { x, y }] of kept.entries())
      points.push({ x: x * scale, y: y * scale, angle: angles[i]!, scale, tests: testsAt(smooth, x, y, angles[i]!) });
  }
  points.splice(most); // shares are rounded
  const found: PlainKeypoints = {
    count: points.length,
    at: new Float32Array(2 * points.length),
    angle: new Float32Array(points.length),
    scale: new Float32Array(points.length),
    tests: new Int32Array(TEST_WORDS * points.length),
  };
  for (const [i, { x, y, angle, scale, tests }] of points.entries()) {
    found.at.set([x, y], 2 * i);
    found.angle[i] = angle;
    found.scale[i] = scale;
    found.tests.set(tests, TEST_WORDS * i);
  }
  return found;
}

function greyOf({ pixels, width, height }: Pixels, side: number): Grey {
  const grey = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < grey.length; i++, at += 3)
    grey[i] = (77 * pixels[at]! + 150 * pixels[at + 1]! + 29 * pixels[at + 2]! + 128) >> 8;
  const factor = side / Math.max(width, height);
  return resized({ pixels: grey, width, height }, Math.round(width * factor), Math.round(height * factor));
}

/** Linear between the four nearest pixels: enough for steps of a level, and for enlarging. */
function resized({ pixels, width, height }: Grey, toWidth: number, toHeight: number): Grey {
  const [w, h] = [Math.max(1, toWidth), Math.max(1, toHeight)];
  const [columns, parts] = [new Int32Array(w), new Int32Array(w)];
  for (let x = 0; x < w; x++) {
    const from = Math.min(width - 1, Math.max(0, ((x + 0.5) * width) / w - 0.5));
    columns[x] = Math.max(0, Math.min(width - 2, from | 0));
    parts[x] = Math.round((from - columns[x]!) * 256);
  }
  const result = new Uint8Array(w * h);
  const right = width > 1 ? 1 : 0;
  for (let y = 0; y < h; y++) {
    const from = Math.min(height - 1, Math.max(0, ((y + 0.5) * height) / h - 0.5));
    const row = Math.max(0, Math.min(height - 2, from | 0));
    const part = Math.round((from - row) * 256);
    const [upper, lower] = [row * width, Math.min(height - 1, row + 1) * width];
    for (let x = 0; x < w; x++) {
      const [left, p] = [columns[x]!, parts[x]!];
      const above = pixels[upper + left]! * (256 - p) + pixels[upper + left + right]! * p;
      const below = pixels[lower + left]! * (256 - p) + pixels[lower + left + right]! * p;
      result[y * w + x] = (above * (256 - part) + below * part + 32768) >> 16;
    }
  }
  return { pixels: result, width: w, height: h };
}

/** The ring of 16 pixels at distance 3, clockwise from above (Rosten and Drummond, ECCV 2006). */
const RING = [
  0, -3, 1, -3, 2, -2, 3, -1, 3, 0, 3, 1, 2, 2, 1, 3, 0, 3, -1, 3, -2, 2, -3, 1, -3, 0, -3, -1, -2, -2, -1, -3,
];

/** Whether nine neighbours of 16 are set, for each 16 bits. */
const NINE = Uint8Array.from({ length: 65536 }, (_, bits) => {
  let run = bits | (bits << 16);
  for (let i = 1; i < 9; i++) run &= (bits | (bits << 16)) >>> i;
  return run & 0xffff ? 1 : 0;
});

/** Of the corners that stand out most, twice as many as asked, those that are most a corner and no edge (Harris' response). */
function strongest(level: Grey, count: number): Corner[] {
  const byStrength = (a: Corner, b: Corner) => b.strength - a.strength || a.y - b.y || a.x - b.x;
  const standing = cornersOf(level)
    .sort(byStrength)
    .slice(0, 2 * count);
  for (const corner of standing) corner.strength = harris(level.pixels, level.width, corner.y * level.width + corner.x);
  return standing.sort(byStrength).slice(0, count);
}

/** FAST corners, each stronger than its eight neighbours: of how much the ring is brighter or darker, the sum. */
function cornersOf({ pixels, width, height }: Grey): Corner[] {
  const ring = new Int32Array(16);
  for (let i = 0; i < 16; i++) ring[i] = RING[2 * i]! + RING[2 * i + 1]! * width;
  const [north, east, south, west] = [ring[0]!, ring[4]!, ring[8]!, ring[12]!];
  const strength = new Uint16Array(width * height);
  const candidates: number[] = [];
  for (let y = MARGIN; y < height - MARGIN; y++)
    for (let i = y * width + MARGIN, end = (y + 1) * width - MARGIN; i < end; i++) {
      const value = pixels[i]!;
      const [high, low] = [value + CONTRAST, value - CONTRAST];
      // Nine in a row hold one of each two that face each other.
      const [a, c] = [pixels[i + north]!, pixels[i + south]!];
      const [b, d] = [pixels[i + east]!, pixels[i + west]!];
      if (!((a > high || c > high) && (b > high || d > high)) && !((a < low || c < low) && (b < low || d < low)))
        continue;
      let brighter = 0;
      let darker = 0;
      for (let k = 0; k < 16; k++) {
        const other = pixels[i + ring[k]!]!;
        brighter |= ((high - other) >>> 31) << k; // without a branch, which no CPU could foretell
        darker |= ((other - low) >>> 31) << k;
      }
      const set = NINE[brighter] ? brighter : NINE[darker] ? darker : 0;
      if (set === 0) continue;
      let sum = 0;
      for (let k = 0; k < 16; k++) if (set & (1 << k)) sum += Math.abs(pixels[i + ring[k]!]! - value) - CONTRAST;
      strength[i] = sum;
      candidates.push(i);
    }
  const corners: Corner[] = [];
  for (const i of candidates) {
    const own = strength[i]!;
    // Of equal ones the first in reading order stays.
    if (strength[i - width - 1]! >= own || strength[i - width]! >= own || strength[i - width + 1]! >= own) continue;
    if (strength[i - 1]! >= own || strength[i + 1]! > own) continue;
    if (strength[i + width - 1]! > own || strength[i + width]! > own || strength[i + width + 1]! > own) continue;
    corners.push({ x: i % width, y: (i / width) | 0, strength: own });
  }
  return corners;
}

/** Harris' response (1988) over 7 x 7 pixels, k 0.04. */
function harris(pixels: Uint8Array, width: number, at: number): number {
  let [xx, yy, xy] = [0, 0, 0];
  for (let row = -3; row <= 3; row++)
    for (let i = at + row * width - 3, end = i + 7; i < end; i++) {
      const [above, below] = [i - width, i + width];
      const dx =
        2 * (pixels[i + 1]! - pixels[i - 1]!) +
        (pixels[above + 1]! - pixels[above - 1]!) +
        (pixels[below + 1]! - pixels[below - 1]!);
      const dy =
        2 * (pixels[below]! - pixels[above]!) +
        (pixels[below + 1]! - pixels[above + 1]!) +
        (pixels[below - 1]! - pixels[above - 1]!);
      xx += dx * dx;
      yy += dy * dy;
      xy += dx * dy;
    }
  const sum = xx + yy;
  return xx * yy - xy * xy - 0.04 * sum * sum;
}

/** Half the width of a disc of RADIUS in each of its rows. */
const DISC = Int32Array.from({ length: 2 * RADIUS + 1 }, (_, row) =>
  Math.round(Math.sqrt(RADIUS ** 2 - (row - RADIUS) ** 2)),
);

/** Towards the centre of brightness of the disc about a corner (Rosin, 1999). */
function angleAt({ pixels, width }: Grey, { x, y }: Corner): number {
  let [sumX, sumY] = [0, 0];
  for (let row = -RADIUS; row <= RADIUS; row++) {
    const [half, at] = [DISC[row + RADIUS]!, (y + row) * width + x];
    let sum = 0;
    for (let column = -half; column <= half; column++) {
      const value = pixels[at + column]!;
      sum += value;
      sumX += column * value;
    }
    sumY += row * sum;
  }
  return Math.atan2(sumY, sumX);
}

/** Gauss, deviation 2, over 7 x 7 pixels, in 256ths. */
const BLUR = [18, 33, 49, 56, 49, 33, 18];

/** A test of two single pixels would be noise. The outermost three pixels, which no test reaches, stay 0. */
function blurred({ pixels, width, height }: Grey): Grey {
  const [across, result] = [new Uint8Array(pixels.length), new Uint8Array(pixels.length)];
  const [b0, b1, b2, b3] = [BLUR[0]!, BLUR[1]!, BLUR[2]!, BLUR[3]!];
  const pass = (from: Uint8Array, to: Uint8Array, step: number) => {
    for (let i = 3 * step; i < from.length - 3 * step; i++)
      to[i] =
        (b0 * (from[i - 3 * step]! + from[i + 3 * step]!) +
          b1 * (from[i - 2 * step]! + from[i + 2 * step]!) +
          b2 * (from[i - step]! + from[i + step]!) +
          b3 * from[i]! +
          128) >>
        8;
  };
  pass(pixels, across, 1);
  pass(across, result, width);
  return { pixels: result, width, height };
}

/** x, y of the one end and of the other of 256 tests, drawn once and for all, so that points of one run are those of another. */
const TESTS = drawTests();

function drawTests(): Float32Array {
  // Numerical Recipes' congruential generator: written out, since it must never change.
  let state = 20_26;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 4294967296;
  };
  const normal = () => SPREAD * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const tests = new Float32Array(4 * 32 * TEST_WORDS);
  for (let i = 0; i < tests.length; ) {
    const [x, y] = [normal(), normal()];
    if (Math.hypot(x, y) > RADIUS) continue;
    tests[i++] = x;
    tests[i++] = y;
  }
  return tests;
}

function testsAt({ pixels, width }: Grey, x: number, y: number, angle: number): Int32Array {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const at = (i: number) => {
    const [dx, dy] = [TESTS[i]!, TESTS[i + 1]!];
    return pixels[(y + Math.round(sin * dx + cos * dy)) * width + x + Math.round(cos * dx - sin * dy)]!;
  };
  const words = new Int32Array(TEST_WORDS);
  for (let bit = 0; bit < 32 * TEST_WORDS; bit++)
    if (at(4 * bit) < at(4 * bit + 2)) words[bit >> 5]! |= 1 << (bit & 31);
  return words;
}
