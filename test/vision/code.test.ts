import { expect, test } from "vitest";
import { codeOf, toUnitLength } from "../../src/vision/index.ts";
import { seeded } from "./drawings.ts";

/** The contract read out slowly: bit i is bit (i mod 8), least significant first, of byte i >> 3. */
function slowCode(feature: Float32Array, thresholds: number[] | null): number[] {
  return Array.from({ length: feature.length / 8 }, (_, byte) => {
    let value = 0;
    for (let bit = 0; bit < 8; bit++) {
      const i = byte * 8 + bit;
      if (feature[i]! > (thresholds === null ? 0 : thresholds[i]!)) value += 2 ** bit;
    }
    return value;
  });
}

test.each([8, 24, 512])(
  "codeOf %i values equals the contract read out slowly, with and without thresholds",
  (width) => {
    const random = seeded(width);
    for (let round = 0; round < 20; round++) {
      const feature = Float32Array.from({ length: width }, () => Math.round((random() - 0.5) * 8) / 8); // zeros on purpose
      const thresholds = Array.from({ length: width }, () => Math.round((random() - 0.5) * 4) / 8);
      expect([...codeOf(feature, null)]).toEqual(slowCode(feature, null));
      expect([...codeOf(feature, thresholds)]).toEqual(slowCode(feature, thresholds));
    }
  },
);

test("a value equal to its threshold sets no bit", () => {
  expect([...codeOf(new Float32Array(8), null)]).toEqual([0]);
  expect([...codeOf(Float32Array.of(0, 1, 0, 0, 0, 0, 0, 1), null)]).toEqual([0b10000010]);
});

test("toUnitLength gives length 1, and the first axis for a zero vector", () => {
  expect([...toUnitLength(Float32Array.of(3, 4))]).toEqual([Math.fround(0.6), Math.fround(0.8)]);
  expect([...toUnitLength(new Float32Array(3))]).toEqual([1, 0, 0]);
});
