import type { Glance, Level } from "./glance.ts";

/**
 * Where a point of picture A lies in picture B. Points are in units of each picture's longer side, from its centre:
 * B = scale * R(turn) * (mirror * u, v) + (x, y).
 */
export type Alignment = Readonly<{
  mirror: 1 | -1;
  /** Natural logarithm. */
  scale: number;
  /** Radians. */
  turn: number;
  x: number;
  y: number;
  /** Mean brightness that is still apart, 0..CAP, places weighted by what they tell. */
  cost: number;
}>;

const CAP = 60;
/** What a point of A that falls outside of B costs: it may have been cropped, but a fit must not run away. */
const OUTSIDE = 30;
/** Where the search begins: scales a factor 1.12 apart, shifts of 4 % of the longer side. */
const SCALES = [-0.42, -0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3, 0.42];
const SHIFTS = [-0.16, -0.12, -0.08, -0.04, 0, 0.04, 0.08, 0.12, 0.16];
const POINTS = 140;
const STARTS = 2;

/** Two pictures that stay this far apart on half scale are not laid over each other any better. */
export const HOPELESS = 22;
/** In the finest levels only pixels on edges and texture are looked at: the others say nothing about the place. */
const TELLING = 0.15;
const SMALL = 3600;

type Pairs = [full: LevelPair, half: LevelPair, quarter: LevelPair, eighth: LevelPair];
type LevelPair = readonly [Level, Level];

/** Lays A over B as well as turning a little, scaling, shifting and mirroring can. */
export function align(a: Glance, b: Glance): Alignment {
  const [full, half, quarter, eighth] = [0, 1, 2, 3].map((n) => [a.levels[n]!, b.levels[n]!] as const) as Pairs;
  const points = telling(eighth[0], POINTS);
  let best: Alignment | undefined;
  for (const mirror of [1, -1] as const) {
    const starts: Alignment[] = [];
    for (const scale of SCALES)
      for (const y of SHIFTS)
        for (const x of SHIFTS) {
          const start = { mirror, scale, turn: 0, x, y, cost: Number.POSITIVE_INFINITY };
          const worst = starts.length < STARTS ? Number.POSITIVE_INFINITY : starts.at(-1)!.cost;
          const cost = costAt(start, ...eighth, points, worst);
          if (cost >= worst) continue;
          // Neighbours of one start lead to the same place: keep the better only.
          const near = starts.findIndex((s) => Math.abs(s.scale - scale) < 0.15 && Math.hypot(s.x - x, s.y - y) < 0.06);
          if (near >= 0) {
            if (starts[near]!.cost <= cost) continue;
            starts.splice(near, 1);
          }
          starts.push({ ...start, cost });
          starts.sort((s, t) => s.cost - t.cost).splice(STARTS);
        }
    for (const start of starts) {
      const fine = refine(start, ...quarter, 9);
      if (!best || fine.cost < best.cost) best = fine;
    }
  }
  const fine = refine(best!, ...half, 6);
  return fine.cost > HOPELESS ? fine : refine(fine, ...full, 2);
}

/** The pixels that tell most, spread by their order of weight. */
function telling(level: Level, count: number): Int32Array {
  const order = Int32Array.from(level.weight, (_, i) => i);
  return order.sort((i, j) => level.weight[j]! - level.weight[i]! || i - j).subarray(0, count);
}

function costAt(at: Alignment, a: Level, b: Level, points: Int32Array, worst: number): number {
  const place = placer(at, a, b);
  let [sum, weights] = [0, 0];
  for (const i of points) weights += a.weight[i]!;
  for (const i of points) {
    const y = Math.floor(i / a.width);
    const x = i - y * a.width;
    const bx = place.x0 + place.xx * x + place.xy * y;
    const by = place.y0 + place.yx * x + place.yy * y;
    const value = sample(b.grey, b.width, b.height, bx, by);
    sum += a.weight[i]! * (value < 0 ? OUTSIDE : Math.min(CAP, Math.abs(value - a.grey[i]!)));
    if (sum > worst * weights) return Number.POSITIVE_INFINITY;
  }
  return sum / weights;
}

/** An alignment in pixels: B's x = x0 + xx * x + xy * y, B's y = y0 + yx * x + yy * y. */
export function placer(
  { mirror, scale, turn, x, y }: Alignment,
  a: { width: number; height: number },
  b: { width: number; height: number },
): { x0: number; y0: number; xx: number; xy: number; yx: number; yy: number } {
  const [la, lb] = [Math.max(a.width, a.height), Math.max(b.width, b.height)];
  const s = Math.exp(scale);
  const [c, n] = [(s * Math.cos(turn) * lb) / la, (s * Math.sin(turn) * lb) / la];
  const [ax, ay] = [(a.width - 1) / 2, (a.height - 1) / 2];
  const [xx, xy, yx, yy] = [c * mirror, -n, n * mirror, c];
  return {
    xx,
    xy,
    yx,
    yy,
    x0: x * lb + (b.width - 1) / 2 - xx * ax - xy * ay,
    y0: y * lb + (b.height - 1) / 2 - yx * ax - yy * ay,
  };
}

