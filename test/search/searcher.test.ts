import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CatalogStore } from "../../src/catalog/catalog-store.ts";
import { openStore, type Store } from "../../src/catalog/index.ts";
import { Searcher, type SearchHit, type SearchQuery, type SearchResult, SURVIVORS } from "../../src/search/index.ts";
import {
  codeOf,
  drawItems,
  eyes,
  featureOf,
  KINDS,
  MODEL,
  near,
  photoOf,
  type TestItem,
  temporaryShop,
  upsert,
} from "./shop.ts";

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
let shop: ReturnType<typeof temporaryShop>;
const open: { close(): Promise<void> }[] = [];

beforeEach(() => {
  shop = temporaryShop();
});
afterEach(async () => {
  for (const searcher of open.splice(0)) await searcher.close();
  shop.dispose();
});

async function searcherOf(store: Store = shop.store, threads = 1, model = eyes): Promise<Searcher> {
  const searcher = await Searcher.open(store, "main", model, { threads });
  open.push(searcher);
  return searcher;
}

/** Every hit of a search, page by page. */
async function everyHit(searcher: Searcher, query: SearchQuery): Promise<SearchHit[]> {
  let result = await searcher.search(query);
  const hits = [...result.hits];
  while (result.nextCursor !== null) {
    result = await searcher.search({ cursor: result.nextCursor });
    hits.push(...result.hits);
  }
  return hits;
}

/** What searching must give, worked out plainly: exact Hamming survivors, re-ordered by cosine, first of each item. */
function bruteForce(
  catalog: CatalogStore,
  feature: Float32Array,
  allowed: (imageId: number) => boolean = () => true,
): string[] {
  const code = codeOf(feature);
  const bits = (a: number) => a.toString(2).replaceAll("0", "").length;
  const survivors = [...catalog.changes(MODEL, 0)]
    .filter(({ imageId }) => allowed(imageId))
    .map(({ imageId, code: other }) => ({
      imageId,
      distance: code.reduce((sum, byte, i) => sum + bits(byte ^ other![i]!), 0),
    }))
    .sort((a, b) => a.distance - b.distance || a.imageId - b.imageId)
    .slice(0, SURVIVORS)
    .map((survivor) => {
      const { values, scale } = catalog.sights(MODEL, survivor.imageId)!.feature;
      return { ...survivor, cosine: feature.reduce((sum, value, i) => sum + value * values[i]! * scale, 0) };
    })
    .sort((a, b) =>
      Math.abs(a.cosine - b.cosine) > 1e-9 ? b.cosine - a.cosine : a.distance - b.distance || a.imageId - b.imageId,
    );
  const items: string[] = [];
  for (const { imageId } of survivors)
    for (const { itemId } of catalog.itemsOfImages([imageId]).get(imageId)!)
      if (!items.includes(itemId)) items.push(itemId);
  return items;
}

