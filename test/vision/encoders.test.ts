import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LEAST_SAMPLE, ModelDraft, openModel } from "../../src/vision/index.ts";
import { makeMap, mapped } from "../../src/vision/map.ts";
import { mulberry32 } from "../ranking/random.ts";
import { patches, scratch } from "./patches.ts";
import { type Tiny, tinyModel } from "./tiny-onnx.ts";

let at: ReturnType<typeof scratch>;
beforeEach(() => {
  at = scratch();
});
afterEach(() => at.remove());

/** As `models add` does it, with `count` pictures of a shop. */
async function finished(folder: string, count = LEAST_SAMPLE): Promise<string> {
  const draft = await ModelDraft.open(folder, "unnamed", 1);
  try {
    const sample: Float32Array[] = [];
    if (draft.wants !== "nothing") for (let n = 0; n < count; n++) sample.push(await draft.featureOf(await patches(n)));
    await draft.finish(sample);
    return folder;
  } finally {
    await draft.close();
  }
}

const bits = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((sum, byte, i) => sum + (byte ^ b[i]!).toString(2).replaceAll("0", "").length, 0);
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);

const SHAPES: [string, Tiny][] = [
  ["64 numbers", { width: 64 }],
  ["512 numbers", { width: 512 }],
  ["512 numbers, all positive", { width: 512, positive: true }],
  ["768 numbers", { width: 768 }],
  ["64 numbers, NHWC, one picture at a time", { width: 64, layout: "NHWC", batch: 1 }],
  ["64 numbers, three categories and a box", { width: 64, categories: 3, box: true, side: 48 }],
  ["64 numbers, of pixels as they are", { width: 64, uint8: true }],
];

test.each(SHAPES)("an encoder of %s becomes a model: 512 numbers, codes that tell pictures apart", async (_, tiny) => {
  const model = await openModel(await finished(tinyModel(join(at.dir, "m"), tiny)));
  try {
    expect(model.id).toMatch(/^tiny-[0-9a-f]{8}$/);
    const pictures = await Promise.all([0, 1, 2, 3, 4, 5].map((n) => patches(100 + n)));
    const seen = await Promise.all(pictures.map((picture) => model.see(picture)));
    const photos = await Promise.all([0, 1, 2, 3, 4, 5].map(async (n) => model.see(await patches(100 + n, 40))));
    for (const [n, { feature, code, category, box, boxScore }] of photos.entries()) {
      expect([feature.length, code.length]).toEqual([512, 64]);
      expect(dot(feature, feature)).toBeCloseTo(1, 4);
      const distances = seen.map((other) => bits(code, other.code));
      expect(distances.indexOf(Math.min(...distances))).toBe(n);
      expect(Math.min(...distances.filter((__, i) => i !== n))).toBeGreaterThan(4 * distances[n]!);
      expect(category.length).toBe(tiny.categories ?? 0);
      if (tiny.categories) expect(category.reduce((a, b) => a + b)).toBeCloseTo(1, 4);
      if (!tiny.box) expect([box, boxScore]).toEqual([[0, 0, 1, 1], 0]);
    }
  } finally {
    await model.close();
  }
});

test.each(["NCHW", "NHWC"] as const)(
  "pixels as they are, %s, are what mean 0 and std 1/255 make of them",
  async (layout) => {
    const seen = async (name: string, uint8: boolean) => {
      const input = { side: 32, ...(!uint8 && { mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] }) };
      const folder = tinyModel(join(at.dir, name), { layout, uint8 }, { input, codeThresholds: null });
      const model = await openModel(await finished(folder));
      try {
        return await Promise.all([1, 2, 3, 4, 5, 6].map(async (n) => (await model.see(await patches(n))).feature));
      } finally {
        await model.close();
      }
    };
    const [plain, scaled] = [await seen("plain", true), await seen("scaled", false)];
    for (const [n, feature] of plain.entries()) expect(dot(feature, scaled[n]!)).toBeCloseTo(1, 5);
    expect(Math.abs(dot(plain[0]!, scaled[1]!))).toBeLessThan(0.999);
  },
);

test("a 512-wide encoder that brings its thresholds is taken as it is, under its own name", async () => {
  const folder = await finished(tinyModel(join(at.dir, "m"), {}, { codeThresholds: null }));
  const model = await openModel(folder);
  await model.close();
  expect([model.id, model.card.outputs.feature.map]).toEqual(["tiny", undefined]);
});

test("without a card, what the Hub's preprocessor_config.json says", async () => {
  const folder = tinyModel(join(at.dir, "m"), { width: 64 });
  const { unlinkSync } = await import("node:fs");
  unlinkSync(join(folder, "card.json"));
  const config = {
    image_mean: [0.1, 0.2, 0.3],
    image_std: [1, 1, 1],
    crop_size: { height: 32, width: 32 },
    size: { shortest_edge: 36 },
  };
  writeFileSync(join(folder, "preprocessor_config.json"), JSON.stringify(config));
  const model = await openModel(await finished(folder));
  await model.close();
  expect(model.id).toMatch(/^unnamed-/);
  expect(model.card.input).toMatchObject({
    side: 32,
    mean: [0.1, 0.2, 0.3],
    std: [1, 1, 1],
    layout: "NCHW",
    name: "pixels",
  });
});

