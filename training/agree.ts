// Draws photos by the mall, large ones among them, and writes what the runtime makes of each: the tensor that its decoder
// prepares and the network's answers to it. tests/test_agreement.py runs PyTorch on the same bytes and compares.
//
//   node training/agree.ts OUT [--count 200] [--model DIR]
//
// Writes OUT/tensors.bin (uint8[n, side, side, 3]), category.bin, box.bin and feature.bin (float32 rows), about.json.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { openMall } from "../src/mall/index.ts";
import { squareAroundPicture } from "../src/vision/box.ts";
import { readCard } from "../src/vision/card.ts";
import { decode } from "../src/vision/decode.ts";
import { defaultModelFolder, openNetwork } from "../src/vision/model.ts";
import { cut } from "../src/vision/tensor.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: "string", default: "200" }, model: { type: "string", default: defaultModelFolder() } },
});
const [out] = positionals;
if (!out) throw new Error("node training/agree.ts OUT [--count 200] [--model DIR]");
const count = Number(values.count);
const mall = openMall({ items: count, seed: 99 });
const card = await readCard(values.model);
const inference = await openNetwork(values.model, card, 1, 1);

/** Every second a clean picture, every second a photo; every twentieth enlarged to 3,000 pixels, turned, or in another format. */
async function draw(i: number): Promise<Uint8Array> {
  const jpeg = i % 2 === 0 ? await mall.picture(i) : (await mall.photo(i, 0)).jpeg;
  const large = () => sharp(jpeg).resize({ width: 3000, kernel: "lanczos3" });
  if (i % 20 === 1) return large().jpeg({ quality: 85 }).toBuffer();
  if (i % 20 === 6) return large().withMetadata({ orientation: 6 }).jpeg().toBuffer();
  if (i % 20 === 11) return sharp(jpeg).png().toBuffer();
  if (i % 20 === 16) return sharp(jpeg).webp({ quality: 80 }).toBuffer();
  return jpeg;
}

const rows: Record<"tensors" | "category" | "box" | "feature", Buffer[]> = {
  tensors: [],
  category: [],
  box: [],
  feature: [],
};
const bytes = (row: Float32Array | Uint8Array) => Buffer.from(row.buffer, row.byteOffset, row.byteLength);
let largest = 0;
for (let i = 0; i < count; i++) {
  const picture = await decode(await draw(i), card.input.working);
  largest = Math.max(largest, picture.uprightWidth, picture.uprightHeight);
  const tensor = await cut(picture, squareAroundPicture(picture.width, picture.height), card.input.side);
  const answer = await inference.run(tensor);
  rows.tensors.push(bytes(tensor));
  rows.category.push(bytes(answer.category!));
  rows.box.push(bytes(answer.box!));
  rows.feature.push(bytes(answer.feature));
}
await inference.close();
mkdirSync(out, { recursive: true });
for (const [name, list] of Object.entries(rows)) writeFileSync(join(out, `${name}.bin`), Buffer.concat(list));
writeFileSync(join(out, "about.json"), JSON.stringify({ count, side: card.input.side, largest }));
