/**
 * Fits the two looks that say whether two pictures are one (src/indexing/duplicates/same-picture.ts) on malls of its
 * own seeds, of the size of a real catalog, and prints their weights.
 * `node scripts/fit-duplicates.ts --items 1000 --every 10 --seeds 901,902,903`: some ten minutes.
 */
import { parseArgs } from "node:util";
import { alignClose, alignSmall } from "../src/indexing/duplicates/align.ts";
import { type Comparison, compare, MEASURES, type Measure } from "../src/indexing/duplicates/compare.ts";
import { CLOSE, type Glance, glanceOf, type Pixels, SMALL, shrunk } from "../src/indexing/duplicates/glance.ts";
import { placesOf, reliefOf } from "../src/indexing/duplicates/place.ts";
import { type Small, WORTH_A_LOOK } from "../src/indexing/duplicates/same-picture.ts";
import { CHANGES, changePicture, openMall } from "../src/mall/index.ts";
import { decode, defaultModelFolder, openModel } from "../src/vision/index.ts";

const { values } = parseArgs({
  options: {
    items: { type: "string", default: "1000" },
    every: { type: "string", default: "10" },
    seeds: { type: "string", default: "901,902,903" },
  },
});
const [items, every] = [Number(values.items), Number(values.every)];

/** Candidates as the search for duplicates finds them: nearer than this, this many other items at most. */
const [RADIUS, OTHERS] = [115, 4];
/** Of the pairs of two changed pictures every sixth is fitted on. */
const THIN = 6;

type Listed = { item: number; change: string; code: Uint8Array; pixels: Pixels; small: Small };
type Pair = { same: boolean; what: string; first: Comparison; second: () => Comparison | null };

const model = await openModel(defaultModelFolder());

/** A mall's pictures in the order of its items, those of every `every`th with all its changed copies behind it. */
async function listed(seed: number): Promise<Listed[]> {
  const mall = openMall({ items, seed });
  const all: Listed[] = [];
  const list = async (item: number, change: string, jpeg: Uint8Array) => {
    const [{ code }, pixels] = await Promise.all([model.see(jpeg), decode(jpeg, CLOSE)]);
    const glance = glanceOf(shrunk(pixels, SMALL));
    all.push({ item, change, code, pixels, small: { glance, relief: reliefOf(glance) } });
  };
  for (let item = 0; item < items; item++) {
    const jpeg = await mall.picture(item);
    await list(item, "", jpeg);
    if (item % every === 0)
      for (const change of CHANGES) await list(item, change, await changePicture(jpeg, change, seed, item));
  }
  return all;
}

/** Pairs that do not lie on each other, so that nothing is fitted on them. */
const hopeless = { same: 0, other: 0 };

/** Every picture with its own kind before it, and with the nearest pictures of other items. */
function pairsOf(seed: number, all: readonly Listed[]): Pair[] {
  const pairs: Pair[] = [];
  for (const [at, own] of all.entries()) {
    const near = all
      .slice(0, at)
      .map((other, place) => ({ other, place, distance: distance(other.code, own.code) }))
      .sort((p, q) => p.distance - q.distance || p.place - q.place);
    const met = new Set<string>();
    const others = new Set<number>();
    for (const { other, place, distance } of near) {
      const same = other.item === own.item;
      if (same ? other.change !== "" && (at + place) % THIN > 0 : distance > RADIUS) continue;
      if (!same) {
        // Of another item its picture, and one changed copy.
        const kind = `${other.item} ${other.change !== ""}`;
        if (met.has(kind) || (!others.has(other.item) && others.size >= OTHERS)) continue;
        met.add(kind);
        others.add(other.item);
      }
      const place1 = alignSmall(other.small.glance, own.small.glance, placesOf(other.small.relief, own.small.relief));
      if (!place1) {
        hopeless[same ? "same" : "other"]++;
        continue;
      }
      pairs.push({
        same,
        what: `${seed} ${other.item} ${other.change} / ${own.item} ${own.change} (${distance} bits)`,
        first: compare(other.small.glance, own.small.glance, place1),
        second: () => {
          const [a, b]: [Glance, Glance] = [glanceOf(other.pixels), glanceOf(own.pixels)];
          const place = alignClose(a, b, place1);
          return place && compare(a, b, place);
        },
      });
    }
  }
  return pairs;
}

function distance(a: Uint8Array, b: Uint8Array): number {
  let bits = 0;
  for (let i = 0; i < a.length; i++) for (let x = a[i]! ^ b[i]!; x > 0; x &= x - 1) bits++;
  return bits;
}

const rowOf = (measures: Comparison, names: readonly Measure[]): number[] => [
  ...names.map((name) => Math.sqrt(Math.max(0, measures[name]))),
  1,
];
const chance = (row: readonly number[], weights: readonly number[]): number =>
  1 / (1 + Math.exp(-row.reduce((sum, value, k) => sum + value * weights[k]!, 0)));

