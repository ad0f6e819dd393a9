/** A rectangle as fractions 0..1 of the upright picture: left, top, right, bottom; x1 < x2, y1 < y2. */
export type Box = readonly [x1: number, y1: number, x2: number, y2: number];

export const WHOLE: Box = [0, 0, 1, 1];

/** A square in pixels of a picture; it may reach past the picture's edges, where there is only background. */
export type Square = Readonly<{ left: number; top: number; size: number }>;

/** The smallest square that holds a whole picture of `width` x `height`, both centres together. */
export function squareAroundPicture(width: number, height: number): Square {
  const size = Math.max(width, height);
  return { left: (width - size) / 2, top: (height - size) / 2, size };
}

/**
 * The square that holds `box` of a picture of `width` x `height` pixels, same centre, its side `context` times the
 * longer side of the box: 1 is the box and nothing beyond on that axis.
 */
export function squareAroundBox(box: Box, width: number, height: number, context: number): Square {
  const size = Math.max((box[2] - box[0]) * width, (box[3] - box[1]) * height, 1) * context;
  const centreX = ((box[0] + box[2]) / 2) * width;
  const centreY = ((box[1] + box[3]) / 2) * height;
  return { left: centreX - size / 2, top: centreY - size / 2, size };
}

/** A box given as fractions of `square`, turned into fractions of the picture it was cut from and cut to its edges. */
export function boxFromSquare(box: Box, square: Square, width: number, height: number): Box {
  const x = (v: number) => clamp01((square.left + v * square.size) / width);
  const y = (v: number) => clamp01((square.top + v * square.size) / height);
  return [x(box[0]), y(box[1]), x(box[2]), y(box[3])];
}

/** The same box as fractions of `square`; not cut, so values may leave 0..1. */
export function boxToSquare(box: Box, square: Square, width: number, height: number): Box {
  const x = (v: number) => (v * width - square.left) / square.size;
  const y = (v: number) => (v * height - square.top) / square.size;
  return [x(box[0]), y(box[1]), x(box[2]), y(box[3])];
}

/** A box whose corners come in any order, put in order. */
export function ordered([x1, y1, x2, y2]: ArrayLike<number> & Iterable<number>): Box {
  return [Math.min(x1!, x2!), Math.min(y1!, y2!), Math.max(x1!, x2!), Math.max(y1!, y2!)];
}

/** Area of overlap over area of union, 0..1. */
export function boxOverlap(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const area = (box: Box) => (box[2] - box[0]) * (box[3] - box[1]);
  return (width * height) / (area(a) + area(b) - width * height);
}

/** Side, as a fraction of the picture, from which a box that a network gives can hold something to recognise. */
export const LEAST_SIDE = 0.02;

/** True for four finite fractions in order that span at least `least` on both axes. */
export function isBox(box: readonly number[], least = 1e-3): box is Box {
  const [x1, y1, x2, y2] = box as Box;
  return (
    box.length === 4 && box.every((v) => Number.isFinite(v) && v >= 0 && v <= 1) && x2 - x1 >= least && y2 - y1 >= least
  );
}

const clamp01 = (v: number) => Math.min(1, Math.max(0, v));
