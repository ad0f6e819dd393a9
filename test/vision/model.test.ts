import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { codeOf, defaultModelFolder, type Model, openModel } from "../../src/vision/index.ts";
import { scene } from "./drawings.ts";

let model: Model;
beforeAll(async () => {
  model = await openModel(defaultModelFolder());
});
afterAll(() => model.close());

const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);

test("a sight keeps its contract: sums, lengths, order, sizes", async () => {
  const sight = await model.see(await scene(3, 640, 480));
  expect(sight.category.length).toBe(14);
  expect(sight.category.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  expect(sight.feature.length).toBe(512);
  expect(cosine(sight.feature, sight.feature)).toBeCloseTo(1, 5);
  expect([...sight.code]).toEqual([...codeOf(sight.feature, model.card.codeThresholds)]);
  const [x1, y1, x2, y2] = sight.box;
  expect(x1 >= 0 && y1 >= 0 && x2 <= 1 && y2 <= 1 && x1 < x2 && y1 < y2).toBe(true);
  expect(sight.boxScore >= 0 && sight.boxScore <= 1).toBe(true);
  expect([sight.width, sight.height]).toEqual([640, 480]);
});

test("pictures seen together in batches get the answers they get alone", async () => {
  const pictures = await Promise.all(Array.from({ length: 12 }, (_, i) => scene(10 + i, 200 + 40 * i, 300)));
  const together = await Promise.all(pictures.map((picture) => model.see(picture)));
  for (const [i, picture] of pictures.entries()) {
    const alone = await model.see(picture);
    expect(cosine(alone.feature, together[i]!.feature)).toBeGreaterThan(0.9999);
    for (let k = 0; k < 4; k++) expect(alone.box[k]).toBeCloseTo(together[i]!.box[k]!, 3);
  }
});

test("a given box is kept, sought in, and sees what a crop of the picture shows", async () => {
  const picture = await scene(4, 800, 600);
  const sight = await model.see(picture, [0.1, 0.2, 0.5, 0.7]);
  expect(sight.box).toEqual([0.1, 0.2, 0.5, 0.7]);
  expect(sight.boxScore).toBe(1);
  const elsewhere = await model.see(picture, [0.55, 0.4, 0.95, 0.9]);
  expect(cosine(sight.feature, elsewhere.feature)).toBeLessThan(0.99);
});

test("a small object in a large photo is seen in the photo's own pixels", async () => {
  const small = await scene(8, 224, 224);
  const large = await sharp({ create: { width: 1000, height: 800, channels: 3, background: "#888888" } })
    .composite([{ input: small, left: 500, top: 300 }])
    .png()
    .toBuffer();
  const within = [0.5, 300 / 800, 0.724, 524 / 800] as const;
  const whole = await sharp(large).extract({ left: 472, top: 272, width: 280, height: 280 }).png().toBuffer(); // with its room
  const shrunk = await sharp(large).resize({ width: 224 }).toBuffer(); // what it would be if the photo were shrunk first
  const [own, wanted, coarse] = await Promise.all([
    model.see(large, [...within]),
    model.see(whole),
    model.see(shrunk, [...within]),
  ]);
  expect(cosine(own.feature, wanted.feature)).toBeGreaterThan(0.97);
  expect(cosine(own.feature, wanted.feature)).toBeGreaterThan(cosine(coarse.feature, wanted.feature));
});

test.each(["closer", "float32"])(
  "models/%s, which stands beside the default, gives nearly its features",
  async (name) => {
    const other = await openModel(join(defaultModelFolder(), "..", name));
    const picture = await scene(9, 400, 300);
    const [theirs, ours] = [await other.see(picture), await model.see(picture)];
    await other.close();
    expect(other.id).toBe(`${model.id}-${name}`);
    expect(cosine(theirs.feature, ours.feature)).toBeGreaterThan(name === "float32" ? 0.95 : 0.7);
    expect(theirs.feature).not.toEqual(ours.feature);
  },
);

test.each([[[0.5, 0.5, 0.5, 0.9]], [[0, 0, 1, 2]], [[Number.NaN, 0, 1, 1]]])("the box %j is refused", async (box) => {
  await expect(model.see(await scene(5, 100, 100), box as never)).rejects.toMatchObject({ code: "SEARCH_BOX" });
});

test("a broken picture fails alone; the others of its moment are answered", async () => {
  const good = await scene(6, 300, 300);
  const [first, second, third] = await Promise.allSettled([
    model.see(good),
    model.see(Buffer.from("no picture")),
    model.see(good),
  ]);
  expect([first.status, second.status, third.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("a closed model rejects what waits and what comes", async () => {
  const other = await openModel(defaultModelFolder(), { workers: 2 });
  const picture = await scene(7, 300, 300);
  expect((await other.see(picture)).feature.length).toBe(512);
  const waiting = Promise.allSettled([other.see(picture), other.see(picture)]);
  await other.close();
  for (const outcome of await waiting) expect(outcome.status).toBe("rejected");
  await expect(other.see(picture)).rejects.toMatchObject({ code: "INTERNAL" });
});

test("closing while the network runs ends its threads and not the process", { timeout: 60_000 }, async () => {
  const bytes = await scene(3, 200, 160);
  for (let delay = 0; delay < 12; delay += 2) {
    const other = await openModel(defaultModelFolder(), { workers: 2 });
    const looks = Array.from({ length: 6 }, () => other.see(bytes).catch((error) => error.code));
    await new Promise((resolve) => setTimeout(resolve, delay));
    await other.close();
    for (const look of await Promise.all(looks)) expect(look === "INTERNAL" || look.feature.length === 512).toBe(true);
  }
});
