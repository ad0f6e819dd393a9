import { afterEach, beforeEach, expect, test } from "vitest";
import { type Eyes, Searcher } from "../../src/search/index.ts";
import { type Box, type Sight, toUnitLength } from "../../src/vision/index.ts";
import { codeOf, drawItems, eyes, featureOf, kindsOf, temporaryShop, upsert } from "./shop.ts";

const MAIN: Box = [0.1, 0.1, 0.5, 0.9];
const WHOLE_ONLY = {
  ...eyes.card,
  views: { sum: [{ of: "whole", size: 1, weight: 1 }], minBoxScore: 0.2 },
} as Eyes["card"];

/** Sees one feature in every photo and another in its box, and counts its looks. */
class TwoLooks implements Pick<Eyes, "id" | "card" | "see"> {
  readonly id = eyes.id;
  card = WHOLE_ONLY;
  box = MAIN;
  readonly looks: { box: Box | undefined; room: number | undefined }[] = [];
  readonly far: Float32Array;
  readonly near: Float32Array;

  constructor(far: Float32Array, near: Float32Array) {
    this.far = far;
    this.near = near;
  }

  async see(_: Uint8Array, box?: Box, room?: number): Promise<Sight> {
    this.looks.push({ box, room });
    const feature = box ? this.near : this.far;
    return {
      ...{ category: kindsOf(0), box: box ?? this.box, boxScore: 0.7, objects: [], feature, code: codeOf(feature) },
      ...{ width: 100, height: 80, format: "jpeg", timings: { decode: 1, model: 2 } },
    };
  }
}

/** Of unit length, between two: `share` of the second. */
const between = (a: Float32Array, b: Float32Array, share: number) =>
  toUnitLength(a.map((v, i) => (1 - share) * v + share * b[i]!));

let shop: ReturnType<typeof temporaryShop>;
let searcher: Searcher | undefined;
const items = drawItems(60);
const [one, other] = items.map(({ pictures }) => pictures[0]!.feature) as [Float32Array, Float32Array];
const strange = featureOf(999, 7); // of no kind that the shop has
beforeEach(() => {
  shop = temporaryShop();
  upsert(shop.catalog, items);
});
afterEach(async () => {
  await searcher?.close();
  shop.dispose();
});

async function asked(model: TwoLooks, query: { box?: Box; category?: string; itemId?: string } = {}) {
  searcher = await Searcher.open(shop.store, "main", model as unknown as Eyes, { threads: 1 });
  return searcher.search(query.itemId ? query : { image: Uint8Array.of(1), ...query });
}

test("a first hit that is likely the product is answered after one look", async () => {
  const model = new TwoLooks(one, other);
  const { hits, timings } = await asked(model);
  expect([hits[0]!.itemId, model.looks.length]).toEqual([items[0]!.itemId, 1]);
  expect(hits[0]!.score).toBeGreaterThan(0.8);
  expect(timings).toMatchObject({ decode: 1, model: 2 });
});

test("one that is not is looked for again, with the box looked at closely and weighed 0.4 beside the whole photo", async () => {
  const far = between(one, strange, 0.75);
  const model = new TwoLooks(far, other);
  const { hits, timings } = await asked(model);
  expect(model.looks).toEqual([
    { box: undefined, room: undefined },
    { box: MAIN, room: 1.15 },
  ]);
  const both = between(far, other, 0.4);
  const cosine = (to: Float32Array) => both.reduce((sum, v, i) => sum + v * to[i]!, 0);
  const likeliest = items.toSorted(
    (a, b) =>
      Math.max(...b.pictures.map(({ feature }) => cosine(feature))) -
      Math.max(...a.pictures.map(({ feature }) => cosine(feature))),
  );
  expect(hits.slice(0, 3).map(({ itemId }) => itemId)).toEqual(likeliest.slice(0, 3).map(({ itemId }) => itemId));
  expect(hits[0]!.itemId).toBe(items[1]!.itemId); // the whole photo alone has the other one first
  expect(timings).toMatchObject({ decode: 2, model: 4 });
});

test("within a chosen category too, and no more than once though the catalog changes meanwhile", async () => {
  const model = new TwoLooks(between(one, strange, 0.75), other);
  searcher = await Searcher.open(shop.store, "main", model as unknown as Eyes, { threads: 1 });
  const category = searcher.categoryNames()[0]!;
  const scan = searcher.coarse.bind(searcher);
  let scans = 0;
  searcher.coarse = (...of) => {
    if (scans++ === 1) upsert(shop.catalog, drawItems(61).slice(60)); // within the second look of the first try
    return scan(...of);
  };
  const { hits } = await searcher.search({ image: Uint8Array.of(1), category });
  expect(new Set(hits.map((hit) => hit.category))).toEqual(new Set([category]));
  expect([model.looks.length, scans]).toEqual([2, 4]);
});

test("no second look where a box is given, none was found, every look has it already, or an item is the question", async () => {
  const unsure = () => new TwoLooks(between(one, strange, 0.75), other);
  const given = unsure();
  await asked(given, { box: MAIN });
  const none = unsure();
  none.box = [0, 0, 1, 1];
  await asked(none);
  const closer = unsure();
  closer.card = eyes.card;
  await asked(closer);
  const item = unsure();
  await asked(item, { itemId: items[3]!.itemId });
  expect([given, none, closer, item].map(({ looks }) => looks.length)).toEqual([1, 1, 1, 0]);
});
