import sharp from "sharp";
import { LookseeError } from "../../src/errors.ts";
import type { Model } from "../../src/server/model-schema.ts";
import type { Box, SearchResult } from "../../src/server/result-schema.ts";
import type { DoorCatalog, DoorModels, DoorQuery, DoorShop, ServedPicture, ShopItem } from "../../src/server/shop.ts";
import { reencode } from "../../src/vision/index.ts";

type Colour = readonly [r: number, g: number, b: number];
type Ware = ShopItem & { imageId: number; colour: Colour; category: string };

const CATEGORIES = ["bags", "shoes", "dress"] as const;
/** What this shop takes for the main object, wherever it is not told. */
const LEFT_HALF: Box = [0.04, 0.1, 0.48, 0.9];

/** 24 wares: eight hues in each of three categories, one of them sold without a price, a title or a page of its own. */
const WARES: readonly Ware[] = Array.from({ length: 24 }, (_, i) => {
  const category = CATEGORIES[i % 3]!;
  const colour = hue(Math.floor(i / 3) / 8);
  return {
    itemId: `ware/${i + 1}`,
    title: i === 5 ? null : `${category} number ${i + 1}, a title long enough to need two lines on a phone`,
    url: i === 3 ? "javascript:alert(1)" : i % 2 ? null : `https://shop.example/ware/${i + 1}`,
    price: i === 5 ? null : 10 + i * 7.5,
    currency: i === 5 ? null : "EUR",
    category,
    imageId: i + 1,
    colour,
  };
});

function hue(turn: number): Colour {
  const wave = (shift: number) => Math.round(127 + 127 * Math.cos(2 * Math.PI * (turn + shift)));
  return [wave(0), wave(2 / 3), wave(1 / 3)];
}

/** Stands in for a shop where the door alone is tested: it finds by mean colour, so a moved box changes the answer. */
export class ColourShop implements DoorShop {
  readonly saved = new Map<string, Uint8Array>();
  readonly queries: DoorQuery[] = [];
  readonly names: string[];
  /** Questions that have a next page, by cursor. */
  readonly cursors = new Map<string, { query: DoorQuery; start: number }>();
  /** What the next calls throw, to see a door meet trouble. */
  trouble: Error | undefined;

  /** What its model sees in every photo, the main object first. */
  objects: SearchResult["objects"] = [
    { box: LEFT_HALF, score: 0.9, category: "bags" },
    { box: [0.52, 0.1, 0.96, 0.9], score: 0.6, category: "shoes" },
  ];
  /** Of bags, shoes and dress. */
  guesses = [0.7, 0.2, 0.1];

  /** Id of the model that answers. */
  model = "colours-1";

  constructor(names: string[] = ["main"]) {
    this.names = names;
  }

  readonly models: DoorModels = {
    list: async () => ["colours-1", "colours-2"].map((modelId) => this.#model(modelId)),
    promote: async (modelId) => {
      if (!/^colours-[12]$/.test(modelId))
        throw new LookseeError("MODEL_UNKNOWN", `no model ${modelId}`, "Add it first");
      this.model = modelId;
      return this.#model(modelId);
    },
    faults: async () => [],
  };

  #model(modelId: string): Model {
    const catalogs = this.names.map((catalog) => ({ catalog, codes: 3, missing: 0 }));
    const inUse = modelId === this.model;
    return {
      modelId,
      version: 1,
      inUse,
      builtIn: false,
      bytes: 9,
      width: 64,
      side: 32,
      categories: 0,
      box: false,
      catalogs,
    };
  }

  catalogs(): string[] {
    if (this.trouble) throw this.trouble;
    return [...this.names];
  }

  catalog(name: string): DoorCatalog {
    if (this.names.includes(name)) return new ColourCatalog(this, name);
    throw new LookseeError("CATALOG_UNKNOWN", `there is no catalog ${name}`, "Import it first");
  }

  async savePhoto(bytes: Uint8Array, id = "drawn-by-the-shop"): Promise<string> {
    this.saved.set(id, await reencode(bytes, 1280));
    return id;
  }

  photo(id: string): Uint8Array {
    const photo = this.saved.get(id);
    if (photo) return photo;
    throw new LookseeError("IMAGE_UNKNOWN", "this photo is not kept any more", "Send the photo again");
  }
}

class ColourCatalog implements DoorCatalog {
  readonly name: string;
  readonly #shop: ColourShop;

  constructor(shop: ColourShop, name: string) {
    this.#shop = shop;
    this.name = name;
  }

  async search(query: DoorQuery): Promise<SearchResult> {
    this.#shop.queries.push(query);
    if (this.#shop.trouble) throw this.#shop.trouble;
    if (query.cursor) return this.#page(query.cursor);
    return this.#answer(query, 0);
  }

  /** A cursor remembers its question. */
  #page(cursor: string): Promise<SearchResult> {
    const next = this.#shop.cursors.get(cursor);
    if (!next) throw new LookseeError("CURSOR_EXPIRED", "this list is gone", "Search again");
    return this.#answer(next.query, next.start);
  }