describe("refused, saying why", () => {
  test.each<[string, Tiny, object, RegExp]>([
    [
      "an output it does not have",
      {},
      { outputs: { feature: { name: "embedding" } } },
      /MODEL_CARD: .* has no embedding, only feature/,
    ],
    ["two inputs", { secondInput: true }, {}, /MODEL_CARD: .* takes 2 inputs \(pixels, input_ids\)/],
    [
      "another side",
      {},
      { input: { side: 64, mean: [0, 0, 0], std: [1, 1, 1] } },
      /takes n x 3 x 32 x 32; with side 64/,
    ],
    [
      "another layout",
      { layout: "NHWC" },
      { input: { side: 32, layout: "NCHW", mean: [0, 0, 0], std: [1, 1, 1] } },
      /takes n x 32 x 32 x 3/,
    ],
    ["a fixed batch", { batch: 4 }, {}, /takes 4 pictures at a time/],
    ["no numbers", { nan: true }, {}, /no number \(NaN or infinite\)/],
    ["the same feature always", { constant: true }, {}, /feature is the same for photos of different things/],
    [
      "a row for every patch",
      { sequence: true, width: 64 },
      { outputs: { feature: { name: "category" } } },
      /has no category, only feature/,
    ],
    [
      "too few categories",
      { categories: 3 },
      { categories: ["a", "b"] },
      /gives 3 numbers, and the card names 2 categories/,
    ],
    ["too narrow a feature", { width: 4 }, {}, /feature gives 4 numbers a picture, not 8 to 8192/],
    ["no mean", {}, { input: { side: 32 } }, /input.mean and input.std are not given/],
    [
      "a mean for pixels that are wanted as they are",
      { uint8: true },
      { input: { side: 32, mean: [0, 0, 0], std: [1, 1, 1] } },
      /takes uint8; looksee gives float32 where the card has input.mean and input.std/,
    ],
    ["a name that is no folder", {}, { id: "../up" }, /id must be/],
  ])("%s", async (_, tiny, card, why) => {
    await expect(finished(tinyModel(join(at.dir, "m"), tiny, card))).rejects.toThrow(why);
  });

  test("a network file that was cut short, and one that is something else", async () => {
    const folder = tinyModel(join(at.dir, "m"));
    truncateSync(join(folder, "model.onnx"), 4000);
    await expect(finished(folder)).rejects.toThrow(/MODEL_CARD: .*model.onnx cannot be loaded/);
    writeFileSync(join(folder, "model.onnx"), "<!doctype html>");
    await expect(finished(folder)).rejects.toThrow(/MODEL_CARD: .*model.onnx cannot be loaded/);
  });

  test("at each opening: a network or a map exchanged behind the card's back", async () => {
    const folder = await finished(tinyModel(join(at.dir, "m"), { width: 64 }));
    const map = readFileSync(join(folder, "map.f32"));
    writeFileSync(join(folder, "map.f32"), map.fill(1, 0, 4));
    await expect(openModel(folder)).rejects.toThrow(/MODEL_CARD: .*map.f32 is not the map/);
    const other = await finished(tinyModel(join(at.dir, "n"), { width: 64 }));
    writeFileSync(
      join(other, "model.onnx"),
      readFileSync(join(tinyModel(join(at.dir, "o"), { width: 64, seed: 2 }), "model.onnx")),
    );
    await expect(openModel(other)).rejects.toThrow(/MODEL_GOLDEN/);
  });

  test("golden answers that name a file outside of the folder", async () => {
    const folder = await finished(tinyModel(join(at.dir, "m"), { width: 64 }));
    const golden = JSON.parse(readFileSync(join(folder, "golden.json"), "utf8"));
    golden.cases[0].picture = "../../etc/hostname";
    writeFileSync(join(folder, "golden.json"), JSON.stringify(golden));
    await expect(openModel(folder)).rejects.toThrow(/MODEL_GOLDEN: .* names "..\/..\/etc\/hostname"/);
  });
});

describe("the map to 512", () => {
  const random = mulberry32(3);
  const vector = (width: number) => {
    const values = Float32Array.from({ length: width }, () => random() - 0.5);
    const length = Math.hypot(...values);
    return values.map((v) => v / length);
  };

  test.each([8, 64, 511])("keeps every cosine of %i numbers", (width) => {
    const map = makeMap(width, []);
    const [a, b] = [vector(width), vector(width)];
    expect(dot(mapped(map, a), mapped(map, b))).toBeCloseTo(dot(a, b), 5);
    expect(dot(mapped(map, a), mapped(map, a))).toBeCloseTo(1, 5);
  });

  test("of 700 numbers keeps what the shop's pictures span, whole; a random map does not", () => {
    const span = Array.from({ length: 40 }, () => vector(700));
    const within = () => {
      const mix = span.reduce((sum, direction) => {
        const weight = random() - 0.5;
        return sum.map((v, i) => v + weight * direction[i]!);
      }, new Float32Array(700));
      const length = Math.hypot(...mix);
      return mix.map((v) => v / length);
    };
    const map = makeMap(700, Array.from({ length: 60 }, within));
    const [a, b] = [within(), within()];
    expect(dot(mapped(map, a), mapped(map, a))).toBeCloseTo(1, 4);
    expect(dot(mapped(map, a), mapped(map, b))).toBeCloseTo(dot(a, b), 4);
    const blind = makeMap(700, []);
    expect(dot(mapped(blind, a), mapped(blind, a))).toBeLessThan(0.85);
  });

  test("has rows of length 1 at right angles", () => {
    const { values } = makeMap(600, []);
    const row = (n: number) => values.subarray(n * 600, (n + 1) * 600);
    for (const [i, j] of [
      [0, 1],
      [5, 511],
      [200, 201],
    ] as const)
      expect(dot(row(i), row(j))).toBeCloseTo(0, 5);
    for (const i of [0, 99, 511]) expect(dot(row(i), row(i))).toBeCloseTo(1, 5);
  });
});
