import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { squareAroundPicture } from "../../src/vision/box.ts";
import { type Card, readCard } from "../../src/vision/card.ts";
import { decode } from "../../src/vision/decode.ts";
import { checkGolden, type Golden, readGolden } from "../../src/vision/golden.ts";
import { Inference } from "../../src/vision/inference.ts";
import { defaultModelFolder, openNetwork } from "../../src/vision/model.ts";
import { cut } from "../../src/vision/tensor.ts";

// golden/N.jpg is a drawn photo, golden/N.png what the decoder made of it where the model was exported, and
// golden.json what the network answered to those pixels: decoder and network are held apart, so a red test says which moved.
const folder = defaultModelFolder();
let card: Card;
let golden: Golden;
let inference: Inference;
beforeAll(async () => {
  card = await readCard(folder);
  golden = await readGolden(folder);
  inference = await openNetwork(folder, card, 1, 1);
});
afterAll(() => inference.close());

const pixelsOf = (file: string) => sharp(join(folder, file)).removeAlpha().raw().toBuffer();

async function tensorOf(jpeg: string): Promise<Uint8Array> {
  const picture = await decode(await readFile(join(folder, jpeg)), card.input.working);
  return cut(picture, squareAroundPicture(picture.width, picture.height), card.input.side);
}

test("the decoder makes of each photo the pixels it made at export: mean <= 0.5, 99.9 % within 4 of 255", async () => {
  expect(golden.cases.length).toBeGreaterThanOrEqual(3);
  for (const { source, picture } of golden.cases) {
    const [now, then] = [await tensorOf(source!), await pixelsOf(picture)];
    expect(now.length).toBe(then.length);
    const off = now.map((v, i) => Math.abs(v - then[i]!));
    expect(off.reduce((a, b) => a + b, 0) / off.length).toBeLessThanOrEqual(0.5);
    expect(off.filter((v) => v <= 4).length / off.length).toBeGreaterThanOrEqual(0.999);
  }
});

test("the network answers the same features, boxes and categories to the very same pixels as where it was exported", async () => {
  for (const { picture, sha256, outputs } of golden.cases) {
    const pixels = await pixelsOf(picture);
    expect(createHash("sha256").update(pixels).digest("hex")).toBe(sha256);
    const answer = await inference.run(pixels);
    expect(answer.feature.reduce((sum, v, i) => sum + v * outputs.feature[i]!, 0)).toBeGreaterThan(0.9999);
    for (const [i, v] of outputs.box!.entries()) expect(answer.box![i]).toBeCloseTo(v, 3);
    for (const [i, v] of outputs.category!.entries()) expect(answer.category![i]).toBeCloseTo(v, 2);
    expect(answer.boxScore).toBeCloseTo(outputs.boxScore!, 3);
  }
});

test("from the JPEG to the feature: cosine with the export's at least 0.999", async () => {
  for (const { source, outputs } of golden.cases) {
    const { feature } = await inference.run(await tensorOf(source!));
    expect(feature.reduce((sum, v, i) => sum + v * outputs.feature[i]!, 0)).toBeGreaterThanOrEqual(0.999);
  }
});

test("the exact arithmetic, which CPUs without VNNI are given, answers the golden pictures alike", async () => {
  const exact = await Inference.open(join(folder, "model.onnx"), card, 1, 1, true);
  try {
    await expect(checkGolden(folder, card, exact)).resolves.toBeUndefined();
    const pixels = await pixelsOf(golden.cases[0]!.picture);
    const [one, other] = await Promise.all([exact.run(pixels), inference.run(pixels)]);
    expect(one.feature.reduce((sum, v, i) => sum + v * other.feature[i]!, 0)).toBeGreaterThan(0.999);
  } finally {
    await exact.close();
  }
});
