/** Width of a feature; a code has as many bits. */
export const FEATURE_WIDTH = 512;
export const CODE_BYTES = 64;

/** A feature in 512 bytes: `feature[i] ≈ values[i] * scale`. Error per value at most scale / 2. */
export type Int8Feature = { readonly values: Int8Array; readonly scale: number };

/** Symmetric: the largest magnitude becomes ±127. A zero feature has scale 0. */
export function quantize(feature: Float32Array): Int8Feature {
  let largest = 0;
  for (const value of feature) largest = Math.max(largest, Math.abs(value));
  const scale = largest / 127;
  const values = new Int8Array(feature.length);
  if (scale > 0) for (let i = 0; i < values.length; i++) values[i] = Math.round(feature[i]! / scale);
  return { values, scale };
}