describe("a search", () => {
  test.each([1, 3, 50, 900])("over %i items gives the brute-force order, whatever the threads", async (count) => {
    const items = drawItems(count);
    upsert(shop.catalog, items);
    const one = await searcherOf();
    const two = await searcherOf(shop.store, 2);
    for (const seed of [1, 2, 3]) {
      const { pictures, kind } = items[(seed * 17) % count]!;
      const feature = near(pictures[0]!.feature, 5000 + seed, 1.5);
      const query = { image: photoOf(feature, kind!), limit: 100 };
      const hits = await everyHit(one, query);
      expect(hits.map(({ itemId }) => itemId)).toEqual(bruteForce(shop.catalog, feature));
      expect(await everyHit(two, query)).toEqual(hits);
      expect(hits[0]!.itemId).toBe(items[(seed * 17) % count]!.itemId);
    }
  });

  test("has the shape of the design, and scores that fall", async () => {
    upsert(shop.catalog, drawItems(30));
    const searcher = await searcherOf();
    const result = await searcher.search({ image: photoOf(featureOf(5, 1), 1), limit: 10 });
    expect(Object.keys(result)).toEqual(
      "searchId modelVersion imageId objects categories hits facets nextCursor noGoodMatch timings".split(" "),
    );
    expect(Object.keys(result.hits[0]!)).toEqual(
      "itemId variantId score distance imageId imageUrl box title url price currency category attributes".split(" "),
    );
    expect(Object.keys(result.timings)).toEqual("decode model vote coarse fine rank total".split(" "));
    expect(result).toMatchObject({
      modelVersion: "fake-1@1",
      imageId: null,
      objects: [{ box: [0.1, 0.2, 0.7, 0.8], score: 0.75, category: "shoes" }],
      facets: [],
    });
    const [hit] = result.hits;
    expect(hit).toMatchObject({ variantId: null, box: [0, 0, 1, 0.5], currency: "EUR", price: 10 });
    expect(hit!.imageUrl).toBe(`/v1/catalogs/main/images/${hit!.imageId}`);
    const scores = result.hits.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(Math.min(...scores)).toBeGreaterThan(0);
    expect(Math.max(...scores)).toBeLessThan(1);
  });

  test("promises less of the product once another looks the same, and does not say that there is no good match", async () => {
    const items = drawItems(30);
    upsert(shop.catalog, items);
    const searcher = await searcherOf();
    const { itemId, kind, pictures } = items[4]!;
    const feature = near(pictures[0]!.feature, 4000, 0.3);
    const query = { image: photoOf(feature, kind!), limit: 3 };
    const [alone, second] = (await searcher.search(query)).hits;
    expect([alone!.itemId, alone!.score > 0.9, second!.score < 0.1]).toEqual([itemId, true, true]);
    const twin = { id: "twin", feature: near(pictures[0]!.feature, 4001, 0.02), kind: kind! };
    upsert(shop.catalog, [{ itemId: "twin", kind, pictures: [twin] }]);
    const { hits, noGoodMatch } = await searcher.search(query);
    expect(new Set([hits[0]!.itemId, hits[1]!.itemId])).toEqual(new Set([itemId, "twin"]));
    expect(hits[0]!.score).toBeLessThan(alone!.score - 0.005);
    expect(hits[1]!.score).toBeGreaterThan(hits[0]!.score - 0.05);
    expect(noGoodMatch).toBe(false);
  });

  test("scores each hit by its cosine, its lead, and the lead's share of how far the first two items lie apart", async () => {
    const items = drawItems(30);
    upsert(shop.catalog, items);
    const searcher = await searcherOf();
    const photo = near(items[4]!.pictures[0]!.feature, 4000, 0.3);
    const hits = await everyHit(searcher, { image: photoOf(photo, items[4]!.kind!), limit: 4 });
    expect(hits).toHaveLength(30);
    const of = new Map(items.map(({ itemId, pictures }) => [itemId, pictures.map(({ feature }) => feature)]));
    const likest = ({ itemId }: SearchHit) => of.get(itemId)!.toSorted((a, b) => dot(photo, b) - dot(photo, a))[0]!;
    const [first, second] = [likest(hits[0]!), likest(hits[1]!)];
    for (const [n, hit] of hits.entries()) {
      const cosine = dot(photo, likest(hit));
      const by = cosine - dot(photo, n === 0 ? second : first);
      const share = by / (1 - dot(first, second));
      const logit = 12 * cosine - 8 + 3 * Math.tanh(by / 0.05) + Math.tanh(share / 0.5);
      expect(hit.score).toBeCloseTo(1 / (1 + Math.exp(-logit)), 2); // what is kept of a feature is int8
    }
  });

  test("restricted to a category finds all of it and nothing else", async () => {
    const items = drawItems(120);
    upsert(shop.catalog, items);
    const searcher = await searcherOf();
    const feature = featureOf(77, 0);
    const hits = await everyHit(searcher, { image: photoOf(feature, 0), category: "toys", limit: 7 });
    const toys = new Set(shop.catalog.imagesOfCategory("toys"));
    expect(hits).toHaveLength(40);
    expect(hits.map(({ itemId }) => itemId)).toEqual(bruteForce(shop.catalog, feature, (id) => toys.has(id)));
    expect(new Set(hits.map(({ category }) => category))).toEqual(new Set(["toys"]));
  });

  test("guesses the category from model and vote, although the model's categories are others", async () => {
    upsert(shop.catalog, drawItems(90));
    const searcher = await searcherOf();
    for (const [kind, name] of KINDS.entries()) {
      const { categories } = await searcher.search({ image: photoOf(featureOf(40 + kind, kind), kind) });
      expect(categories[0]!.name).toBe(name);
      expect(categories[0]!.p).toBeGreaterThan(0.9);
      expect(categories.reduce((sum, { p }) => sum + p, 0)).toBeCloseTo(1, 9);
      expect(categories.map(({ p }) => p)).toEqual(categories.map(({ p }) => p).sort((a, b) => b - a));
    }
    const picked = await searcher.search({ image: photoOf(featureOf(41, 1), 1), category: "toys" });
    expect(picked.categories[0]!.name).toBe("shoes"); // the guess stays honest under the shopper's choice
  });

  test("shows the variant whose picture matched, with its price, url and attributes", async () => {
    const [item] = drawItems(1);
    const [red, blue] = [0, 1].map((i) => ({ id: `v${i}`, kind: 0, feature: featureOf(500 + i, 0) }));
    upsert(shop.catalog, [
      { ...item!, pictures: [red!, blue!], variantOf: { v0: "red", v1: "blue" }, attributes: { fit: "slim" } },
    ]);
    const searcher = await searcherOf();
    const { hits } = await searcher.search({ image: photoOf(near(blue!.feature, 1, 0.5), 0) });
    expect(hits).toHaveLength(1);
    expect(hits[0]).toMatchObject({
      variantId: "blue",
      price: 21,
      url: "https://shop.example/item-1-0/blue",
      attributes: { fit: "slim", variant: "blue" },
    });
  });

  test("puts the best seller first among items that show the same picture", async () => {
    const picture = { id: "shared", kind: 1, feature: featureOf(3, 1) };
    const sellers = [3, undefined, 12, 7].map((sales, i) => ({
      itemId: `seller-${i}`,
      kind: 1,
      pictures: [picture],
      ...(sales === undefined ? {} : { attributes: { sales } }),
    }));
    upsert(shop.catalog, sellers);
    const { hits } = await (await searcherOf()).search({ image: photoOf(picture.feature, 1) });
    expect(hits.map(({ itemId }) => itemId)).toEqual(["seller-2", "seller-3", "seller-0", "seller-1"]);
  });

  test("says that there is no good match when the best is far", async () => {
    upsert(shop.catalog, drawItems(20));
    const searcher = await searcherOf();
    const known = drawItems(20)[4]!.pictures[0]!;
    expect((await searcher.search({ image: photoOf(known.feature, known.kind) })).noGoodMatch).toBe(false);
    expect((await searcher.search({ image: photoOf(featureOf(1, 7), 0) })).noGoodMatch).toBe(true);
  });

  test("asks more of a photo where products lie close together, if the model's card says how much", async () => {
    const [lone, other] = drawItems(2);
    const { feature } = lone!.pictures[0]!;
    const twin = { id: "twin", feature: near(feature, 4002, 0.3), kind: 1 };
    const image = photoOf(near(feature, 4003, 1), 1); // a cosine of 0.7 or so
    const saysNone = async (calibration: typeof eyes.card.calibration) => {
      const searcher = await searcherOf(shop.store, 1, { ...eyes, card: { ...eyes.card, calibration } });
      return (await searcher.search({ image })).noGoodMatch;
    };
    const { score } = eyes.card.calibration;
    const knowing = { score, presence: { slope: 10, nearest: -5, intercept: -4 }, noGoodMatch: 0.5 };
    const unknowing = { score, presence: { slope: 10, nearest: 0, intercept: -4 }, noGoodMatch: 0.5 };
    upsert(shop.catalog, [lone!, other!]);
    expect([await saysNone(knowing), await saysNone(unknowing)]).toEqual([false, false]);
    upsert(shop.catalog, [{ itemId: "twin", kind: 1, pictures: [twin] }]);
    expect([await saysNone(knowing), await saysNone(unknowing)]).toEqual([true, false]);
  });

  test("takes a stored photo by its id, with the box drawn anew", async () => {
    const items = drawItems(12);
    upsert(shop.catalog, items);
    const imageId = shop.store.savePhoto(photoOf(items[5]!.pictures[0]!.feature, 2));
    const result = await (await searcherOf()).search({ imageId, box: [0.2, 0.2, 0.4, 0.6] });
    expect(result).toMatchObject({ imageId, objects: [{ box: [0.2, 0.2, 0.4, 0.6], score: 1 }] });
    expect(result.hits[0]!.itemId).toBe("item-1-5");
  });
});

