import { bytes, floats } from "./scratch.ts";

/** r, g, b planes, 0..255. */
export type Planes = readonly [Float32Array, Float32Array, Float32Array];

/** What an editor does to all pixels of a picture alike: channel = gain * (grey + saturation * (channel - grey)) + bias. */
export type Light = Readonly<{ gains: readonly [number, number, number]; bias: number; saturation: number }>;

const PASSES = 3;
/** Levels from which on a pixel counts less: what lies over a picture must not pull its light (Huber). */
const FAR = 6;
/** This share of the pixels is held to say "as it was", so that a plain picture, which says nothing, stays as it is. */
const HELD = 0.02;
/** No more than a tenth warmer or cooler: a product in another colour is not a matter of light. */
const WARMTH = 0.1;

/** The light that takes A's pixels to B's at the same places, where `covered` is 1; every `step`th pixel is looked at. */
export function lightBetween(a: Planes, b: Planes, covered: Uint8Array, step: number): Light {
  // Of each pixel looked at: A's brightness, and what each channel is in A and in B; weight 0 where either is clipped.
  const most = Math.ceil(covered.length / step);
  const [greys, froms, tos] = [floats("greys", most), floats("froms", most * 3), floats("tos", most * 3)];
  const counts = bytes("counts", most * 3);
  let n = 0;
  for (let i = 0; i < covered.length; i += step) {
    if (covered[i] !== 1) continue;
    greys[n] = greyOf(a, i);
    for (let c = 0, k = n * 3; c < 3; c++, k++) {
      froms[k] = a[c]![i]!;
      tos[k] = b[c]![i]!;
      counts[k] = clipped(froms[k]!) || clipped(tos[k]!) ? 0 : 1;
    }
    n++;
  }
  const hold = Math.max(1, n * 3 * HELD);
  const warm = [1, 1, 1];
  let [gain, bias, saturation] = [1, 0, 1];
  for (let pass = 0; pass < PASSES; pass++) {
    let [sw, sx, sy, sxx, sxy] = [hold, hold * 128, hold * 128, hold * 20000, hold * 20000];
    for (let c = 0; c < 3; c++) {
      const warmth = warm[c]!;
      for (let p = 0, k = c; p < n; p++, k += 3) {
        if (counts[k] === 0) continue;
        const grey = greys[p]!;
        const to = tos[k]!;
        const x = warmth * (grey + saturation * (froms[k]! - grey));
        const weight = FAR / Math.max(FAR, Math.abs(gain * x + bias - to));
        sw += weight;
        sx += weight * x;
        sy += weight * to;
        sxx += weight * x * x;
        sxy += weight * x * to;
      }
    }
    gain = clamp((sxy - (sx * sy) / sw) / (sxx - (sx * sx) / sw), 0.67, 1.5);
    bias = clamp((sy - gain * sx) / sw, -40, 40);
    const ratios = [0, 0, 0];
    let [chroma, chroma2] = [hold * 400, hold * 400];
    for (let c = 0; c < 3; c++) {
      const warmth = warm[c]!;
      let [above, below] = [hold * 3000, hold * 3000];
      for (let p = 0, k = c; p < n; p++, k += 3) {
        if (counts[k] === 0) continue;
        const grey = greys[p]!;
        const to = tos[k]!;
        const x = gain * (grey + saturation * (froms[k]! - grey));
        const weight = FAR / Math.max(FAR, Math.abs(warmth * x + bias - to));
        above += weight * x * (to - bias);
        below += weight * x * x;
        const colour = gain * warmth * (froms[k]! - grey);
        chroma += weight * colour * (to - gain * warmth * grey - bias);
        chroma2 += weight * colour * colour;
      }
      ratios[c] = above / below;
    }
    saturation = clamp(chroma / chroma2, 0.75, 1.33);
    const mean = (ratios[0]! + ratios[1]! + ratios[2]!) / 3;
    for (let c = 0; c < 3; c++) warm[c] = clamp(ratios[c]! / mean, 1 - WARMTH, 1 + WARMTH);
  }
  return { gains: [gain * warm[0]!, gain * warm[1]!, gain * warm[2]!], bias, saturation };
}

/**
 * A's pixels under `light`. What was clipped in A may have been anything beyond: there B is taken at its word, so that
 * a ground blown out to white agrees with the grey that it was.
 */
export function underLight(a: Planes, b: Planes, covered: Uint8Array, { gains, bias, saturation }: Light): Planes {
  const n = covered.length;
  const lit: Planes = [floats("lit0", n), floats("lit1", n), floats("lit2", n)];
  for (let i = 0; i < covered.length; i++) {
    if (covered[i] === 0) continue;
    const grey = greyOf(a, i);
    for (let c = 0; c < 3; c++) {
      const from = a[c]![i]!;
      const to = b[c]![i]!;
      const value = clamp(gains[c]! * (grey + saturation * (from - grey)) + bias, 0, 255);
      lit[c]![i] = (from >= WHITE && value < to) || (from <= BLACK && value > to) ? to : value;
    }
  }
  return lit;
}

export const greyOf = (planes: Planes, i: number): number =>
  0.3 * planes[0][i]! + 0.59 * planes[1][i]! + 0.11 * planes[2][i]!;

const [BLACK, WHITE] = [3, 252];
const clipped = (value: number): boolean => value <= BLACK || value >= WHITE;
const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
