import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { agreement } from "../../src/vision/index.ts";
import { mulberry32 } from "../ranking/random.ts";
import { plainAgreement } from "./plain-agreement.ts";
import { type PlainKeypoints, packed, TEST_WORDS } from "./plain-keypoints.ts";

function drawn(random: () => number, count: number, side: number): PlainKeypoints {
  return {
    count,
    at: Float32Array.from({ length: 2 * count }, () => random() * side),
    angle: Float32Array.from({ length: count }, () => (random() - 0.5) * 2 * Math.PI),
    scale: Float32Array.from({ length: count }, () => 1.2 ** Math.floor(random() * 8)),
    tests: Int32Array.from({ length: TEST_WORDS * count }, () => (random() * 2 ** 32) | 0),
  };
}

/** The same points as a photo shows them, so many bits of each test another; and points of something else. */
function shown(
  random: () => number,
  picture: PlainKeypoints,
  turn: number,
  factor: number,
  flips: number,
  others: number,
): PlainKeypoints {
  const photo = drawn(random, picture.count + others, 500);
  const [cos, sin] = [factor * Math.cos(turn), factor * Math.sin(turn)];
  for (let i = 0; i < picture.count; i++) {
    const [x, y] = [picture.at[2 * i]!, picture.at[2 * i + 1]!];
    photo.at.set([cos * x - sin * y + 60 + random(), sin * x + cos * y + 40 + random()], 2 * i);
    photo.angle[i] = picture.angle[i]! + turn + 0.02 * (random() - 0.5);
    photo.scale[i] = picture.scale[i]! * factor;
    photo.tests.set(picture.tests.subarray(TEST_WORDS * i, TEST_WORDS * (i + 1)), TEST_WORDS * i);
    for (let flip = 0; flip < flips; flip++)
      photo.tests[TEST_WORDS * i + Math.floor(random() * TEST_WORDS)]! ^= 1 << (random() * 32);
  }
  return photo;
}

const counted = (photo: PlainKeypoints, picture: PlainKeypoints) => agreement(packed(photo), packed(picture));

describe("agreement", () => {
  test("counts the points that a turned and scaled picture has in a photo, among points of something else", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 5, max: 60 }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: 0.3, max: 3, noNaN: true }),
        fc.integer({ min: 0, max: 25 }),
        fc.integer({ min: 0, max: 60 }),
        (seed, count, turn, factor, flips, others) => {
          const random = mulberry32(seed);
          const picture = drawn(random, count, 300);
          const photo = shown(random, picture, turn, factor, flips, others);
          const found = counted(photo, picture);
          expect(found).toBe(plainAgreement(photo, picture));
          expect(found).toBeGreaterThanOrEqual(Math.floor(0.85 * count));
          expect(found).toBeLessThanOrEqual(count);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("unrelated pictures have hardly a point in common", () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = mulberry32(seed);
      expect(counted(drawn(random, 200, 500), drawn(random, 200, 300))).toBeLessThanOrEqual(2);
    }
  });

  test("points that are alike and lie elsewhere do not agree", () => {
    const random = mulberry32(5);
    const picture = drawn(random, 60, 300);
    const photo = shown(random, picture, 0.3, 1, 0, 0);
    for (let i = 0; i < photo.at.length; i++) photo.at[i] = random() * 500;
    expect(counted(photo, picture)).toBeLessThanOrEqual(6);
  });

  test("a mirrored picture does not agree", () => {
    const random = mulberry32(6);
    const picture = drawn(random, 60, 300);
    const photo = { ...picture, at: picture.at.map((value, i) => (i % 2 === 0 ? 300 - value : value)) };
    expect(counted(photo, picture)).toBeLessThanOrEqual(6);
  });

  test("a picture with none, one or two points agrees with nothing", () => {
    const random = mulberry32(7);
    const photo = drawn(random, 50, 500);
    for (const count of [0, 1, 2]) {
      const few = drawn(random, count, 300);
      expect([counted(photo, few), counted(few, photo), counted(few, few)]).toEqual([0, 0, 0]);
    }
  });
});
