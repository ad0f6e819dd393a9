/** `[x1,y1,x2,y2]`, fractions 0 to 1 of the upright picture. */
export type Box = readonly [x1: number, y1: number, x2: number, y2: number];
/** Which sides a handle pulls: -1 the first (left, top), 1 the second (right, bottom), 0 neither. */
export type Handle = readonly [x: -1 | 0 | 1, y: -1 | 0 | 1];

export const HANDLES: readonly Handle[] = [
  [-1, -1],
  [0, -1],
  [1, -1],
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
];

/** A smaller box has too few pixels to recognise anything by. */
export const MIN_SIDE = 0.05;
export const WHOLE: Box = [0, 0, 1, 1];

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** The same size elsewhere, never beyond the picture. */
export function moved([x1, y1, x2, y2]: Box, dx: number, dy: number): Box {
  const x = clamp(dx, -x1, 1 - x2);
  const y = clamp(dy, -y1, 1 - y2);
  return [x1 + x, y1 + y, x2 + x, y2 + y];
}

/** One handle pulled; the opposite side stays, and the sides never cross. */
export function resized([x1, y1, x2, y2]: Box, [hx, hy]: Handle, dx: number, dy: number): Box {
  return [
    hx < 0 ? clamp(x1 + dx, 0, x2 - MIN_SIDE) : x1,
    hy < 0 ? clamp(y1 + dy, 0, y2 - MIN_SIDE) : y1,
    hx > 0 ? clamp(x2 + dx, x1 + MIN_SIDE, 1) : x2,
    hy > 0 ? clamp(y2 + dy, y1 + MIN_SIDE, 1) : y2,
  ];
}

export function centred(box: Box, x: number, y: number): Box {
  return moved(box, x - (box[0] + box[2]) / 2, y - (box[1] + box[3]) / 2);
}

/** Larger or smaller about its centre, within the picture. */
export function scaled([x1, y1, x2, y2]: Box, factor: number): Box {
  const [cx, cy] = [(x1 + x2) / 2, (y1 + y2) / 2];
  const w = clamp((x2 - x1) * factor, MIN_SIDE, 1) / 2;
  const h = clamp((y2 - y1) * factor, MIN_SIDE, 1) / 2;
  const [x, y] = [clamp(cx, w, 1 - w), clamp(cy, h, 1 - h)];
  return [x - w, y - h, x + w, y + h];
}

/** Three decimals say a thousandth of the picture: short links, and equal boxes are equal. */
export function rounded(box: Box): Box {
  return box.map((x) => Math.round(clamp(x, 0, 1) * 1000) / 1000) as unknown as Box;
}

/** Shared area over joint area, 0 to 1. */
export function overlap(a: Box, b: Box): number {
  const w = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0]));
  const h = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  const area = ([x1, y1, x2, y2]: Box) => (x2 - x1) * (y2 - y1);
  const joint = area(a) + area(b) - w * h;
  return joint > 0 ? (w * h) / joint : 0;
}