describe("similar items", () => {
  test("are no reason to say that there is no good match, however unlike the item they are: the catalog has it", async () => {
    const [item, other] = drawItems(2);
    upsert(shop.catalog, [other!]);
    const searcher = await searcherOf();
    const [picture] = item!.pictures;
    expect((await searcher.search({ image: photoOf(picture!.feature, picture!.kind) })).noGoodMatch).toBe(true);
    upsert(shop.catalog, [item!]);
    const { hits, noGoodMatch } = await searcher.search({ itemId: item!.itemId });
    expect([hits.map(({ itemId }) => itemId), noGoodMatch]).toEqual([[other!.itemId], false]);
  });

  test("are those nearest to the item's first picture, the item itself left out", async () => {
    const items = drawItems(60);
    upsert(shop.catalog, items);
    const searcher = await searcherOf();
    const result = await searcher.search({ itemId: "item-1-9", limit: 100 });
    const order = bruteForce(shop.catalog, items[9]!.pictures[0]!.feature).filter((id) => id !== "item-1-9");
    const agreeing = result.hits.filter(({ itemId }, i) => itemId === order[i]).length;
    expect(result.hits).toHaveLength(59);
    expect(agreeing).toBeGreaterThan(50); // the stored feature is rounded, so near ties may swap
    expect(result.imageId).toBeNull();
    expect(result.objects[0]).toMatchObject({ box: [0, 0, 1, 0.5], category: "bags" });
    await expect(searcher.search({ itemId: "nobody" })).rejects.toMatchObject({ code: "ITEM_UNKNOWN" });
  });

  test("an item that nothing sees yet says so", async () => {
    upsert(shop.catalog, drawItems(3));
    upsert(shop.catalog, [{ itemId: "bare", kind: 0, pictures: [] }]);
    await expect((await searcherOf()).search({ itemId: "bare" })).rejects.toMatchObject({ code: "CATALOG_EMPTY" });
  });
});

