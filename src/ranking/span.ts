import type { Head } from "./head.ts";

/**
 * Few pictures of many values lie in a space of as many directions as pictures. In it a head is fitted in a thousandth of the
 * time, and is the same head: the values that it cannot see are those that no picture has.
 */
export type Span = {
  /** The pictures' coordinates, each of `width` values. */
  rows: Float64Array[];
  width: number;
  /** The head for the values themselves of a head for coordinates. */
  lift(head: Head): Head;
};

/** A row whose new part is shorter than this share of it adds chance only. */
const NOTHING_NEW = 1e-5;

/** Orthonormal directions of the rows by Gram-Schmidt, each row twice taken off for the sake of rounding. */
export function spanOf(rows: readonly ArrayLike<number>[], values: number): Span {
  const directions: Float64Array[] = [];
  for (const row of rows) {
    const rest = Float64Array.from(row);
    const length = Math.sqrt(dot(rest, rest));
    for (let pass = 0; pass < 2; pass++)
      for (const direction of directions) {
        const along = dot(rest, direction);
        for (let i = 0; i < values; i++) rest[i] = rest[i]! - along * direction[i]!;
      }
    const left = Math.sqrt(dot(rest, rest));
    if (left > NOTHING_NEW * length) directions.push(rest.map((value) => value / left));
  }
  const width = directions.length;
  return {
    width,
    rows: rows.map((row) => Float64Array.from(directions, (direction) => dot(row, direction))),
    lift({ classes, weights, bias, temperature }) {
      const lifted = new Float32Array(classes * values);
      for (let c = 0; c < classes; c++) {
        const sum = new Float64Array(values);
        for (const [d, direction] of directions.entries())
          for (let i = 0; i < values; i++) sum[i] = sum[i]! + weights[c * width + d]! * direction[i]!;
        lifted.set(sum, c * values);
      }
      return { width: values, classes, weights: lifted, bias, temperature };
    },
  };
}

function dot(a: ArrayLike<number>, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
