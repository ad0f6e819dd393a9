// What the corners of a picture add to its feature: photos of a set are asked of its catalogue by codes alone, by features, and
// by features and how many points of each of the first pictures are found in the photo where they should be.
//
//   node training/points/measure.ts KIND FOLDER PART [--limit N]
//
// KIND groceries | mall; PART held-out | val (groceries' own) | photos. Prints recall@1 / @4 / @20 of each, what points gain at the
// first place with its 95 % interval by product, and milliseconds. The control has the points of a photo half the list away.

import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { everyDistance } from "../../src/hamming-index/index.ts";
import { likenessWith, POINTS_DEPTH } from "../../src/ranking/likeness.ts";
import { clusterInterval } from "../../src/search/measures.ts";
import {
  agreement,
  CODE_BYTES,
  defaultModelFolder,
  type Keypoints,
  keypointsOfPhoto,
  keypointsOfPicture,
  openModel,
} from "../../src/vision/index.ts";
import { type Entry, partOf, SETS } from "../sets.ts";

const KINDS = ["groceries", "mall"]; // the others have no catalogue

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    limit: { type: "string", default: "1000000" },
  },
});
const [kind, folder, part] = positionals;
if (!kind || !KINDS.includes(kind) || !folder || !part)
  throw new Error("measure.ts KIND FOLDER PART, see its first lines");

const all = SETS[kind]!(folder);
const pictures = partOf(all, kind, "catalog");
const photos = partOf(all, kind, part).slice(0, Number(values.limit));

const bytesOf = ({ file }: Entry): Buffer => readFileSync(join(folder, file));
const model = await openModel(defaultModelFolder());
const features: Float32Array[] = [];
const codes = new Uint8Array(CODE_BYTES * pictures.length);
for (const [at, picture] of pictures.entries()) {
  const { feature, code } = await model.see(bytesOf(picture));
  features.push(feature);
  codes.set(code, CODE_BYTES * at);
}

const AGREEMENT = "a photo's agreement with the first pictures";
const spent = { "a photo's keypoints, decoded": 0, "a picture's keypoints, decoded": 0, [AGREEMENT]: 0 };
const points = new Map<number, Keypoints>();
async function pointsOf(at: number): Promise<Keypoints> {
  const known = points.get(at);
  if (known) return known;
  const started = performance.now();
  const found = await keypointsOfPicture(bytesOf(pictures[at]!));
  spent["a picture's keypoints, decoded"] += performance.now() - started;
  points.set(at, found);
  return found;
}

type Order = "codes alone" | "features" | "features and points" | "control";
const KS = [1, 4, 20];
/** For each photo, whether its product is among the first of each of KS. */
const found: Record<Order, number[][]> = { "codes alone": [], features: [], "features and points": [], control: [] };
const ofPhotos: Keypoints[] = [];
for (const photo of photos) {
  const started = performance.now();
  ofPhotos.push(await keypointsOfPhoto(bytesOf(photo)));
  spent["a photo's keypoints, decoded"] += performance.now() - started;
}
for (const [n, photo] of photos.entries()) {
  const { feature, code } = await model.see(bytesOf(photo));
  const own = pictures.findIndex(({ itemId }) => itemId === photo.itemId);
  const cosines = features.map((other) => other.reduce((sum, value, i) => sum + value * feature[i]!, 0));
  const nearness = Array.from(everyDistance(codes, code), (distance) => -distance);
  const first = [...cosines.keys()].sort((a, b) => cosines[b]! - cosines[a]!).slice(0, POINTS_DEPTH);
  const candidates = new Map<number, Keypoints>();
  for (const at of first) candidates.set(at, await pointsOf(at));
  const started = performance.now();
  const likeness = [...cosines];
  for (const [at, candidate] of candidates)
    likeness[at] = likenessWith(cosines[at]!, agreement(ofPhotos[n]!, candidate));
  spent[AGREEMENT]! += performance.now() - started;
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
  `${photos.length} photos of ${kind} (${part}) asked of ${pictures.length} pictures, ${model.card.id}, the first ${POINTS_DEPTH} looked at; ${cpus()[0]?.model}`,
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
for (const [what, ms] of Object.entries(spent)) {
  const times = what.startsWith("a picture") ? points.size : photos.length;
  console.log(`${what}: ${(ms / times).toFixed(1)} ms`);
}

/** Share of the first `k` answers' chances that `own` is among them: of equals, any order is as likely. */
function foundAmong(k: number, likeness: readonly number[], own: number): number {
  const better = likeness.filter((value) => value > likeness[own]!).length;
  const equal = likeness.filter((value) => value === likeness[own]!).length;
  return Math.min(1, Math.max(0, (k - better) / equal));
}