describe("read your writes", () => {
  test("an upsert, a change and a delete by another store show in the very next search", async () => {
    const items = drawItems(40);
    upsert(shop.catalog, items);
    const searcher = await searcherOf();
    const other = openStore(shop.dir);
    const elsewhere = other.catalog("main");
    const fresh: TestItem = { itemId: "fresh", kind: 0, pictures: [{ id: "f", kind: 0, feature: featureOf(31, 0) }] };
    const query = { image: photoOf(fresh.pictures[0]!.feature, 0) };
    const firstOf = async () => (await searcher.search(query)).hits[0]!.itemId;
    const before = await firstOf();
    expect(before).not.toBe("fresh");
    upsert(elsewhere, [fresh]);
    expect(await firstOf()).toBe("fresh");
    upsert(elsewhere, [{ ...fresh, pictures: [{ id: "g", kind: 0, feature: featureOf(32, 5) }] }]);
    expect(await firstOf()).toBe(before);
    upsert(elsewhere, [fresh]);
    expect(await firstOf()).toBe("fresh");
    elsewhere.deleteItem("fresh");
    expect(await firstOf()).toBe(before);
    other.close();
  });

  test("many searches at once, with writes between them, each see what was there before them", async () => {
    upsert(shop.catalog, drawItems(10));
    const searcher = await searcherOf();
    const asked: Promise<string>[] = [];
    for (let i = 0; i < 20; i++) {
      const feature = featureOf(700 + i, i % 3);
      upsert(shop.catalog, [
        { itemId: `late-${i}`, kind: i % 3, pictures: [{ id: `late-${i}`, kind: i % 3, feature }] },
      ]);
      asked.push(searcher.search({ image: photoOf(feature, i % 3) }).then(({ hits }) => hits[0]!.itemId));
    }
    expect(await Promise.all(asked)).toEqual(Array.from({ length: 20 }, (_, i) => `late-${i}`));
  });

  test("a search never sees half of a commit, whatever is committed while it works", async () => {
    // Every commit gives each of the twelve items its other picture; half of it would miss items or mix the two days.
    const days = [0, 1].map((day) =>
      Array.from({ length: 12 }, (_, i) => {
        const picture = { id: `half-${day}-${i}`, kind: 0, feature: near(featureOf(i, 0), 50 + day, 0.6) };
        return { itemId: `half-${i}`, kind: 0, pictures: [picture], attributes: { day } };
      }),
    );
    upsert(shop.catalog, days[0]!);
    const searcher = await searcherOf();
    const elsewhere = openStore(shop.dir);
    let calls = 0;
    const between = (name: "features" | "ownersOfImages") => {
      const own = CatalogStore.prototype[name] as (...given: unknown[]) => unknown;
      return vi.spyOn(CatalogStore.prototype, name).mockImplementation(function (
        this: CatalogStore,
        ...given: unknown[]
      ) {
        if (++calls % 4 === 0) upsert(elsewhere.catalog("main"), days[(calls / 4) % 2]!); // a try makes three of them
        return own.apply(this, given) as never;
      });
    };
    const spies = [between("features"), between("ownersOfImages")];
    const photo = photoOf(featureOf(3, 0), 0);
    for (let round = 0; round < 20; round++) {
      const { hits } = await searcher.search({ image: photo, limit: 20 });
      expect(hits.map(({ itemId }) => itemId).sort()).toEqual(days[0]!.map(({ itemId }) => itemId).sort());
      expect(new Set(hits.map(({ attributes }) => attributes.day)).size).toBe(1);
    }
    expect(calls).toBeGreaterThan(40); // some were worked out anew
    for (const spy of spies) spy.mockRestore();
    elsewhere.close();
  });

  test("a catalog that was empty at first is searchable with the first commit, tabs included", async () => {
    const searcher = await searcherOf();
    const query = { image: photoOf(featureOf(100_000, 0), 0) };
    await expect(searcher.search(query)).rejects.toMatchObject({ code: "CATALOG_EMPTY" });
    upsert(shop.catalog, drawItems(9));
    const { hits, categories } = await searcher.search(query);
    expect(hits[0]!.itemId).toBe("item-1-0");
    expect(categories.map(({ name }) => name).sort()).toEqual([...KINDS].sort());
  });

  test("codes of another model are not met", async () => {
    upsert(shop.catalog, drawItems(5));
    upsert(shop.catalog, drawItems(5, 2), "other-model");
    const hits = await everyHit(await searcherOf(), { image: photoOf(featureOf(1, 0), 0) });
    expect(hits.every(({ itemId }) => itemId.startsWith("item-1-"))).toBe(true);
  });
});

