import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CatalogStore } from "../../src/catalog/catalog-store.ts";
import { openStore } from "../../src/catalog/index.ts";
import { type Eyes, Searcher, type SearchResult } from "../../src/search/index.ts";
import type { Box } from "../../src/vision/index.ts";
import { codeOf, drawItems, eyes, featureOf, kindsOf, temporaryShop, upsert } from "./shop.ts";

const [BAG, SHOE, TOY] = [0, 1, 2];
/** `kind`: from afar; `closer`: of a second look, if that says otherwise. */
type Thing = { kind: number; seed: number; box: Box; score: number; closer?: number };
const MAIN: Box = [0.1, 0.1, 0.5, 0.9];
const bag: Thing = { kind: BAG, seed: 801, box: MAIN, score: 0.75 };
const shoe: Thing = { kind: SHOE, seed: 802, box: [0.6, 0.6, 0.9, 0.9], score: 0.9 };
const toy: Thing = { kind: TOY, seed: 803, box: [0.6, 0.1, 0.9, 0.4], score: 0.6 };

/** A photo for the model below: its bytes say what it shows, the main thing first. */
const photoOf = (...things: Thing[]): Uint8Array => Buffer.from(JSON.stringify(things));

/** A model that sees what such a photo says, and counts its looks. */
class SceneEyes implements Pick<Eyes, "id" | "card" | "see"> {
  readonly id = eyes.id;
  readonly card = eyes.card;
  readonly boxes: (Box | undefined)[] = [];

  async see(bytes: Uint8Array, box?: Box) {
    this.boxes.push(box);
    const things: Thing[] = JSON.parse(Buffer.from(bytes).toString());
    const at = things.find((thing) => box?.every((v, i) => v === thing.box[i])) ?? things[0]!;
    const feature = featureOf(at.seed, at.closer ?? at.kind);
    return {
      category: kindsOf(at.closer ?? at.kind),
      box: box ?? at.box,
      boxScore: box ? 1 : at.score,
      objects: box ? [] : things.slice(1).map(({ box, score, kind }) => ({ box, score, category: kindsOf(kind) })),
      feature,
      code: codeOf(feature),
      ...{ width: 100, height: 80, format: "jpeg", timings: { decode: 1, model: 2 } },
    };
  }
}

let shop: ReturnType<typeof temporaryShop>;
let model: SceneEyes;
let searcher: Searcher | undefined;
beforeEach(() => {
  shop = temporaryShop();
  model = new SceneEyes();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await searcher?.close();
  searcher = undefined;
  shop.dispose();
});

async function opened(items = drawItems(120)): Promise<Searcher> {
  upsert(shop.catalog, items);
  searcher = await Searcher.open(shop.store, "main", model as Eyes, { threads: 1 });
  return searcher;
}

const ids = ({ hits }: SearchResult) => hits.map(({ itemId }) => itemId);

describe("what a photo shows", () => {
  test("is the main object first, then the others with their scores, and the shop's name for their kind", async () => {
    const { objects, timings } = await (await opened()).search({ image: photoOf(bag, shoe, toy) });
    expect(objects).toEqual([
      { box: MAIN, score: 0.75, category: "bags" },
      { box: shoe.box, score: 0.9, category: "shoes" },
      { box: toy.box, score: 0.6, category: "toys" },
    ]);
    expect(model.boxes).toEqual([undefined]);
    expect(timings).toMatchObject({ decode: 1, model: 2 });
  });

  test("has no name where the shop has nothing of that kind", async () => {
    const without = drawItems(120).filter(({ kind }) => kind !== TOY);
    const { objects } = await (await opened(without)).search({ image: photoOf(bag, shoe, toy) });
    expect(objects.map(({ category }) => category)).toEqual(["bags", "shoes", null]);
  });

  test("has no name where the shop's categories divide what looks like that", async () => {
    const mixed = drawItems(120).map((item, i) => ({ ...item, kind: i % 2, pictures: item.pictures.slice(0, 1) }));
    const { objects } = await (await opened(mixed)).search({ image: photoOf(bag, shoe, toy) });
    expect(objects.slice(1).map(({ category }) => category)).toEqual([null, null]);
  });

  test("is nothing but the box where one is given, and nothing but the picture's box for an item", async () => {
    const search = await opened();
    const { objects } = await search.search({ image: photoOf(bag, shoe), box: shoe.box });
    expect(objects).toEqual([{ box: shoe.box, score: 1, category: "shoes" }]);
    expect((await search.search({ itemId: "item-1-1", category: "bags" })).objects).toHaveLength(1);
    expect(model.boxes).toEqual([shoe.box]);
  });
});

