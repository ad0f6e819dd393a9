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
  /** B's brightness is gain * A's + bias. */
  gain: number;
  bias: number;
  /** Mean brightness that is still apart, 0..CAP, places weighted by what they tell. */
  cost: number;
}>;

const CAP = 24;
/** What a point of A that falls outside of B costs: it may have been cropped, but a fit must not run away. */
const OUTSIDE = 15;
/** Levels from which on a pixel counts less (Huber). */
const FAR = 10;
/** A second place is followed as well as the best one if it costs no more than this many times as much. */
const RIVAL = 1.15;
/** Where every so many pixels are enough to tell a place that is out of the question from one that may be right. */
const SOME = 3;
/** Costs at the first try, on the small pictures, and on the close ones, from which on two are not compared any further. */
const HOPELESS = { tried: 14.5, small: 12.5, close: 12.5 };

/** The best of some places where small A may lie on small B, each moved to where it fits best; null: none fits. */
export function alignSmall(a: Glance, b: Glance, starts: readonly Alignment[]): Alignment | null {
  const [best, ...others] = starts.map((start) => refine(start, a.full, b.full, 2, { every: SOME })).sort(byCost);
  if (best!.cost > HOPELESS.tried) return null;
  const two = [best!, ...others.slice(0, 1).filter(({ cost }) => cost < best!.cost * RIVAL)];
  const [at] = two.map((start) => refine(start, a.full, b.full, 4, { strict: true })).sort(byCost);
  return at!.cost > HOPELESS.small ? null : at!;
}

const byCost = (s: Alignment, t: Alignment): number => s.cost - t.cost;