  async #answer(query: DoorQuery, start: number): Promise<SearchResult> {
    const { category, limit = 20 } = query;
    if (category && !CATEGORIES.some((name) => name === category))
      throw new LookseeError(
        "CATEGORY_UNKNOWN",
        `there is no category ${category}`,
        `Take one of ${CATEGORIES.join(", ")}`,
      );
    // The real engine looks at the bytes, so that what it refuses is refused here.
    const sent = query.image && (await reencode(query.image, 512));
    const photo = sent ?? (query.imageId ? this.#shop.photo(query.imageId) : undefined);
    const objects = photo ? objectsOf(this.#shop.objects, query) : [];
    const colour = photo ? await meanColour(photo, objects[0]?.box) : ware(query.itemId!).colour;
    const ranked = WARES.filter((one) => !category || one.category === category)
      .map((one) => ({ one, distance: Math.round(Math.hypot(...one.colour.map((c, i) => c - colour[i]!))) }))
      .sort((a, b) => a.distance - b.distance || a.one.imageId - b.one.imageId);
    const hits = ranked.slice(start, start + limit).map(({ one, distance }) => {
      const { colour: _, imageId, ...rest } = one;
      const score = Math.max(0.02, 1 - distance / 300);
      return { ...rest, variantId: null, score, distance, imageId, imageUrl: "elsewhere", box: null, attributes: {} };
    });
    const nextCursor = start + limit < ranked.length ? `cursor-${this.#shop.cursors.size + 1}` : null;
    if (nextCursor) this.#shop.cursors.set(nextCursor, { query, start: start + limit });
    return {
      searchId: `s_${this.#shop.queries.length}`,
      modelVersion: "colour-1",
      imageId: query.imageId ?? null,
      objects,
      categories: CATEGORIES.map((name, id) => ({ id, name, p: this.#shop.guesses[id]! })),
      hits,
      facets: [],
      nextCursor,
      noGoodMatch: query.itemId === undefined && (hits[0]?.score ?? 0) < 0.5,
      timings: { decode: 1, model: 2, vote: 0, coarse: 0, fine: 0, rank: 0, total: 3 },
    };
  }

  similar(itemId: string, { limit }: { limit?: number }): Promise<SearchResult> {
    return this.search({ itemId, ...(limit ? { limit } : {}) });
  }

  async picture(imageId: number): Promise<ServedPicture> {
    return draw(imageId, 400);
  }

  async thumbnail(imageId: number, side: number): Promise<ServedPicture> {
    return draw(imageId, side);
  }

  info() {
    const categories = CATEGORIES.map((name, id) => ({ id, name, items: WARES.length / 3 }));
    return { name: this.name, items: 24, variants: 0, pictures: 24, categories, model: "colour-1" };
  }

  items({ limit, cursor = "0" }: { limit: number; cursor?: string }) {
    const end = Number(cursor) + limit;
    return {
      items: WARES.slice(Number(cursor), end).map(({ colour: _, ...item }) => item),
      nextCursor: end < WARES.length ? String(end) : null,
    };
  }

  item(itemId: string): ShopItem {
    const { colour: _, ...item } = ware(itemId);
    return item;
  }
}

function ware(itemId: string): Ware {
  const found = WARES.find((one) => one.itemId === itemId);
  if (found) return found;
  throw new LookseeError("ITEM_UNKNOWN", `there is no item ${itemId}`, "Look it up in the catalog");
}

/** What is searched for first, as the engine says it. */
function objectsOf(objects: SearchResult["objects"], { box, category }: DoorQuery): SearchResult["objects"] {
  if (box) return [{ box, score: 1, category: objects[0]?.category ?? null }];
  const meant = objects.find((object) => object.category === category);
  return meant ? [meant, ...objects.filter((object) => object !== meant)] : objects;
}

async function meanColour(photo: Uint8Array, box: DoorQuery["box"]): Promise<Colour> {
  const { width, height } = await sharp(photo).metadata();
  const [x1, y1, x2, y2] = box ?? LEFT_HALF;
  const region = {
    left: Math.min(width - 1, Math.floor(x1 * width)),
    top: Math.min(height - 1, Math.floor(y1 * height)),
    width: Math.max(1, Math.floor((x2 - x1) * width)),
    height: Math.max(1, Math.floor((y2 - y1) * height)),
  };
  const { data } = await sharp(photo)
    .removeAlpha()
    .extract(region)
    .resize(1, 1)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return [data[0]!, data[1]!, data[2]!];
}

const SHAPES = {
  bags: '<rect x="22" y="38" width="56" height="44" rx="6"/><path d="M36 38a14 14 0 0 1 28 0" fill="none" stroke-width="5"/>',
  shoes: '<path d="M14 62c14 0 22-12 30-22l10 8c8 10 22 10 32 16v12H14z"/>',
  dress: '<path d="M38 14h24l-4 26 20 46H22l20-46z"/>',
};

async function draw(imageId: number, side: number): Promise<ServedPicture> {
  const one = WARES[imageId - 1];
  if (!one) throw new LookseeError("IMAGE_UNKNOWN", `there is no picture ${imageId}`, "Take one from a search result");
  const colour = `rgb(${one.colour.join(",")})`;
  const shape = SHAPES[one.category as keyof typeof SHAPES];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" viewBox="0 0 100 100">
    <rect width="100" height="100" fill="#fff"/><g fill="${colour}" stroke="${colour}">${shape}</g></svg>`;
  return { bytes: await sharp(Buffer.from(svg)).jpeg().toBuffer(), mime: "image/jpeg", etag: `colour-${imageId}` };
}

/** A photo, left half in one ware's colour and right half in another's. */
export function twoColourPhoto(left = 1, right = 13): Promise<Buffer> {
  const [a, b] = [left, right].map((n) => `rgb(${WARES[n - 1]!.colour.join(",")})`);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"><rect width="640" height="480" fill="#b9b2a6"/>
    <rect x="26" y="48" width="281" height="384" rx="24" fill="${a}"/><rect x="333" y="48" width="281" height="384" rx="24" fill="${b}"/></svg>`;
  return sharp(Buffer.from(svg)).jpeg().toBuffer();
}