/** Bilinear; -1 outside (a value of a picture is never negative). */
export function sample(plane: Float32Array, width: number, height: number, x: number, y: number): number {
  if (!(x >= 0 && y >= 0 && x <= width - 1 && y <= height - 1)) return -1;
  const [x0, y0] = [Math.min(width - 2, x | 0), Math.min(height - 2, y | 0)];
  if (width < 2 || height < 2) return plane[(y | 0) * width + (x | 0)]!;
  const [u, v] = [x - x0, y - y0];
  const i = y0 * width + x0;
  const top = plane[i]! * (1 - u) + plane[i + 1]! * u;
  const low = plane[i + width]! * (1 - u) + plane[i + width + 1]! * u;
  return top * (1 - v) + low * v;
}

/**
 * Gauss-Newton on scale, turn and shift, with A's brightness free to be gain * A + bias; pixels far apart count less
 * (Huber), so that a sticker does not pull. Source: Baker & Matthews, Lucas-Kanade 20 Years On, 2004 (forwards additive).
 */
function refine(start: Alignment, a: Level, b: Level, steps: number): Alignment {
  let at: Alignment = start;
  let [gain, bias] = [1, 0];
  const lb = Math.max(b.width, b.height);
  const jacobian = new Float64Array(6);
  let best: Alignment = { ...start, cost: Number.POSITIVE_INFINITY };
  const least = a.grey.length > SMALL ? TELLING : 0;
  for (let step = 0; step <= steps; step++) {
    const place = placer(at, a, b);
    const normal = new Float64Array(42); // 6 x 7, the last column is the right side
    let [cost, weights] = [0, 0];
    const s = Math.exp(at.scale);
    const [cos, sin] = [Math.cos(at.turn) * s, Math.sin(at.turn) * s];
    const la = Math.max(a.width, a.height);
    for (let y = 0, i = 0; y < a.height; y++)
      for (let x = 0; x < a.width; x++, i++) {
        const base = a.weight[i]!;
        if (base < least) continue;
        const bx = place.x0 + place.xx * x + place.xy * y;
        const by = place.y0 + place.yx * x + place.yy * y;
        const value = sample(b.grey, b.width, b.height, bx, by);
        weights += base;
        if (value < 0) {
          cost += base * OUTSIDE;
          continue;
        }
        const rest = gain * a.grey[i]! + bias - value;
        cost += base * Math.min(CAP, Math.abs(rest));
        const weight = base / Math.max(1, Math.abs(rest) / 10);
        const j = Math.round(by) * b.width + Math.round(bx);
        const [gx, gy] = [b.slopeX[j]! * lb, b.slopeY[j]! * lb];
        const [u, v] = [((x - (a.width - 1) / 2) / la) * at.mirror, (y - (a.height - 1) / 2) / la];
        const [px, py] = [cos * u - sin * v, sin * u + cos * v];
        jacobian[0] = gx * px + gy * py; // scale
        jacobian[1] = -gx * py + gy * px; // turn
        jacobian[2] = gx;
        jacobian[3] = gy;
        jacobian[4] = -a.grey[i]!;
        jacobian[5] = -1;
        for (let p = 0; p < 6; p++) {
          const wp = weight * jacobian[p]!;
          for (let q = p; q < 6; q++) normal[p * 7 + q]! += wp * jacobian[q]!;
          normal[p * 7 + 6]! += wp * rest;
        }
      }
    cost /= weights;
    if (cost < best.cost) best = { ...at, cost };
    if (step === steps || cost > best.cost * 1.5 + 2) break;
    const move = solve(normal);
    if (!move) break;
    const size = Math.hypot(move[0]!, move[1]!, move[2]!, move[3]!);
    const rein = Math.min(1, 0.12 / size); // no leap beyond what the slopes can know
    at = {
      mirror: at.mirror,
      scale: at.scale + move[0]! * rein,
      turn: at.turn + move[1]! * rein,
      x: at.x + move[2]! * rein,
      y: at.y + move[3]! * rein,
      cost: Number.POSITIVE_INFINITY,
    };
    gain = Math.min(1.6, Math.max(0.6, gain + move[4]!));
    bias = Math.min(50, Math.max(-50, bias + move[5]!));
    if (size < 1e-4) break;
  }
  return best;
}

/** Solves the symmetric 6 x 6 system whose upper half and right side are in `m` (6 x 7); null if it has no answer. */
function solve(m: Float64Array): Float64Array | null {
  const n = 6;
  for (let p = 0; p < n; p++) for (let q = 0; q < p; q++) m[p * 7 + q] = m[q * 7 + p]!;
  for (let p = 0; p < n; p++) m[p * 7 + p]! *= 1.0001;
  for (let p = 0; p < n; p++) {
    let pivot = p;
    for (let r = p + 1; r < n; r++) if (Math.abs(m[r * 7 + p]!) > Math.abs(m[pivot * 7 + p]!)) pivot = r;
    if (!(Math.abs(m[pivot * 7 + p]!) > 1e-9)) return null;
    if (pivot !== p) for (let q = p; q <= n; q++) [m[p * 7 + q], m[pivot * 7 + q]] = [m[pivot * 7 + q]!, m[p * 7 + q]!];
    for (let r = p + 1; r < n; r++) {
      const factor = m[r * 7 + p]! / m[p * 7 + p]!;
      for (let q = p; q <= n; q++) m[r * 7 + q]! -= factor * m[p * 7 + q]!;
    }
  }
  const x = new Float64Array(n);
  for (let p = n - 1; p >= 0; p--) {
    let sum = m[p * 7 + n]!;
    for (let q = p + 1; q < n; q++) sum -= m[p * 7 + q]! * x[q]!;
    x[p] = sum / m[p * 7 + p]!;
  }
  return x;
}
