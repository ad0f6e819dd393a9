/**
 * Fits the check that two pictures are one (src/indexing/duplicates/same-picture.ts) on malls of its own seeds, and
 * prints the weights. `node scripts/fit-duplicates.ts --items 96 --seeds 901,902,903,904`
 */
import { parseArgs } from "node:util";
import { align, HOPELESS } from "../src/indexing/duplicates/align.ts";
import { type Comparison, compare, MEASURES } from "../src/indexing/duplicates/compare.ts";
import { GLANCE_SIDE, type Glance, glanceOf } from "../src/indexing/duplicates/glance.ts";
import { CHANGES, changePicture, openMall } from "../src/mall/index.ts";
import { decode } from "../src/vision/index.ts";

const { values } = parseArgs({
  options: { items: { type: "string", default: "96" }, seeds: { type: "string", default: "901,902,903,904" } },
});

type Pair = { same: boolean; what: string; measures: Comparison };

const look = async (bytes: Uint8Array) => glanceOf(await decode(bytes, GLANCE_SIDE));

/** Every picture with its ten changes and with one of its siblings' changes; siblings and their changes with each other. */
async function pairsOf(
  seed: number,
  items: number,
): Promise<{ pairs: Pair[]; hopeless: { same: number; other: number } }> {
  const mall = openMall({ items, seed });
  const pairs: Pair[] = [];
  const hopeless = { same: 0, other: 0 };
  const put = (same: boolean, what: string, a: Glance, b: Glance) => {
    const alignment = align(a, b);
    if (alignment.cost > HOPELESS) hopeless[same ? "same" : "other"]++;
    else pairs.push({ same, what: `${seed} ${what}`, measures: compare(a, b, alignment) });
  };
  const family: { index: number; original: Glance; changed: Glance[] }[] = [];
  for (let index = 0; index < items; index++) {
    const { family: name } = mall.item(index);
    if (family.length > 0 && mall.item(family[0]!.index).family !== name) family.splice(0);
    const jpeg = await mall.picture(index);
    const original = await look(jpeg);
    const changed: Glance[] = [];
    for (const change of CHANGES) changed.push(await look(await changePicture(jpeg, change, seed, index)));
    for (const [c, copy] of changed.entries()) put(true, `${CHANGES[c]} ${index}`, original, copy);
    for (const [k, sibling] of family.entries()) {
      const [c, d] = [(index * 3 + k) % CHANGES.length, (index + k * 7) % CHANGES.length];
      put(false, `sibling ${sibling.index} ${index}`, sibling.original, original);
      put(false, `${CHANGES[c]} sibling ${sibling.index} ${index}`, sibling.changed[c]!, original);
      put(false, `${CHANGES[d]} ${CHANGES[c]} sibling ${sibling.index} ${index}`, sibling.changed[d]!, changed[c]!);
    }
    const [c, d] = [index % CHANGES.length, (index * 3 + 4) % CHANGES.length];
    if (c !== d) put(true, `${CHANGES[c]} ${CHANGES[d]} ${index}`, changed[c]!, changed[d]!);
    family.push({ index, original, changed });
  }
  return { pairs, hopeless };
}

const rowOf = ({ measures }: Pair): number[] => [...MEASURES.map((name) => Math.sqrt(Math.max(0, measures[name]))), 1];
const chance = (row: readonly number[], weights: readonly number[]): number =>
  1 / (1 + Math.exp(-row.reduce((sum, value, k) => sum + value * weights[k]!, 0)));

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
        for (let l = 0; l < n; l++) system[k]![l]! += p * (1 - p) * row[k]! * row[l]!;
      }
    }
    for (let k = 0; k < n - 1; k++) {
      system[k]![k]! += 0.5 * spread[k]! ** 2;
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

const pairs: Pair[] = [];
for (const seed of values.seeds.split(",").map(Number)) {
  const started = performance.now();
  const drawn = await pairsOf(seed, Number(values.items));
  pairs.push(...drawn.pairs);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const { same, other } = drawn.hopeless;
  process.stderr.write(
    `seed ${seed}: ${drawn.pairs.length} pairs, given up ${same} same, ${other} others (${seconds} s)\n`,
  );
}
const rows = pairs.map(rowOf);
const weights = fit(
  rows,
  pairs.map(({ same }) => (same ? 1 : 0)),
);
const judged = pairs.map(({ same, what }, i) => ({ same, what, p: chance(rows[i]!, weights) }));
for (const sure of [0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98]) {
  const recall = judged.filter(({ same, p }) => same && p >= sure).length / judged.filter(({ same }) => same).length;
  const wrong = judged.filter(({ same, p }) => !same && p >= sure).length;
  process.stderr.write(
    `at ${sure}: recall ${recall.toFixed(4)}, ${wrong} wrong of ${judged.filter(({ same }) => !same).length}\n`,
  );
}
for (const same of [true, false]) {
  const hardest = judged.filter((pair) => pair.same === same).sort((a, b) => (same ? a.p - b.p : b.p - a.p));
  process.stderr.write(
    `${hardest
      .slice(0, 15)
      .map(({ what, p }) => `${p.toFixed(3)} ${what}`)
      .join("\n")}\n\n`,
  );
}
const names = [...MEASURES, "intercept"];
process.stdout.write(
  `${JSON.stringify(Object.fromEntries(names.map((name, k) => [name, Number(weights[k]!.toFixed(3))])), null, 2)}\n`,
);
