// Looks at a set's pictures the way the runtime does and writes what the network answers, view by view, so that
// Python can choose views and calibrate on exactly what will be served.
//
//   node training/look.ts KIND FOLDER PART OUT [--model DIR] [--views whole,box:1.15,centre:0.7] [--every N] [--limit N]
//
// KIND groceries|clothing|streets|mall; PART catalog | photos | held-out (internal validation) | val (groceries' own).
// Writes OUT/index.csv (file,itemId,label,x1,y1,x2,y2 true box, b1,b2,b3,b4 found box, score) and, in its order,
// OUT/VIEW.bin (float32 n x 512 unit features) and OUT/category-VIEW.bin (float32 n x 14 logits).

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  type Box,
  boxFromSquare,
  isBox,
  type Square,
  squareAroundBox,
  squareAroundPicture,
  WHOLE,
} from "../src/vision/box.ts";
import { type Card, readCard } from "../src/vision/card.ts";
import { decode, type Picture } from "../src/vision/decode.ts";
import { defaultModelFolder, openNetwork } from "../src/vision/model.ts";
import { cut } from "../src/vision/tensor.ts";
import { type Entry, mainBox, partOf, SETS } from "./sets.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: "string", default: defaultModelFolder() },
    views: { type: "string", default: "whole,box:1.15,centre:0.7" },
    every: { type: "string", default: "1" },
    limit: { type: "string", default: "1000000" },
  },
});
const [kind, folder, part, out] = positionals;
if (!kind || !SETS[kind] || !folder || !part || !out)
  throw new Error("look.ts KIND FOLDER PART OUT, see its first lines");

const entries = partOf(SETS[kind](folder), kind, part)
  .filter((_, i) => i % Number(values.every) === 0)
  .slice(0, Number(values.limit));
const views = values.views.split(",");
const card: Card = await readCard(values.model);
const inference = await openNetwork(values.model, card, 1, 1);

const squareOf = (view: string, box: Box, { width, height }: Picture): Square => {
  const [name, amount = "1"] = view.split(":");
  if (name === "box") return squareAroundBox(box, width, height, Number(amount));
  const margin = (1 - Number(amount)) / 2;
  return squareAroundBox([margin, margin, 1 - margin, 1 - margin], width, height, 1);
};

async function look({ file }: Entry) {
  const picture = await decode(readFileSync(join(folder!, file)), card.input.working);
  const square = squareAroundPicture(picture.width, picture.height);
  const whole = await inference.run(await cut(picture, square, card.input.side));
  const found = boxFromSquare(Array.from(whole.box!) as unknown as Box, square, picture.width, picture.height);
  const box = whole.boxScore >= card.views.minBoxScore && isBox(found, 0.02) ? found : WHOLE; // as Model.see decides
  const answers = views.map(async (view) =>
    view === "whole" ? whole : await inference.run(await cut(picture, squareOf(view, box, picture), card.input.side)),
  );
  return { whole, box, answers: await Promise.all(answers) };
}

const lines = ["file,itemId,label,x1,y1,x2,y2,b1,b2,b3,b4,score"];
const categories: Float32Array[][] = views.map(() => []);
const features: Float32Array[][] = views.map(() => []);
const ahead = 4;
for (let at = 0; at < entries.length; at += ahead)
  for (const [i, seen] of (await Promise.all(entries.slice(at, at + ahead).map(look))).entries()) {
    const { file, itemId, label } = entries[at + i]!;
    const first = mainBox(entries[at + i]!) ?? ["", "", "", ""];
    lines.push(
      [file, itemId, label, ...first, ...seen.box.map((v) => v.toFixed(5)), seen.whole.boxScore.toFixed(5)].join(","),
    );
    for (const [v, { feature, category }] of seen.answers.entries()) {
      features[v]!.push(feature);
      categories[v]!.push(category!);
    }
  }
await inference.close();

mkdirSync(out, { recursive: true });
writeFileSync(join(out, "index.csv"), `${lines.join("\n")}\n`);
const write = (name: string, rows: Float32Array[]) =>
  writeFileSync(
    join(out, `${name}.bin`),
    Buffer.concat(rows.map((row) => Buffer.from(row.buffer, row.byteOffset, row.byteLength))),
  );
for (const [v, view] of views.entries()) {
  write(view.replace(":", "-"), features[v]!);
  write(`category-${view.replace(":", "-")}`, categories[v]!);
}
process.stderr.write(`${entries.length} pictures of ${kind} ${part} in ${out}\n`);
