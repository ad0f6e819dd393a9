/**
 * A catalog that changes step by step, step k always alike, so that any state of it can be made again elsewhere.
 * As a program: takes steps on the data folder argv[2] from step argv[3] on until it is killed, a line each.
 */
import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type CatalogStore, hashOf, openStore, quantize } from "../../src/catalog/index.ts";

const NEW_A_STEP = 6;

function mulberry32(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** New items, an old one with another picture, and one removed: one commit. */
export async function takeStep(catalog: CatalogStore, k: number): Promise<void> {
  const random = mulberry32(k * 7919);
  const numbers = Array.from({ length: NEW_A_STEP }, (_, i) => k * NEW_A_STEP + i);
  const changed = Math.floor(random() * k * NEW_A_STEP);
  const images = [];
  const items = [];
  for (const n of k > 0 ? [...numbers, changed] : numbers) {
    const bytes = Buffer.from(`picture ${n} of step ${k} ${"x".repeat(200)}`);
    const feature = Float32Array.from({ length: 512 }, () => random() - 0.5);
    const code = new Uint8Array(64);
    for (const [i, value] of feature.entries()) if (value > 0) code[i >> 3]! |= 1 << (i & 7);
    const sha256 = hashOf(bytes);
    await catalog.storePicture(sha256, bytes);
    const sight = {
      code,
      feature: quantize(feature),
      category: Float32Array.of(0.5, 0.5),
      box: [0, 0, 1, 1] as const,
      boxScore: 1,
    };
    images.push({ sha256, width: 9, height: 9, mime: "image/jpeg", bytes: bytes.length, sight });
    items.push({
      itemId: `i${n}`,
      title: `Item ${n} at ${k}`,
      description: null,
      url: null,
      price: n,
      currency: "EUR",
      stock: null,
      category: `c${n % 3}`,
      attributes: {},
      contentHash: `${n}-${k}`,
      variants: [],
      pictures: [{ variantId: null, sha256 }],
    });
  }
  await catalog.settlePictures();
  const removed = k % 5 === 4 ? [`i${Math.floor(random() * k * NEW_A_STEP)}`] : [];
  const job = { id: 1, run: 1 };
  catalog.commit({
    sourceId: catalog.source("steps"),
    modelId: "m1",
    images,
    items,
    unchanged: [],
    removed,
    origins: [],
    quarantined: [],
    job,
  });
}

if (import.meta.main) {
  const [, , dir, from] = process.argv;
  const store = openStore(dir!);
  for (let k = Number(from); ; k++) {
    await takeStep(store.catalog("main"), k);
    writeSync(1, `${k}\n`);
    await sleep(2);
  }
}
