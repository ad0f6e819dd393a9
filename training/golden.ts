// Draws the golden pictures of a model folder: a few JPEGs by the mall, and beside each the PNG of exactly what the
// runtime's decoder makes of it at the model's side. export.py then writes golden.json with PyTorch's answers.
//
//   node training/golden.ts OUT [--side 160] [--working 512]

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { openMall } from "../src/mall/index.ts";
import { squareAroundPicture } from "../src/vision/box.ts";
import { decode } from "../src/vision/decode.ts";
import { cut } from "../src/vision/tensor.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { side: { type: "string", default: "160" }, working: { type: "string", default: "512" } },
});
const [out] = positionals;
if (!out) throw new Error("node training/golden.ts OUT [--side 160] [--working 512]");
const [side, working] = [Number(values.side), Number(values.working)];
const mall = openMall({ items: 3, seed: 77 });
const pictures = [await mall.picture(0), (await mall.photo(1, 0)).jpeg, (await mall.photo(2, 0)).jpeg];
mkdirSync(join(out, "golden"), { recursive: true });
for (const [i, jpeg] of pictures.entries()) {
  const picture = await decode(jpeg, working);
  const tensor = await cut(picture, squareAroundPicture(picture.width, picture.height), side);
  const png = sharp(tensor, { raw: { width: side, height: side, channels: 3 } }).png({ compressionLevel: 9 });
  writeFileSync(join(out, "golden", `${i + 1}.jpg`), jpeg);
  writeFileSync(join(out, "golden", `${i + 1}.png`), await png.toBuffer());
}
