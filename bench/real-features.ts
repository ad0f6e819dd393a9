import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "../src/catalog/index.ts";
import { LookseeError } from "../src/errors.ts";
import { openMall } from "../src/mall/index.ts";
import { defaultModelFolder, openModel } from "../src/vision/index.ts";

/** Features of real pictures, 512 a row: those to search among, and those of pictures to ask with, which are not among them. */
export type RealFeatures = { gallery: Float32Array; queries: Float32Array; from: string };

/** Drawn where no data folder is given: mall items, and photos of as many others and of some of these. */
const DRAWN = 2000;
const PHOTOS = 200;

/**
 * From catalogs of a data folder, `queries` being catalogs of photos; or, without a folder, from a mall drawn now. What
 * is in both is taken out of the gallery. A held-out `Nth` of each gallery named with `/N` becomes queries too.
 */
export async function realFeatures(
  data: string | undefined,
  galleries: readonly string[],
  queries: readonly string[],
  seed: number,
): Promise<RealFeatures> {
  if (data === undefined) return drawn(seed);
  if (!existsSync(join(data, "looksee.db")))
    throw new LookseeError("USAGE", `${data} is no data folder`, "Name one that `looksee import` has filled");
  const store = openStore(data);
  const { id: modelId } = JSON.parse(readFileSync(join(defaultModelFolder(), "card.json"), "utf8"));
  const rows = (name: string): Map<number, Float32Array> => {
    const catalog = store.catalog(name);
    const ids = [...catalog.changes(modelId, 0)].filter(({ code }) => code).map(({ imageId }) => imageId);
    const found = new Map<number, Float32Array>();
    for (let from = 0; from < ids.length; from += 500)
      for (const [id, { values, scale }] of catalog.features(modelId, ids.slice(from, from + 500)))
        found.set(
          id,
          Float32Array.from(values, (value) => value * scale),
        );
    return found;
  };
  try {
    const asked = new Map<number, Float32Array>(queries.flatMap((name) => [...rows(name)]));
    const held = new Map<number, Float32Array>();
    for (const named of galleries) {
      const [name, nth] = named.split("/") as [string, string?];
      for (const [i, [id, feature]] of [...rows(name)].entries())
        if (nth && i % Number(nth) === 0) asked.set(id, feature);
        else held.set(id, feature);
    }
    for (const id of asked.keys()) held.delete(id);
    if (held.size < 100 || asked.size === 0)
      throw new LookseeError(
        "USAGE",
        `${held.size} features of ${modelId} to search in, ${asked.size} to ask with`,
        "Name catalogs that hold pictures seen by the default model: `looksee index` brings them up to date",
      );
    const from = `${galleries.join(", ")}; queries ${[...queries, ...galleries.filter((name) => name.includes("/"))].join(", ")}`;
    return { gallery: flat([...held.values()]), queries: shuffled([...asked.values()], seed), from };
  } finally {
    store.close();
  }
}

async function drawn(seed: number): Promise<RealFeatures> {
  const mall = openMall({ items: DRAWN, seed });
  const model = await openModel(defaultModelFolder());
  try {
    const see = async (draw: (i: number) => Promise<Uint8Array>, n: number): Promise<Float32Array[]> => {
      const found: Float32Array[] = [];
      for (let i = 0; i < n; i += 16) {
        const some = Array.from({ length: Math.min(16, n - i) }, (_, j) => draw(i + j).then((jpeg) => model.see(jpeg)));
        found.push(...(await Promise.all(some)).map(({ feature }) => feature));
        process.stderr.write(`\r${i + some.length} of ${n} pictures seen`);
      }
      process.stderr.write("\n");
      return found;
    };
    const gallery = await see((i) => mall.picture(i), DRAWN);
    const photo = async (i: number): Promise<Uint8Array> => (await mall.photo((i * 7) % DRAWN, 0)).jpeg;
    return { gallery: flat(gallery), queries: flat(await see(photo, PHOTOS)), from: `a mall of ${DRAWN} items` };
  } finally {
    await model.close();
  }
}

function flat(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.length * 512);
  for (const [i, row] of rows.entries()) all.set(row, i * 512);
  return all;
}

/** Rows in an order that depends on the seed alone, so that the first hundred stand for all. */
function shuffled(rows: Float32Array[], seed: number): Float32Array {
  const keys = rows.map((row, i) => ({ row, key: Math.imul(i + 1 + seed * 7919, 0x9e3779b1) >>> 0 }));
  return flat(keys.sort((a, b) => a.key - b.key).map(({ row }) => row));
}

/** Bit i is set where value i is above 0. */
export function codesOf(features: Float32Array): Uint8Array {
  const codes = new Uint8Array(features.length / 8);
  for (let i = 0; i < features.length; i++) if (features[i]! > 0) codes[i >>> 3]! |= 1 << (i & 7);
  return codes;
}
