/** Width of every feature and code that looksee keeps. */
export const FEATURE_WIDTH = 512;
export const CODE_BYTES = FEATURE_WIDTH / 8;

/**
 * The sign bits of a feature: bit i (bit i mod 8, least significant first, of byte i >> 3) is set iff
 * feature[i] > thresholds[i], thresholds null meaning 0 everywhere. Returns 64 bytes for 512 values.
 */
export function codeOf(feature: Float32Array, thresholds: readonly number[] | null): Uint8Array {
  const code = new Uint8Array(feature.length >> 3);
  for (let i = 0; i < feature.length; i++) if (feature[i]! > (thresholds?.[i] ?? 0)) code[i >> 3]! |= 1 << (i & 7);
  return code;
}

/** Scales a vector in place to length 1 and returns it; a zero vector becomes the first axis. */
export function toUnitLength(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const v of vector) sum += v * v;
  if (!(sum > 0)) {
    vector.fill(0);
    vector[0] = 1;
    return vector;
  }
  const scale = 1 / Math.sqrt(sum);
  for (let i = 0; i < vector.length; i++) vector[i]! *= scale;
  return vector;
}
