import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LookseeError } from "../errors.ts";
import type { Card } from "./card.ts";
import { FEATURE_WIDTH } from "./code.ts";

/**
 * Features of another width are taken to 512 by a matrix with orthogonal rows (wider) or columns (narrower), so that a
 * cosine stays what it was: exactly for narrower ones, but for what lies outside of the 512 directions kept for wider
 * ones. In the model's folder as float32[512, width], little-endian, row by row.
 */
export type FeatureMap = { width: number; values: Float32Array };

/** float[width] to float[512]. */
export function mapped({ width, values }: FeatureMap, feature: Float32Array): Float32Array {
  const out = new Float32Array(FEATURE_WIDTH);
  for (let row = 0, at = 0; row < FEATURE_WIDTH; row++) {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += values[at++]! * feature[i]!;
    out[row] = sum;
  }
  return out;
}

/** The map that a card names; null: it names none. MODEL_MISSING, MODEL_CARD. */
export async function readMap(folder: string, card: Card): Promise<FeatureMap | null> {
  const { map, width } = card.outputs.feature;
  if (map === undefined) return null;
  const file = join(folder, map.file);
  const bytes = await readFile(file).catch((cause) => {
    throw new LookseeError("MODEL_MISSING", `${file} is gone`, "Add the model again", { cause });
  });
  if (bytes.length !== FEATURE_WIDTH * width * 4 || createHash("sha256").update(bytes).digest("hex") !== map.sha256)
    throw new LookseeError("MODEL_CARD", `${file} is not the map that the card names`, "Add the model again");
  return { width, values: new Float32Array(new Uint8Array(bytes).buffer) };
}

/** Rounds of the subspace iteration: features' spectra fall steeply, and two leave nothing to be gained. */
const ROUNDS = 2;
const SEED = 7;

/**
 * Makes a map for features of `width`. Narrower: a random orthogonal frame, which spreads what they say over all 512
 * bits. Wider: onto the 512 directions in which `sample` (rows of unit length) is largest, found by subspace iteration
 * (Halko, Martinsson, Tropp 2011, algorithm 4.4) and turned at random among themselves, so that no bit says much more
 * than another (Gong and Lazebnik 2011). With fewer than 512 rows the rest of the directions are random.
 */
export function makeMap(width: number, sample: readonly Float32Array[]): FeatureMap {
  const gauss = gaussian(SEED);
  const random = (rows: number, length: number) =>
    Array.from({ length: rows }, () => Float64Array.from({ length }, gauss));
  if (width <= FEATURE_WIDTH) {
    const columns = orthogonal(random(width, FEATURE_WIDTH), gauss);
    const values = new Float32Array(FEATURE_WIDTH * width);
    for (const [i, column] of columns.entries())
      for (let row = 0; row < FEATURE_WIDTH; row++) values[row * width + i] = column[row]!;
    return { width, values };
  }
  let directions = orthogonal(random(FEATURE_WIDTH, width), gauss);
  for (let round = 0; round < ROUNDS && sample.length > 0; round++)
    directions = orthogonal(
      directions.map((direction) => throughSample(sample, direction)),
      gauss,
    );
  const turned = orthogonal(random(FEATURE_WIDTH, FEATURE_WIDTH), gauss);
  const values = new Float32Array(FEATURE_WIDTH * width);
  for (const [row, mix] of turned.entries())
    for (const [k, direction] of directions.entries())
      for (let i = 0; i < width; i++) values[row * width + i]! += mix[k]! * direction[i]!;
  return { width, values };
}

/** sum over rows x of x (x . d) */
function throughSample(sample: readonly Float32Array[], direction: Float64Array): Float64Array {
  const out = new Float64Array(direction.length);
  for (const row of sample) {
    let along = 0;
    for (let i = 0; i < row.length; i++) along += row[i]! * direction[i]!;
    for (let i = 0; i < row.length; i++) out[i]! += along * row[i]!;
  }
  return out;
}

/** Gram and Schmidt, twice over; a row that the others span already is drawn anew. In place. */
function orthogonal(rows: Float64Array[], gauss: () => number): Float64Array[] {
  for (const [n, row] of rows.entries())
    for (let tries = 0; ; tries++) {
      const before = Math.hypot(...row);
      for (let pass = 0; pass < 2; pass++)
        for (const other of rows.slice(0, n)) {
          let along = 0;
          for (let i = 0; i < row.length; i++) along += row[i]! * other[i]!;
          for (let i = 0; i < row.length; i++) row[i]! -= along * other[i]!;
        }
      const length = Math.hypot(...row);
      if (length > 1e-9 * before && length > 0) {
        for (let i = 0; i < row.length; i++) row[i]! /= length;
        break;
      }
      if (tries > 3) throw new Error("no more directions");
      for (let i = 0; i < row.length; i++) row[i] = gauss();
    }
  return rows;
}

/**
 * Thresholds under which each bit of a code is set for half of the sample (512 numbers a row): an encoder whose numbers
 * are all positive would set them all. Null for too small a sample: 0 everywhere.
 */
export function fitThresholds(sample: readonly Float32Array[]): number[] | null {
  if (sample.length < LEAST_SAMPLE) return null;
  const column = new Float32Array(sample.length);
  return Array.from({ length: FEATURE_WIDTH }, (_, i) => {
    for (const [n, row] of sample.entries()) column[n] = row[i]!;
    return column.sort()[column.length >> 1]!;
  });
}

/** Fewer pictures say nothing of a shop. */
export const LEAST_SAMPLE = 50;

/** Numbers of mean 0 and variance 1, the same for a seed on every machine (Box and Muller over mulberry32). */
function gaussian(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