/** The same place on the close pictures, to a fraction of their pixels; null: they do not fit. */
export function alignClose(a: Glance, b: Glance, start: Alignment): Alignment | null {
  const at = refine(start, a.half, b.half, 6, { strict: true });
  const found = refine(at, a.full, b.full, 2, { strict: true });
  return found.cost > HOPELESS.close ? null : found;
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

/**
 * Gauss-Newton on scale, turn and shift, A's brightness made gain * A + bias between the steps; pixels far apart count
 * less (Huber; `strict`: hardly at all, for a start that is nearly right), so that a sticker does not pull. Only pixels
 * on edges and texture are looked at, of them one in `every`: the others say nothing about the place. Source: Baker &
 * Matthews, Lucas-Kanade 20 Years On, 2004 (forwards additive).
 */
function refine(
  start: Alignment,
  a: Level,
  b: Level,
  steps: number,
  { strict = false, every = 1 }: { strict?: boolean; every?: number },
): Alignment {
  const { telling, weight: tells, grey: ownGrey, width: ownRow } = a;
  const { grey: itsGrey, slopeX, slopeY } = b;
  const { mirror } = start;
  const [la, lb] = [Math.max(a.width, a.height), Math.max(b.width, b.height)];
  const [middleX, middleY] = [(a.width - 1) / 2, (a.height - 1) / 2];
  const [right, bottom, row] = [b.width - 1, b.height - 1, b.width];
  let at: Alignment = start;
  let best: Alignment = { ...start, cost: Number.POSITIVE_INFINITY };
  let { gain, bias } = start;
  for (let step = 0; step <= steps; step++) {
    const { x0, y0, xx, xy, yx, yy } = placer(at, a, b);
    let [cost, weights] = [0, 0];
    // The normal equations' upper half and right side: s scale, t turn, x and y shift, e what is left to explain.
    let [ss, st, sx, sy, se, tt, tx, ty, te, xX, xY, xe, yY, ye] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let [w, wa, wb, waa, wab] = [0, 0, 0, 0, 0];
    const size = Math.exp(at.scale);
    const [cos, sin] = [Math.cos(at.turn) * size, Math.sin(at.turn) * size];
    for (let k = 0; k < telling.length; k += every) {
      const x = telling[k]! & 0xffff;
      const y = telling[k]! >>> 16;
      const i = y * ownRow + x;
      const base = tells[i]!;
      weights += base;
      const bx = x0 + xx * x + xy * y;
      const by = y0 + yx * x + yy * y;
      if (!(bx >= 0 && by >= 0 && bx <= right && by <= bottom)) {
        cost += base * OUTSIDE;
        continue;
      }
      const left = Math.min(right - 1, bx | 0);
      const top = Math.min(bottom - 1, by | 0);
      const u = bx - left;
      const v = by - top;
      const j = top * row + left;
      const upper = itsGrey[j]! + (itsGrey[j + 1]! - itsGrey[j]!) * u;
      const lower = itsGrey[j + row]! + (itsGrey[j + row + 1]! - itsGrey[j + row]!) * u;
      const value = upper + (lower - upper) * v;
      const grey = ownGrey[i]!;
      const rest = gain * grey + bias - value;
      const off = Math.abs(rest);
      cost += base * Math.min(CAP, off);
      if (step === steps) continue; // no move follows
      const weight = strict ? base / (1 + (off / FAR) ** 2) : off > FAR ? (base * FAR) / off : base;
      w += weight;
      wa += weight * grey;
      wb += weight * value;
      waa += weight * grey * grey;
      wab += weight * grey * value;
      const nearest = j + (u < 0.5 ? 0 : 1) + (v < 0.5 ? 0 : row);
      const gx = slopeX[nearest]! * lb;
      const gy = slopeY[nearest]! * lb;
      const px = ((x - middleX) / la) * mirror;
      const py = (y - middleY) / la;
      const ux = cos * px - sin * py;
      const uy = sin * px + cos * py;
      const js = gx * ux + gy * uy;
      const jt = gy * ux - gx * uy;
      ss += weight * js * js;
      st += weight * js * jt;
      sx += weight * js * gx;
      sy += weight * js * gy;
      se += weight * js * rest;
      tt += weight * jt * jt;
      tx += weight * jt * gx;
      ty += weight * jt * gy;
      te += weight * jt * rest;
      xX += weight * gx * gx;
      xY += weight * gx * gy;
      xe += weight * gx * rest;
      yY += weight * gy * gy;
      ye += weight * gy * rest;
    }
    cost = weights > 0 ? cost / weights : CAP;
    if (cost < best.cost) best = { ...at, cost };
    if (step === steps || cost > best.cost * 1.5 + 2) break;
    const move = solve([
      [ss * 1.0001, st, sx, sy, se],
      [st, tt * 1.0001, tx, ty, te],
      [sx, tx, xX * 1.0001, xY, xe],
      [sy, ty, xY, yY * 1.0001, ye],
    ]);
    if (!move) break;
    const far = Math.hypot(...move);
    const rein = Math.min(1, 0.12 / far); // no leap beyond what the slopes can know
    const variance = waa - (wa * wa) / w;
    if (variance > w) gain = Math.min(1.6, Math.max(0.6, (wab - (wa * wb) / w) / variance));
    bias = Math.min(50, Math.max(-50, (wb - gain * wa) / w));
    at = {
      mirror,
      scale: at.scale + move[0]! * rein,
      turn: at.turn + move[1]! * rein,
      x: at.x + move[2]! * rein,
      y: at.y + move[3]! * rein,
      gain,
      bias,
      cost: Number.POSITIVE_INFINITY,
    };
    if (far < 1e-4) break;
  }
  return best;
}

/** Gauss's elimination; the last column is the right side. Null if there is no answer. */
function solve(rows: number[][]): number[] | null {
  const n = rows.length;
  for (let p = 0; p < n; p++) {
    const pivot = rows.slice(p).reduce((best, row) => (Math.abs(row[p]!) > Math.abs(best[p]!) ? row : best));
    if (!(Math.abs(pivot[p]!) > 1e-9)) return null;
    rows[rows.indexOf(pivot)] = rows[p]!;
    rows[p] = pivot;
    for (const row of rows.slice(p + 1)) {
      const factor = row[p]! / pivot[p]!;
      for (let q = p; q <= n; q++) row[q]! -= factor * pivot[q]!;
    }
  }
  const answer = new Array<number>(n).fill(0);
  for (let p = n - 1; p >= 0; p--) {
    const sum = answer.reduce((sum, value, q) => (q > p ? sum - rows[p]![q]! * value : sum), rows[p]![n]!);
    answer[p] = sum / rows[p]![p]!;
  }
  return answer;
}
