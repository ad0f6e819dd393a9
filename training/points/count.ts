// Counts for each photo of a set how many keypoints of each catalogue picture are found in it where they should be, so that
// Python can calibrate on what a search answers.
//
//   node training/points/count.ts KIND FOLDER PART OUT
//
// KIND groceries | mall; PART photos | held-out | val, as for look.ts. Writes OUT/points.u16: u16, photos x catalogue pictures, both
// in look.ts' order.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { agreement, keypointsOfPhoto, keypointsOfPicture } from "../../src/vision/index.ts";
import { type Entry, partOf, SETS } from "../sets.ts";

const [kind, folder, part, out] = process.argv.slice(2);
if (!kind || !SETS[kind] || !folder || !part || !out)
  throw new Error("count.ts KIND FOLDER PART OUT, see its first lines");

const bytesOf = ({ file }: Entry): Buffer => readFileSync(join(folder, file));
const all = SETS[kind](folder);
const photos = partOf(all, kind, part);
const pictures = [];
for (const picture of partOf(all, kind, "catalog")) pictures.push(await keypointsOfPicture(bytesOf(picture)));

const counts = new Uint16Array(photos.length * pictures.length);
for (const [row, entry] of photos.entries()) {
  const photo = await keypointsOfPhoto(bytesOf(entry));
  for (const [at, picture] of pictures.entries()) counts[row * pictures.length + at] = agreement(photo, picture);
}
mkdirSync(out, { recursive: true });
writeFileSync(join(out, "points.u16"), counts);
process.stderr.write(`${photos.length} photos, ${pictures.length} pictures of ${kind} ${part} in ${out}\n`);