/** A measure whose weight would speak for a picture is left out: it only mends what the others overdo on these malls. */
function fitDown(comparisons: readonly Comparison[], labels: readonly number[]) {
  let names: Measure[] = [...MEASURES];
  for (;;) {
    const weights = fit(
      comparisons.map((measures) => rowOf(measures, names)),
      labels,
    );
    const most = Math.max(...weights.slice(0, -1));
    if (most <= 0) return { names, weights };
    names = names.filter((_, k) => weights[k] !== most);
  }
}

/** Newton's method on the log likelihood, with a small ridge on standardised columns. */
function fit(rows: readonly number[][], labels: readonly number[]): number[] {
  const n = rows[0]!.length;
  const spread = Array.from({ length: n }, (_, k) => {
    const mean = rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length;
    return Math.sqrt(rows.reduce((sum, row) => sum + (row[k]! - mean) ** 2, 0) / rows.length);
  });
  let weights = new Array<number>(n).fill(0);
  for (let step = 0; step < 40; step++) {
    const system = Array.from({ length: n }, () => new Array<number>(n + 1).fill(0));
    for (const [i, row] of rows.entries()) {
      const p = chance(row, weights);
      for (let k = 0; k < n; k++) {
        system[k]![n]! += row[k]! * (labels[i]! - p);
        for (let l = 0; l < n; l++) system[k]![l]! += Math.max(1e-9, p * (1 - p)) * row[k]! * row[l]!;
      }
    }
    for (let k = 0; k < n - 1; k++) {
      system[k]![k]! += 0.5 * spread[k]! ** 2 + 1e-9;
      system[k]![n]! -= 0.5 * spread[k]! ** 2 * weights[k]!;
    }
    const move = solve(system);
    weights = weights.map((weight, k) => weight + move[k]!);
    if (Math.max(...move.map(Math.abs)) < 1e-6) break;
  }
  return weights;
}

function solve(m: number[][]): number[] {
  const n = m.length;
  for (let p = 0; p < n; p++) {
    let pivot = p;
    for (let r = p + 1; r < n; r++) if (Math.abs(m[r]![p]!) > Math.abs(m[pivot]![p]!)) pivot = r;
    [m[p], m[pivot]] = [m[pivot]!, m[p]!];
    for (let r = 0; r < n; r++) {
      if (r === p) continue;
      const factor = m[r]![p]! / m[p]![p]!;
      for (let q = p; q <= n; q++) m[r]![q]! -= factor * m[p]![q]!;
    }
  }
  return m.map((row, p) => row[n]! / row[p]!);
}

/** Fits, says how it does, prints the weights; returns the pairs' chances. */
function fitted(name: string, pairs: readonly Pair[], comparisons: readonly Comparison[]): number[] {
  const { names, weights } = fitDown(
    comparisons,
    pairs.map(({ same }) => (same ? 1 : 0)),
  );
  const chances = comparisons.map((measures) => chance(rowOf(measures, names), weights));
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const same = pairs.filter((pair) => pair.same).length;
  say(`${name}: ${same} pairs of one picture, ${pairs.length - same} of two`);
  for (const sure of [0.01, 0.02, 0.05, 0.1, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99]) {
    const over = pairs.filter((_, i) => chances[i]! >= sure);
    const right = over.filter((pair) => pair.same).length;
    say(`  at ${sure}: recall ${(right / same).toFixed(4)}, ${over.length - right} wrong`);
  }
  for (const kind of [true, false]) {
    const order = pairs.map((pair, i) => ({ ...pair, p: chances[i]! })).filter((pair) => pair.same === kind);
    order.sort((a, b) => (kind ? a.p - b.p : b.p - a.p));
    for (const { p, what } of order.slice(0, 12)) say(`  ${kind ? "missed" : "wrong"} ${p.toFixed(3)} ${what}`);
  }
  const rounded = [...names, "intercept"].map((measure, k) => [measure, Number(weights[k]!.toFixed(3))]);
  process.stdout.write(`${name} ${JSON.stringify(Object.fromEntries(rounded), null, 2)}\n`);
  return chances;
}

const pairs: Pair[] = [];
for (const seed of values.seeds.split(",").map(Number)) {
  const started = performance.now();
  pairs.push(...pairsOf(seed, await listed(seed)));
  process.stderr.write(
    `seed ${seed}: ${pairs.length} pairs (${((performance.now() - started) / 1000).toFixed(0)} s)\n`,
  );
}
await model.close();
process.stderr.write(`do not lie on each other: ${JSON.stringify(hopeless)}\n`);
const chances = fitted(
  "FIRST",
  pairs,
  pairs.map(({ first }) => first),
);
const worth = pairs.flatMap((pair, i) => {
  const second = pair.same || chances[i]! >= WORTH_A_LOOK ? pair.second() : null;
  return second ? [{ pair, second }] : [];
});
fitted(
  "SECOND",
  worth.map(({ pair }) => pair),
  worth.map(({ second }) => second),
);
