/** A stored feature: the float vector is about `values * scale`, of unit length to within 0.1 %. */
export type Int8Feature = { values: Int8Array; scale: number };

/**
 * Cosine of a unit float feature with a stored one, about -1..1 (rounding can pass the ends by 0.1 %).
 * Four sums in a fixed order: the same pair gives the same bits on every run and thread.
 */
export function cosine(query: Float32Array, { values, scale }: Int8Feature): number {
  const even = query.length & ~3;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < even; i += 4) {
    a += query[i]! * values[i]!;
    b += query[i + 1]! * values[i + 1]!;
    c += query[i + 2]! * values[i + 2]!;
    d += query[i + 3]! * values[i + 3]!;
  }
  for (let i = even; i < query.length; i++) a += query[i]! * values[i]!;
  return (a + b + (c + d)) * scale;
}

/** The unit float vector that a stored feature stands for, for a query by a known picture. */
export function restore({ values, scale }: Int8Feature): Float32Array {
  const feature = Float32Array.from(values, (value) => value * scale);
  let square = 0;
  for (const value of feature) square += value * value;
  const length = Math.sqrt(square);
  return length === 0 ? feature : feature.map((value) => value / length);
}