describe("pages", () => {
  const ids = (result: SearchResult) => result.hits.map(({ itemId }) => itemId);

  test("neither repeat nor skip, whatever the page's size and whatever is written meanwhile", async () => {
    const items = drawItems(73);
    upsert(shop.catalog, items);
    const searcher = await searcherOf();
    const query = { image: photoOf(featureOf(8, 2), 2) };
    const whole = ids(await searcher.search({ ...query, limit: 100 }));
    expect(whole).toHaveLength(73);
    const first = await searcher.search({ ...query, limit: 10 });
    upsert(shop.catalog, [{ itemId: "newcomer", kind: 2, pictures: [{ id: "n", kind: 2, feature: featureOf(8, 2) }] }]);
    const second = await searcher.search({ cursor: first.nextCursor!, limit: 25 });
    const again = await searcher.search({ ...query, cursor: first.nextCursor!, limit: 25 });
    const third = await searcher.search({ cursor: second.nextCursor!, limit: 100 });
    expect([...ids(first), ...ids(second), ...ids(third)]).toEqual(whole);
    expect(ids(again)).toEqual(ids(second));
    expect(third.nextCursor).toBeNull();
    expect([second.searchId, second.categories, second.noGoodMatch]).toEqual([
      first.searchId,
      first.categories,
      first.noGoodMatch,
    ]);
  });

  test("an item deleted between two pages is gone, and the others keep their places", async () => {
    upsert(shop.catalog, drawItems(30));
    const searcher = await searcherOf();
    const query = { image: photoOf(featureOf(8, 2), 2) };
    const whole = ids(await searcher.search({ ...query, limit: 100 }));
    const first = await searcher.search({ ...query, limit: 10 });
    shop.catalog.deleteItem(whole[12]!);
    const rest = await searcher.search({ cursor: first.nextCursor!, limit: 100 });
    expect(ids(rest)).toEqual(whole.slice(10).filter((id) => id !== whole[12]));
  });

  test("a cursor of another search or of nothing is refused", async () => {
    upsert(shop.catalog, drawItems(30));
    const searcher = await searcherOf();
    const { nextCursor } = await searcher.search({ itemId: "item-1-3", limit: 5 });
    const cursor = nextCursor!;
    expect((await searcher.search({ itemId: "item-1-3", cursor })).hits).toHaveLength(5);
    for (const query of [
      { itemId: "item-1-4" },
      { imageId: "x" },
      { category: "toys" },
      { box: [0, 0, 1, 1] as const },
    ])
      await expect(searcher.search({ ...query, cursor })).rejects.toMatchObject({ code: "SEARCH_BAD_INPUT" });
    for (const unknown of ["", "nonsense", "AAAAAAAAAAAAAAAA.10", "../../etc.1"])
      await expect(searcher.search({ cursor: unknown })).rejects.toMatchObject({ code: "CURSOR_EXPIRED" });
  });
});

