// What the corners of a picture add to its feature: photos of a set are asked of its catalogue by codes alone, by features, and
// by features and how many points of each of the first pictures are found in the photo where they should be.
//
//   node training/points/measure.ts KIND FOLDER PART [--model DIR] [--first 10] [--limit N]
//
// KIND groceries | mall; PART held-out | val (groceries' own) | photos. Prints recall@1 / @4 / @20 of each, what points gain at the
// first place with its 95 % interval by product, and milliseconds. The control has the points of a photo half the list away.

import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { clusterInterval } from "../../src/search/measures.ts";
import { decode, defaultModelFolder, openModel } from "../../src/vision/index.ts";
import { type Entry, heldOut, SETS } from "../sets.ts";
import { agreement, likenessWith } from "./agreement.ts";
import { type Keypoints, keypointsOf, PHOTO_POINTS, PICTURE_POINTS } from "./keypoints.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: "string", default: defaultModelFolder() },
    first: { type: "string", default: "10" },
    limit: { type: "string", default: "1000000" },
  },
});
const [kind, folder, part] = positionals;
if (!kind || !SETS[kind] || !folder || !part) throw new Error("measure.ts KIND FOLDER PART, see its first lines");

const all = SETS[kind](folder);
const PARTS: Record<string, () => Entry[]> = {
  "held-out": () => heldOut(all, kind),
  val: () => all.filter(({ role, split }) => role === "photo" && split === "val"),
  photos: () => all.filter(({ role, split }) => role === "photo" && split === "train"),
};
const choose = PARTS[part];
if (!choose) throw new Error(`PART is one of ${Object.keys(PARTS).join(", ")}`);
const pictures = all.filter(({ role }) => role === "catalog");
const photos = choose().slice(0, Number(values.limit));

const bytesOf = ({ file }: Entry): Buffer => readFileSync(join(folder, file));
const model = await openModel(values.model);
const catalog: { feature: Float32Array; code: Uint8Array }[] = [];
for (const picture of pictures) catalog.push(await model.see(bytesOf(picture)));

const points = new Map<number, Keypoints>();
async function pointsOf(at: number): Promise<Keypoints> {
  const known = points.get(at);
  if (known) return known;
  const { side, most } = PICTURE_POINTS;
  const found = keypointsOf(await decode(bytesOf(pictures[at]!), side), side, most);
  points.set(at, found);
  return found;
}

type Order = "codes alone" | "features" | "features and points" | "control";
const KS = [1, 4, 20];
/** For each photo, whether its product is among the first of each of KS. */
const found: Record<Order, number[][]> = { "codes alone": [], features: [], "features and points": [], control: [] };
const spent = { "a photo's points": 0, "its agreement with the first pictures": 0 };
const ofPhotos: Keypoints[] = [];
for (const photo of photos) {
  const decoded = await decode(bytesOf(photo), PHOTO_POINTS.side);
  const started = performance.now();
  ofPhotos.push(keypointsOf(decoded, PHOTO_POINTS.side, PHOTO_POINTS.most));
  spent["a photo's points"] += performance.now() - started;
}
for (const [n, photo] of photos.entries()) {
  const { feature, code } = await model.see(bytesOf(photo));
  const own = pictures.findIndex(({ itemId }) => itemId === photo.itemId);
  const cosines = catalog.map((other) => other.feature.reduce((sum, value, i) => sum + value * feature[i]!, 0));
  const nearness = catalog.map((other) => -differing(code, other.code));
  const first = [...cosines.keys()].sort((a, b) => cosines[b]! - cosines[a]!).slice(0, Number(values.first));
  const candidates = new Map<number, Keypoints>();
  for (const at of first) candidates.set(at, await pointsOf(at));
  const started = performance.now();
  const likeness = [...cosines];
  for (const [at, candidate] of candidates)
    likeness[at] = likenessWith(cosines[at]!, agreement(ofPhotos[n]!, candidate));
  spent["its agreement with the first pictures"] += performance.now() - started;
  const another = ofPhotos[(n + (photos.length >> 1)) % photos.length]!;
  const control = [...cosines];
  for (const [at, candidate] of candidates) control[at] = likenessWith(cosines[at]!, agreement(another, candidate));
  const orders: Record<Order, number[]> = {
    "codes alone": nearness,
    features: cosines,
    "features and points": likeness,
    control,
  };
  for (const [order, by] of Object.entries(orders)) found[order as Order].push(KS.map((k) => foundAmong(k, by, own)));
}
await model.close();

console.log(
  `${photos.length} photos of ${kind} (${part}) asked of ${pictures.length} pictures, ${model.card.id}, the first ${values.first} looked at; ${cpus()[0]?.model}`,
);
const mean = (of: readonly number[]): number => of.reduce((sum, value) => sum + value, 0) / of.length;
for (const [order, all] of Object.entries(found)) {
  const recalls = KS.map((k, i) => `@${k} ${mean(all.map((each) => each[i]!)).toFixed(3)}`);
  console.log(`${order.padEnd(20)} ${recalls.join("  ")}`);
}
const products = photos.map(({ itemId }) => itemId ?? "");
for (const order of ["features and points", "control"] as const) {
  const gains = found[order].map(([first], i) => first! - found.features[i]![0]!);
  const gain = [mean(gains), ...clusterInterval(gains, products, 1)].map((value) => (100 * value).toFixed(1));
  console.log(`${order}: ${gain[0]} points at the first place (${gain[1]} to ${gain[2]})`);
}
for (const [what, ms] of Object.entries(spent)) console.log(`${what}: ${(ms / photos.length).toFixed(1)} ms`);

/** Share of the first `k` answers' chances that `own` is among them: of equals, any order is as likely. */
function foundAmong(k: number, likeness: readonly number[], own: number): number {
  const better = likeness.filter((value) => value > likeness[own]!).length;
  const equal = likeness.filter((value) => value === likeness[own]!).length;
  return Math.min(1, Math.max(0, (k - better) / equal));
}

function differing(a: Uint8Array, b: Uint8Array): number {
  let bits = 0;
  for (let i = 0; i < a.length; i++) for (let rest = a[i]! ^ b[i]!; rest > 0; rest &= rest - 1) bits++;
  return bits;
}
