import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { openMall } from "../../src/mall/index.ts";
import { agreement, decode, type Keypoints, keypointsOfPhoto, keypointsOfPicture } from "../../src/vision/index.ts";
import { Kernel } from "../../src/vision/keypoints/kernel.ts";
import { POINT_BYTES } from "../../src/vision/keypoints/layout.ts";
import { mulberry32 } from "../ranking/random.ts";
import { packed, plainKeypoints } from "./plain-keypoints.ts";

const countOf = (points: Keypoints) => points.length / POINT_BYTES;

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
  test("are those that are worked out plainly, whatever the picture's size and what it shows", async () => {
    const kernel = new Kernel();
    const mall = openMall({ items: 3, seed: 4711 });
    const noise = (width: number, height: number) => {
      const random = mulberry32(width);
      const pixels = Buffer.from(Array.from({ length: 3 * width * height }, () => random() * 256));
      return { pixels, width, height };
    };
    const pictures = [
      ...(await Promise.all([0, 1, 2].map(async (item) => decode((await mall.photo(item, 0)).jpeg, 512)))),
      ...(await Promise.all([5, 6].map(async (seed) => decode(await packageOf(seed), 300)))),
      ...[noise(300, 300), noise(67, 300), noise(301, 45), noise(46, 46), noise(2, 90)],
    ];
    let points = 0;
    for (const picture of pictures)
      for (const [side, most] of [
        [512, 600],
        [300, 400],
        [97, 31],
      ] as const) {
        const plain = plainKeypoints(picture, side, most);
        points += plain.count;
        expect(kernel.find(picture.pixels, picture.width, picture.height, side, most)).toEqual(packed(plain));
      }
    expect(points).toBeGreaterThan(3000);
  });

  test("are 600 of a photo and 400 of a picture at the most, the same each time", async () => {
    const bytes = await packageOf(1);
    const [photo, picture] = [await keypointsOfPhoto(bytes), await keypointsOfPicture(bytes)];
    expect(countOf(photo)).toBeGreaterThan(countOf(picture));
    expect(countOf(photo)).toBeLessThanOrEqual(600);
    expect(countOf(picture)).toBeGreaterThan(50);
    expect(countOf(picture)).toBeLessThanOrEqual(400);
    expect(await keypointsOfPicture(bytes)).toEqual(picture);
  });

  test("of a box in a photo are of what it holds", async () => {
    const [one, other] = [await packageOf(8), await packageOf(9)];
    const both = await sharp(one)
      .extend({ right: 300, background: "#777" })
      .composite([{ input: other, left: 300, top: 0 }])
      .png()
      .toBuffer();
    const pictures = [await keypointsOfPicture(one), await keypointsOfPicture(other)];
    const within = async (x1: number, x2: number) => {
      const photo = await keypointsOfPhoto(both, [x1, 0.1, x2, 0.9]);
      return pictures.map((picture) => agreement(photo, picture));
    };
    const [[left, leftOther], [rightOther, right]] = [await within(0.05, 0.4), await within(0.6, 0.95)];
    expect(Math.min(left!, right!)).toBeGreaterThan(60);
    expect(Math.max(leftOther!, rightOther!)).toBeLessThan(15);
  });

  test.each([
    ["a plain picture", 200, 200],
    ["a picture of one pixel", 1, 1],
    ["a line", 300, 1],
    ["the longest line", 1, 16000],
  ])("%s has none", async (_, width, height) => {
    const bytes = await sharp({ create: { width, height, channels: 3, background: "#88a" } })
      .png()
      .toBuffer();
    expect([await keypointsOfPicture(bytes), await keypointsOfPhoto(bytes)].map(countOf)).toEqual([0, 0]);
    expect(countOf(await keypointsOfPhoto(bytes, [0.5, 0.5, 0.501, 0.501]))).toBe(0);
  });

  test("are found again when the picture is turned, shrunk, darker, and stands before something else", async () => {
    const bytes = await packageOf(2);
    const picture = await keypointsOfPicture(bytes);
    const turned = await sharp(bytes).rotate(25, { background: "#557755" }).linear(0.7, 5).toBuffer();
    const small = await sharp(bytes).resize(220).extend({ top: 120, left: 90, background: "#335" }).toBuffer();
    const other = await packageOf(3);
    const [own, smaller, others] = [turned, small, other].map(async (photo) =>
      agreement(await keypointsOfPhoto(photo), picture),
    );
    expect(await others).toBeLessThanOrEqual(8);
    expect(await own).toBeGreaterThan(40);
    expect(await smaller).toBeGreaterThan(40);
  });

  test("most photos of a drawn mall agree with their own product's picture more than with any other", async () => {
    const mall = openMall({ items: 12, seed: 4711 });
    const pictures: Keypoints[] = [];
    for (let item = 0; item < 12; item++) pictures.push(await keypointsOfPicture(await mall.picture(item)));
    let first = 0;
    for (let item = 0; item < 12; item++) {
      const photo = await keypointsOfPhoto((await mall.photo(item, 0)).jpeg);
      const agreeing = pictures.map((picture) => agreement(photo, picture));
      if (agreeing.every((points, other) => other === item || points < agreeing[item]!)) first++;
    }
    expect(first).toBeGreaterThanOrEqual(8);
  });
});