describe("a bad question", () => {
  const image = photoOf(featureOf(1, 0), 0);
  test.each<[string, SearchQuery, string]>([
    ["nothing to look for", {}, "SEARCH_BAD_INPUT"],
    ["two things at once", { image, itemId: "a" }, "SEARCH_BAD_INPUT"],
    ["a page of none", { image, limit: 0 }, "SEARCH_BAD_INPUT"],
    ["a page of 101", { image, limit: 101 }, "SEARCH_BAD_INPUT"],
    ["half a hit", { image, limit: 1.5 }, "SEARCH_BAD_INPUT"],
    ["a box inside out", { image, box: [0.5, 0, 0.1, 1] }, "SEARCH_BOX"],
    ["a box in pixels", { image, box: [0, 0, 200, 100] }, "SEARCH_BOX"],
    ["a box of no numbers", { image, box: [Number.NaN, 0, 1, 1] }, "SEARCH_BOX"],
    ["a photo that was never stored", { imageId: "AAAAAAAAAAAAAAAAAAAAAA" }, "IMAGE_UNKNOWN"],
    ["an unknown category", { image, category: "shoos" }, "CATEGORY_UNKNOWN"],
  ])("%s is refused", async (_, query, code) => {
    upsert(shop.catalog, drawItems(6));
    await expect((await searcherOf()).search(query)).rejects.toMatchObject({ code });
  });

  test("an unknown category names the near ones", async () => {
    upsert(shop.catalog, drawItems(6));
    await expect((await searcherOf()).search({ image, category: "Shoos" })).rejects.toThrow('Near it are "shoes"');
  });

  test("an unknown catalog is refused when it is opened", async () => {
    await expect(Searcher.open(shop.store, "nope", eyes)).rejects.toMatchObject({ code: "CATALOG_UNKNOWN" });
  });
});
