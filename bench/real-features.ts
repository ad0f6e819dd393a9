import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "../src/catalog/index.ts";
import { LookseeError } from "../src/errors.ts";
import { openMall } from "../src/mall/index.ts";
import { defaultModelFolder, openModel } from "../src/vision/index.ts";

/** Features of real pictures, 512 a row: those to search among, and those of pictures to ask with, which are not among them. */
export type RealFeatures = {
  gallery: Float32Array;
  queries: Float32Array;
  /** Of each row, the number of the category that the model finds likeliest, from 1. */
  galleryCategories: Uint16Array;
  queryCategories: Uint16Array;
  from: string;
};

type Row = { feature: Float32Array; category: number };

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
  const rows = (name: string): Map<number, Row> => {
    const catalog = store.catalog(name);
    const ids = [...catalog.changes(modelId, 0)].filter(({ code }) => code).map(({ imageId }) => imageId);
    const found = new Map<number, Row>();
    for (const id of ids) {
      const { feature, category } = catalog.sights(modelId, id)!;
      const { values, scale } = feature;
      found.set(id, { feature: Float32Array.from(values, (value) => value * scale), category: likeliest(category) });
    }
    return found;
  };
  try {
    const asked = new Map<number, Row>(queries.flatMap((name) => [...rows(name)]));
    const held = new Map<number, Row>();
    for (const named of galleries) {
      const [name, nth] = named.split("/") as [string, string?];
      for (const [i, [id, row]] of [...rows(name)].entries())
        if (nth && i % Number(nth) === 0) asked.set(id, row);
        else held.set(id, row);
    }
    for (const id of asked.keys()) held.delete(id);
    if (held.size < 100 || asked.size === 0)
      throw new LookseeError(
        "USAGE",
        `${held.size} features of ${modelId} to search in, ${asked.size} to ask with`,
        "Name catalogs that hold pictures seen by the default model: `looksee index` brings them up to date",
      );
    const from = `${galleries.join(", ")}; queries ${[...queries, ...galleries.filter((name) => name.includes("/"))].join(", ")}`;
    return realOf([...held.values()], shuffled([...asked.values()], seed), from);
  } finally {
    store.close();
  }
}

async function drawn(seed: number): Promise<RealFeatures> {
  const mall = openMall({ items: DRAWN, seed });
  const model = await openModel(defaultModelFolder());
  try {
    const see = async (draw: (i: number) => Promise<Uint8Array>, n: number): Promise<Row[]> => {
      const found: Row[] = [];
      for (let i = 0; i < n; i += 16) {
        const some = Array.from({ length: Math.min(16, n - i) }, (_, j) => draw(i + j).then((jpeg) => model.see(jpeg)));
        for (const { feature, category } of await Promise.all(some))
          found.push({ feature, category: likeliest(category) });
        process.stderr.write(`\r${i + some.length} of ${n} pictures seen`);
      }
      process.stderr.write("\n");
      return found;
    };
    const gallery = await see((i) => mall.picture(i), DRAWN);
    const photo = async (i: number): Promise<Uint8Array> => (await mall.photo((i * 7) % DRAWN, 0)).jpeg;
    return realOf(gallery, await see(photo, PHOTOS), `a mall of ${DRAWN} items`);
  } finally {
    await model.close();
  }
}

const likeliest = (category: Float32Array): number => 1 + category.indexOf(Math.max(...category));

function realOf(gallery: readonly Row[], queries: readonly Row[], from: string): RealFeatures {
  const categories = (rows: readonly Row[]): Uint16Array => Uint16Array.from(rows, ({ category }) => category);
  const [galleryCategories, queryCategories] = [categories(gallery), categories(queries)];
  return { gallery: flat(gallery), queries: flat(queries), galleryCategories, queryCategories, from };
}

function flat(rows: readonly Row[]): Float32Array {
  const all = new Float32Array(rows.length * 512);
  for (const [i, { feature }] of rows.entries()) all.set(feature, i * 512);
  return all;
}

/** Rows in an order that depends on the seed alone, so that the first hundred stand for all. */
function shuffled(rows: Row[], seed: number): Row[] {
  const keys = rows.map((row, i) => ({ row, key: Math.imul(i + 1 + seed * 7919, 0x9e3779b1) >>> 0 }));
  return keys.sort((a, b) => a.key - b.key).map(({ row }) => row);
}

/** Bit i is set where value i is above 0. */
export function codesOf(features: Float32Array): Uint8Array {
  const codes = new Uint8Array(features.length / 8);
  for (let i = 0; i < features.length; i++) if (features[i]! > 0) codes[i >>> 3]! |= 1 << (i & 7);
  return codes;
}