describe("with a category chosen", () => {
  test("that the main object is of, or may be, it stays; choosing costs no second look", async () => {
    const search = await opened();
    const { objects } = await search.search({ image: photoOf(bag, shoe), category: "bags" });
    expect(objects.map(({ category }) => category)).toEqual(["bags", "shoes"]);
    expect(model.boxes).toHaveLength(1);
  });

  test("that no object is of, the main object is searched for, without a second look", async () => {
    const search = await opened();
    const { objects, hits } = await search.search({ image: photoOf(bag, shoe), category: "toys" });
    expect([objects[0]!.box, hits[0]!.category]).toEqual([MAIN, "toys"]);
    expect(model.boxes).toHaveLength(1);
  });

  test("that another object is of, that one is searched for by a closer look, and comes first", async () => {
    const search = await opened();
    const image = photoOf(bag, toy, shoe);
    const result = await search.search({ image, category: "shoes", limit: 40 });
    expect(result.objects).toEqual([
      { box: shoe.box, score: 0.9, category: "shoes" },
      { box: MAIN, score: 0.75, category: "bags" },
      { box: toy.box, score: 0.6, category: "toys" },
    ]);
    expect(result.categories[0]!.name).toBe("bags"); // the tabs stay where they were
    expect(model.boxes).toEqual([undefined, shoe.box]);
    expect(result.timings).toMatchObject({ decode: 2, model: 4 });
    const byBox = await search.search({ image, category: "shoes", box: shoe.box, limit: 40 });
    expect(ids(result)).toEqual(ids(byBox));
    const all = await search.search({ image, limit: 100 });
    const asMain = ids(all).filter((id) => ids(result).includes(id));
    expect(ids(result), "not in the order in which they resemble the main object").not.toEqual(asMain);
  });

  test("of two such objects the one that is surer to be there is looked at", async () => {
    const other = { ...shoe, seed: 804, box: [0.6, 0.1, 0.9, 0.3], score: 0.5 } as const;
    const { objects } = await (await opened()).search({ image: photoOf(bag, shoe, other), category: "shoes" });
    expect(objects.map(({ box }) => box)).toEqual([shoe.box, MAIN, other.box]);
  });

  test("an object that a closer look finds to be something else is left where it is", async () => {
    const search = await opened();
    const image = photoOf(bag, { ...shoe, closer: TOY });
    const result = await search.search({ image, category: "shoes" });
    expect(result.objects[0]!.box).toEqual(MAIN);
    expect(model.boxes).toEqual([undefined, shoe.box]);
    expect(ids(result)).toEqual(ids(await search.search({ image: photoOf(bag), category: "shoes" })));
    expect(result.timings).toMatchObject({ decode: 2, model: 4 });
  });

  test("a given box is what was meant, whatever its category", async () => {
    const search = await opened();
    const { objects } = await search.search({ image: photoOf(bag, shoe), category: "shoes", box: MAIN });
    expect(objects.map(({ box }) => box)).toEqual([MAIN]);
    expect(model.boxes).toEqual([MAIN]);
  });

  test("pages go on in the same list, without a look; a stored photo gives the same again", async () => {
    const search = await opened();
    const imageId = shop.store.savePhoto(photoOf(bag, shoe));
    const query = { imageId, category: "shoes" };
    const whole = await search.search({ ...query, limit: 100 });
    expect(whole.hits).toHaveLength(40);
    const first = await search.search({ ...query, limit: 15 });
    const looks = model.boxes.length;
    const second = await search.search({ ...query, limit: 100, cursor: first.nextCursor! });
    expect([...ids(first), ...ids(second)]).toEqual(ids(whole));
    expect(second.objects).toEqual(whole.objects);
    expect(second.nextCursor).toBeNull();
    expect(model.boxes).toHaveLength(looks);
    await expect(search.search({ imageId, box: MAIN, cursor: first.nextCursor! })).rejects.toThrow("SEARCH_BAD_INPUT");
  });

  test("a search that is worked out anew, because something was committed meanwhile, looks once", async () => {
    const search = await opened();
    const elsewhere = openStore(shop.dir);
    const features = CatalogStore.prototype.features;
    let calls = 0;
    vi.spyOn(CatalogStore.prototype, "features").mockImplementation(function (this: CatalogStore, ...given) {
      if (calls++ < 3) upsert(elsewhere.catalog("main"), drawItems(3, 10 + calls));
      return features.apply(this, given);
    });
    const { objects } = await search.search({ image: photoOf(bag, shoe), category: "shoes" });
    elsewhere.close();
    expect(calls).toBe(6); // three tries of two each: the fine stage, and how far the first two items lie apart
    expect(objects[0]!.box).toEqual(shoe.box);
    expect(model.boxes).toEqual([undefined, shoe.box]);
  });
});
