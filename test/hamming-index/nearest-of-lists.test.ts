import { expect, test } from "vitest";
import { nearestOfLists } from "../../src/hamming-index/nearest-of-lists.ts";

test("the lists of several memories become one, by distance, then id", () => {
  const lists = [Uint32Array.of(5, 1, 9, 3), Uint32Array.of(), Uint32Array.of(7, 1, 8, 1, 4, 3), Uint32Array.of(1, 2)];
  const merged = [
    { id: 5, distance: 1 },
    { id: 7, distance: 1 },
    { id: 8, distance: 1 },
    { id: 1, distance: 2 },
    { id: 4, distance: 3 },
    { id: 9, distance: 3 },
  ];
  expect(nearestOfLists(lists, 100)).toEqual(merged);
  expect(nearestOfLists(lists, 4)).toEqual(merged.slice(0, 4));
  expect(nearestOfLists([], 4)).toEqual([]);
});
