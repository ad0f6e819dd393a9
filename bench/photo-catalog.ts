import { type CatalogStore, hashOf, type ImageRecord, type ItemRecord, quantize } from "../src/catalog/index.ts";
import type { Mall } from "../src/mall/index.ts";
import { codeOf, type Model } from "../src/vision/index.ts";

/** Rows a transaction: each ends in a sync of the disk. */
const BATCH = 20_000;
const WIDTH = 512;

export type Grown = { codes: Uint8Array; seconds: number };

/**
 * Fills a catalog with `count` items of one picture each, through the catalog's own commits. What the model sees in the
 * mall's pictures is real for the first `mall.items`; every further item is one of those features with Gaussian noise,
 * cosine 0.5 to 0.95 to the real one, so that codes crowd around real ones as a shop's do rather than being uniform.
 * Picture files are not written: a million of them would fill a disk, and a search reads those of its first hits alone (storePictures).
 */
export async function growCatalog(
  catalog: CatalogStore,
  model: Model,
  mall: Mall,
  count: number,
  seed: number,
): Promise<Grown> {
  const seen = [];
  for (let i = 0; i < Math.min(mall.items, count); i++) {
    const sight = await model.see(await mall.picture(i));
    seen.push({ ...sight, item: mall.item(i) });
  }
  const started = performance.now();
  const noise = gaussians(1 << 20, seed);
  const random = mulberry32(seed + 1);
  const codes = new Uint8Array(count * 64);
  const sourceId = catalog.source("bench");
  for (let start = 0; start < count; start += BATCH) {
    const images: ImageRecord[] = [];
    const items: ItemRecord[] = [];
    for (let i = start; i < Math.min(start + BATCH, count); i++) {
      const base = seen[i % seen.length]!;
      const feature = i < seen.length ? base.feature : blurred(base.feature, 0.5 + 0.45 * random(), noise, random);
      const code = codeOf(feature, model.card.codeThresholds);
      codes.set(code, i * 64);
      const sha256 = hashOf(Buffer.from(`bench ${seed} ${i}`));
      const { category, box, boxScore } = base;
      const sight = { code, feature: quantize(feature), category, box, boxScore };
      images.push({ sha256, width: 480, height: 480, mime: "image/jpeg", bytes: 1, sight });
      items.push(itemOf(base.item, i, sha256));
    }
    const batch = { sourceId, modelId: model.id, images, items, job: { id: 0, run: 0 } };
    catalog.commit({ ...batch, unchanged: [], removed: [], origins: [], quarantined: [] });
    process.stderr.write(`\r${Math.min(start + BATCH, count)} of ${count} items stored`);
  }
  process.stderr.write("\n");
  return { codes, seconds: (performance.now() - started) / 1000 };
}

/** Stores the pictures that a search will open: a further item's is that of the drawn one it lies around. */
export async function storePictures(catalog: CatalogStore, mall: Mall, imageIds: Iterable<number>): Promise<void> {
  for (const imageId of new Set(imageIds)) {
    const picture = await mall.picture((imageId - 1) % mall.items); // a new data folder numbers pictures 1, 2, 3, …
    await catalog.storePicture(catalog.picture(imageId).hash, picture);
  }
}

function itemOf(item: ReturnType<Mall["item"]>, i: number, sha256: string): ItemRecord {
  return {
    itemId: `item-${i}`,
    title: item.title,
    description: null,
    url: `https://shop.example/item-${i}`,
    price: item.price,
    currency: item.currency,
    stock: null,
    category: item.category,
    attributes: { brand: item.brand, material: item.material, color: item.colors[0] ?? "", sales: item.sales },
    contentHash: sha256,
    variants: [],
    pictures: [{ variantId: null, sha256 }],
  };
}

/** A unit vector at about the given cosine to `feature`. */
function blurred(feature: Float32Array, cosine: number, noise: Float32Array, random: () => number): Float32Array {
  const from = Math.floor(random() * (noise.length - WIDTH));
  const spread = Math.sqrt((1 - cosine * cosine) / WIDTH); // independent noise is nearly orthogonal to the feature
  const result = new Float32Array(WIDTH);
  let square = 0;
  for (let d = 0; d < WIDTH; d++) {
    const value = cosine * feature[d]! + spread * noise[from + d]!;
    result[d] = value;
    square += value * value;
  }
  const length = Math.sqrt(square);
  for (let d = 0; d < WIDTH; d++) result[d] = result[d]! / length;
  return result;
}

/** Standard normal numbers (Box and Muller). */
function gaussians(count: number, seed: number): Float32Array {
  const random = mulberry32(seed);
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

/** Seeded numbers in [0, 1). Source: Tommy Ettinger's mulberry32. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
