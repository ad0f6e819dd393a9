import type { Alignment } from "./align.ts";
import type { Glance } from "./glance.ts";

/** Where the search looks: scales a factor 1.07 apart, shifts of a sixteenth of the longer side. */
const SCALES = [-0.35, -0.28, -0.21, -0.14, -0.07, 0, 0.07, 0.14, 0.21, 0.28, 0.35];
const [REACH, STEP] = [4, 2];
const POINTS = 120;
/** Starts that are kept of each of the two mirrorings. */
const KEPT = 2;
/** A difference in brightness counts up to here; a point of A outside of B counts as this much. */
const [CAP, OUTSIDE] = [40, 24];
/** Room around B, so that points outside of it need no test. */
const ROOM = 16;
const NOTHING = 4000;
const COST = Uint8Array.from({ length: 2 * NOTHING }, (_, d) => (d > NOTHING / 2 ? OUTSIDE : Math.min(CAP, d)));

/** A small glance made ready for the search: brightness against the mean around it, which light hardly changes. */
export type Relief = Readonly<{
  width: number;
  height: number;
  /** With ROOM on all sides. */
  roomy: Int16Array;
  /** Its most telling pixels, so mixed that the first few tell already. */
  points: Int32Array;
  values: Int16Array;
}>;

export function reliefOf({ width, height, full: { grey } }: Glance): Relief {
  const [fine, wide] = [smoothed(grey, width, height, 2), smoothed(grey, width, height, 7)];
  const relief = Int16Array.from(fine, (value, i) => value - wide[i]!);
  const wideRow = width + 2 * ROOM;
  const roomy = new Int16Array(wideRow * (height + 2 * ROOM)).fill(NOTHING);
  /** Half the brightness and the slopes, times two; behind it the place, so that equals stay in order. */
  const keys = new Float64Array(relief.length);
  let count = 0;
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      roomy[(y + ROOM) * wideRow + x + ROOM] = relief[i]!;
      const across = relief[x < width - 1 ? i + 1 : i]! - relief[x > 0 ? i - 1 : i]!;
      const down = relief[y < height - 1 ? i + width : i]! - relief[y > 0 ? i - width : i]!;
      const telling = Math.abs(relief[i]!) + 2 * (Math.abs(across) + Math.abs(down));
      if ((x + y) % 2 === 0) keys[count++] = i - telling * relief.length;
    }
  const most = keys.subarray(0, count).sort().subarray(0, POINTS);
  const order = Int32Array.from(most, (key) => ((key % relief.length) + relief.length) % relief.length);
  const points = order.map((_, p) => order[(p * 37) % order.length]!);
  return { width, height, roomy, points, values: Int16Array.from(points, (i) => relief[i]!) };
}

const places = new Int32Array(POINTS);

/** Where A may lie on B, mirrored or not: the best few of some 550 places, the likeliest first. */
export function placesOf(a: Relief, b: Relief): Alignment[] {
  const { points, values } = a;
  const count = points.length;
  const [la, lb] = [Math.max(a.width, a.height), Math.max(b.width, b.height)];
  const row = b.width + 2 * ROOM;
  const all: Alignment[] = [];
  for (const mirror of [1, -1] as const) {
    const starts: Alignment[] = [];
    for (const scale of SCALES) {
      const s = (Math.exp(scale) * lb) / la;
      for (let p = 0; p < count; p++) {
        const y = Math.floor(points[p]! / a.width);
        const x = points[p]! - y * a.width;
        const bx = Math.round(s * mirror * (x - (a.width - 1) / 2) + (b.width - 1) / 2);
        const by = Math.round(s * (y - (a.height - 1) / 2) + (b.height - 1) / 2);
        places[p] = (inRoom(by, b.height) + ROOM) * row + inRoom(bx, b.width) + ROOM;
      }
      let least = starts.length < KEPT ? Number.POSITIVE_INFINITY : starts[KEPT - 1]!.cost * count;
      let best: [number, number] | null = null;
      for (let dy = -REACH; dy <= REACH; dy += STEP)
        for (let dx = -REACH; dx <= REACH; dx += STEP) {
          const cost = costAt(values, b.roomy, dy * row + dx, least);
          if (cost >= least) continue;
          least = cost;
          best = [dx, dy];
        }
      if (!best) continue;
      starts.push({ mirror, scale, turn: 0, x: best[0] / lb, y: best[1] / lb, gain: 1, bias: 0, cost: least / count });
      starts.sort((s, t) => s.cost - t.cost).splice(KEPT);
    }
    // Most sellers keep the frame.
    if (!starts.some(({ scale, x, y }) => scale === 0 && x === 0 && y === 0))
      starts.push({ mirror, scale: 0, turn: 0, x: 0, y: 0, gain: 1, bias: 0, cost: CAP });
    all.push(...starts);
  }
  return all.sort((s, t) => s.cost - t.cost);
}

const inRoom = (at: number, side: number): number => Math.max(REACH - ROOM, Math.min(side - 1 + ROOM - REACH, at));

function costAt(values: Int16Array, roomy: Int16Array, offset: number, worst: number): number {
  let sum = 0;
  for (let p = 0; p < values.length && sum < worst; ) {
    for (const end = Math.min(values.length, p + 12); p < end; p++)
      sum += COST[Math.abs(roomy[places[p]! + offset]! - values[p]!)]!;
  }
  return sum;
}

/** Mean over the square of `reach` pixels around each, as far as the picture goes. */
function smoothed(plane: Float32Array, width: number, height: number, reach: number): Float32Array {
  const rows = new Float32Array(plane.length);
  const out = new Float32Array(plane.length);
  for (let y = 0; y < height; y++) means(plane, rows, y * width, 1, width, reach);
  for (let x = 0; x < width; x++) means(rows, out, x, width, height, reach);
  return out;
}

function means(from: Float32Array, to: Float32Array, start: number, step: number, count: number, reach: number): void {
  let sum = 0;
  for (let i = 0; i < Math.min(reach, count); i++) sum += from[start + i * step]!;
  for (let i = 0; i < count; i++) {
    if (i + reach < count) sum += from[start + (i + reach) * step]!;
    if (i - reach - 1 >= 0) sum -= from[start + (i - reach - 1) * step]!;
    to[start + i * step] = sum / (Math.min(count - 1, i + reach) - Math.max(0, i - reach) + 1);
  }
}
