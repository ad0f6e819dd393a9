// Turns a set of pictures into the tensors that training reads, by the very decoder that serves: Python never decodes.
//
//   node training/prepare.ts groceries|clothing|streets|mall FOLDER OUT [--side 288] [--limit N]
//
// Writes OUT/pixels.bin (uint8[n, side, side, 3], letterboxed on white), OUT/index.csv (one line a labelled box or
// picture, `row` pointing into pixels.bin) and OUT/set.json. Boxes are fractions of the letterboxed square.

import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Box, boxToSquare, squareAroundPicture, WHOLE } from "../src/vision/box.ts";
import { decode } from "../src/vision/decode.ts";
import { cut } from "../src/vision/tensor.ts";
import { type Entry, SETS } from "./sets.ts";

async function prepare(entries: Entry[], folder: string, out: string, side: number): Promise<void> {
  mkdirSync(out, { recursive: true });
  const lines = ["row,file,itemId,label,role,group,split,px1,py1,px2,py2,x1,y1,x2,y2,pixels"];
  const tensors = createWriteStream(join(out, "pixels.bin"));
  const hash = createHash("sha256");
  const ahead = 8; // pictures in the making at once
  const pending: Promise<{ tensor: Uint8Array; width: number; height: number }>[] = [];
  const make = async ({ file }: Entry) => {
    const picture = await decode(readFileSync(join(folder, file)), side);
    const tensor = await cut(picture, squareAroundPicture(picture.width, picture.height), side);
    return { tensor, width: picture.width, height: picture.height };
  };
  for (const [row, known] of entries.entries()) {
    while (pending.length < ahead && row + pending.length < entries.length)
      pending.push(make(entries[row + pending.length]!));
    const { tensor, width, height } = await pending.shift()!;
    hash.update(tensor);
    if (!tensors.write(tensor)) await new Promise((go) => tensors.once("drain", () => go(null)));
    const square = squareAroundPicture(width, height);
    const numbers = (box: Box) => boxToSquare(box, square, width, height).map((v) => v.toFixed(5));
    const { file, itemId, role, group, split } = known;
    for (const { label, box, pixels } of known.boxes.length > 0 ? known.boxes : [{ label: known.label, box: null }])
      lines.push(
        [
          row,
          file,
          itemId,
          label,
          role,
          group,
          split,
          ...numbers(WHOLE),
          ...(box ? numbers(box) : ["", "", "", ""]),
          pixels ?? "",
        ].join(","),
      );
    if (row % 500 === 499) process.stderr.write(`${row + 1}/${entries.length}\n`);
  }
  await new Promise((done) => tensors.end(() => done(null)));
  writeFileSync(join(out, "index.csv"), `${lines.join("\n")}\n`);
  writeFileSync(
    join(out, "set.json"),
    `${JSON.stringify({ side, count: entries.length, sha256: hash.digest("hex") })}\n`,
  );
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { side: { type: "string", default: "288" }, limit: { type: "string" } },
});
const [kind, folder, out] = positionals;
if (!kind || !SETS[kind] || !folder || !out) {
  process.stderr.write(
    "node training/prepare.ts groceries|clothing|streets|mall FOLDER OUT [--side 288] [--limit N]\n",
  );
  process.exit(2);
}
const entries = SETS[kind](folder).slice(0, values.limit ? Number(values.limit) : undefined);
const started = performance.now();
await prepare(entries, folder, out, Number(values.side));
process.stderr.write(`${entries.length} pictures in ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
