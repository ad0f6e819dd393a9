import { createHash } from "node:crypto";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { openMall } from "../../src/mall/index.ts";
import { decode } from "../../src/vision/index.ts";
import { agreement } from "../../training/points/agreement.ts";
import { type Keypoints, keypointsOf } from "../../training/points/keypoints.ts";

const SIDE = 300;

async function pointsOf(bytes: Uint8Array, most = 400, side = SIDE): Promise<Keypoints> {
  return keypointsOf(await decode(bytes, side), side, most);
}

/** A label of forty bars, drawn by numbers. */
const packageOf = (seed: number): Promise<Buffer> => {
  const at = (i: number, span: number) => (Math.imul(seed + 7, 2654435761 + 40503 * i) >>> 8) % span;
  const shapes = Array.from({ length: 40 }, (_, i) => {
    const [x, y, size] = [20 + at(4 * i, 240), 20 + at(4 * i + 1, 240), 6 + at(4 * i + 2, 30)];
    const tone = at(4 * i + 3, 200);
    return `<rect x="${x}" y="${y}" width="${size}" height="${size >> 1}" fill="rgb(${tone},${tone},${(tone * 3) % 255})"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><rect width="300" height="300" fill="#eee"/>${shapes.join("")}</svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
};

describe("keypoints", () => {
  test("are as many as asked at the most, lie in the picture and are the same each time", async () => {
    const bytes = await packageOf(1);
    const [found, again] = [await pointsOf(bytes, 150), await pointsOf(bytes, 150)];
    expect(found.count).toBeGreaterThan(50);
    expect(found.count).toBeLessThanOrEqual(150);
    expect(Math.min(...found.at)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...found.at)).toBeLessThan(SIDE);
    expect(again).toEqual(found);
  });

  test.each([
    ["a plain picture", 200, 200],
    ["a picture of one pixel", 1, 1],
    ["a line", 300, 1],
  ])("%s has none", async (_, width, height) => {
    const bytes = await sharp({ create: { width, height, channels: 3, background: "#88a" } })
      .png()
      .toBuffer();
    expect((await pointsOf(bytes)).count).toBe(0);
  });

  test("are found again when the picture is turned, shrunk, darker, and stands before something else", async () => {
    const bytes = await packageOf(2);
    const picture = await pointsOf(bytes);
    const turned = await sharp(bytes).rotate(25, { background: "#557755" }).linear(0.7, 5).toBuffer();
    const small = await sharp(bytes).resize(220).extend({ top: 120, left: 90, background: "#335" }).toBuffer();
    const other = await packageOf(3);
    const [own, smaller, others] = [turned, small, other].map(async (photo) =>
      agreement(await pointsOf(photo, 600, 512), picture),
    );
    expect(await others).toBeLessThanOrEqual(8);
    expect(await own).toBeGreaterThan(40);
    expect(await smaller).toBeGreaterThan(40);
  });

  test("most photos of a drawn mall agree with their own product's picture more than with any other", async () => {
    const mall = openMall({ items: 12, seed: 4711 });
    const pictures: Keypoints[] = [];
    for (let item = 0; item < 12; item++) pictures.push(await pointsOf(await mall.picture(item)));
    let first = 0;
    for (let item = 0; item < 12; item++) {
      const photo = await pointsOf((await mall.photo(item, 0)).jpeg, 600, 512);
      const agreeing = pictures.map((picture) => agreement(photo, picture));
      if (agreeing.every((points, other) => other === item || points < agreeing[item]!)) first++;
    }
    expect(first).toBeGreaterThanOrEqual(8);
  });

  test("are what they were: kept ones are compared with later ones", async () => {
    const { count, at, angle, scale, tests } = await pointsOf(await packageOf(4));
    const rounded = Float32Array.from([...at, ...angle, ...scale], (value) => Math.round(value * 100));
    const hash = createHash("sha256").update(tests).update(new Uint8Array(rounded.buffer)).digest("hex");
    expect([count, hash.slice(0, 16)]).toMatchInlineSnapshot(`
      [
        298,
        "b43678cbd53dfdbd",
      ]
    `);
  });
});
