import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CatalogStore,
  hashOf,
  type ImageRecord,
  type ItemRecord,
  openStore,
  quantize,
  type Store,
} from "../../src/catalog/index.ts";
import type { Eyes } from "../../src/search/index.ts";
import type { Box, Sight } from "../../src/vision/index.ts";
import { mulberry32 } from "../ranking/random.ts";

export const KINDS = ["bags", "shoes", "toys"] as const;
export const MODEL = "fake-1";

/** A unit vector around the centre of its kind; the same seed gives the same vector. */
export function featureOf(seed: number, kind: number, spread = 1): Float32Array {
  const centre = mulberry32(9000 + kind);
  const random = mulberry32(seed);
  const gauss = (next: () => number) => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return unit(Float32Array.from({ length: 512 }, () => gauss(centre) + spread * gauss(random)));
}

/** A vector near another, as a photo of the same product is. */
export function near(feature: Float32Array, seed: number, noise: number): Float32Array {
  const random = mulberry32(seed);
  return unit(feature.map((value) => value + (noise * (random() - 0.5)) / Math.sqrt(512 / 12)));
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

export function codeOf(feature: Float32Array): Uint8Array {
  const code = new Uint8Array(64);
  for (const [i, value] of feature.entries()) if (value > 0) code[i >> 3]! |= 1 << (i & 7);
  return code;
}

/** What the fake model says of a picture of `kind`: right, and 80 % sure. Its own categories are in another order. */
export function kindsOf(kind: number): Float32Array {
  return Float32Array.from({ length: KINDS.length }, (_, m) => (m === (kind + 1) % KINDS.length ? 0.8 : 0.1));
}

/** A "photo" for the fake model: its bytes are the kind and the feature. */
export function photoOf(feature: Float32Array, kind: number): Uint8Array {
  return new Uint8Array(Float32Array.of(kind, ...feature).buffer.slice(0));
}

/** A model of the right contract that reads what it sees straight from the bytes. */
export const eyes: Eyes = {
  id: MODEL,
  card: {
    id: MODEL,
    version: 1,
    categories: ["m0", "m1", "m2"],
    views: { sum: [{ of: "box", size: 1.15, weight: 1 }], minBoxScore: 0.2 }, // so that no question looks twice
    codeThresholds: null,
    calibration: {
      score: { slope: 12, intercept: -8, lead: { most: 3, within: 0.05 }, share: { most: 1, within: 0.5 } },
      noGoodMatch: 0.2,
    },
  } as unknown as Eyes["card"],
  async see(bytes: Uint8Array, box?: Box): Promise<Sight> {
    const [kind, ...values] = new Float32Array(new Uint8Array(bytes).buffer);
    const feature = Float32Array.from(values);
    return {
      category: kindsOf(kind!),
      box: box ?? [0.1, 0.2, 0.7, 0.8],
      boxScore: box ? 1 : 0.75,
      objects: [],
      feature,
      code: codeOf(feature),
      width: 100,
      height: 80,
      format: "jpeg",
      timings: { decode: 1, model: 2 },
    };
  },
};

export type Picture = { id: string; feature: Float32Array; kind: number };
export type TestItem = {
  itemId: string;
  kind: number | null;
  pictures: Picture[];
  variantOf?: Record<string, string>; // picture id -> variantId
  attributes?: Record<string, string | number>;
};

const imageRecord = ({ id, feature, kind }: Picture): ImageRecord => ({
  sha256: hashOf(Buffer.from(id)),
  width: 100,
  height: 80,
  mime: "image/jpeg",
  bytes: 10,
  sight: {
    code: codeOf(feature),
    feature: quantize(feature),
    category: kindsOf(kind),
    box: [0, 0, 1, 0.5],
    boxScore: 0.5,
  },
});

const itemRecord = (item: TestItem): ItemRecord => ({
  itemId: item.itemId,
  title: `title of ${item.itemId}`,
  description: null,
  url: `https://shop.example/${item.itemId}`,
  price: 10,
  currency: "EUR",
  stock: null,
  category: item.kind === null ? null : KINDS[item.kind]!,
  attributes: item.attributes ?? {},
  contentHash: `${Math.random()}`,
  variants: [...new Set(Object.values(item.variantOf ?? {}))].map((variantId, index) => ({
    variantId,
    title: null,
    url: `https://shop.example/${item.itemId}/${variantId}`,
    price: 20 + index,
    currency: null,
    stock: null,
    attributes: { variant: variantId },
    contentHash: variantId,
  })),
  pictures: item.pictures.map(({ id }) => ({
    variantId: item.variantOf?.[id] ?? null,
    sha256: hashOf(Buffer.from(id)),
  })),
});

/** `rowsOnly`: their pictures are known and have not changed. */
export function upsert(catalog: CatalogStore, items: readonly TestItem[], modelId = MODEL, rowsOnly = false): void {
  catalog.commit({
    sourceId: catalog.source("test"),
    modelId,
    images: rowsOnly ? [] : items.flatMap(({ pictures }) => pictures.map(imageRecord)),
    items: items.map(itemRecord),
    unchanged: [],
    removed: [],
    origins: [],
    quarantined: [],
    job: { id: 1, run: 1 },
  });
}

/** `count` items of one to three pictures each, of the three kinds in turn. */
export function drawItems(count: number, seed = 1): TestItem[] {
  const random = mulberry32(seed);
  return Array.from({ length: count }, (_, i) => {
    const kind = i % KINDS.length;
    const first = featureOf(seed * 100_000 + i, kind);
    const pictures = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, p) => ({
      id: `${seed}-${i}-${p}`,
      kind,
      feature: p === 0 ? first : near(first, i * 7 + p, 1.2),
    }));
    return { itemId: `item-${seed}-${i}`, kind, pictures };
  });
}

/** A data folder that goes away with `dispose`. */
export function temporaryShop(): { dir: string; store: Store; catalog: CatalogStore; dispose(): void } {
  const dir = mkdtempSync(join(tmpdir(), "looksee-search-"));
  const store = openStore(dir, { create: true });
  const catalog = store.createCatalog("main");
  return {
    dir,
    store,
    catalog,
    dispose() {
      store.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
