import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashOf, openStore } from "../src/catalog/index.ts";
import { fuse, headScores, restore, softmax, voters } from "../src/ranking/index.ts";
import { headInput, learn } from "../src/search/learn.ts";
import { Mirror } from "../src/search/mirror.ts";
import type { Labelled } from "./categories.ts";

type Guess = { name: string; p: number };

/** What each part says of a photo, the likeliest category first. */
export type Guessed = { group: string; label: string; head: Guess[]; vote: Guess[]; fusion: Guess[] };

const BITS = 512;
/** Part of the vote alone that is spread evenly, so that an unseen category is not impossible. */
const SMOOTHED = 1e-3;

/** Makes a catalog of `references`, learns from it what it teaches, and asks it about each of `queries`. */
export async function guessAll(
  references: readonly Labelled[],
  queries: readonly Labelled[],
  modelId: string,
): Promise<Guessed[]> {
  const dir = mkdtempSync(join(tmpdir(), "looksee-bench-"));
  const store = openStore(dir, { create: true });
  try {
    const catalog = store.createCatalog("references");
    const pictures = references.map((own, at) => ({ ...own, sha256: hashOf(Buffer.from(`${at} ${own.id}`)) }));
    catalog.commit({
      sourceId: catalog.source("bench"),
      modelId,
      images: pictures.map(({ sha256, sight }) => ({
        sha256,
        width: 1,
        height: 1,
        mime: "image/jpeg",
        bytes: 1,
        sight,
      })),
      items: [...Map.groupBy(pictures, ({ id }) => id)].map(([itemId, own]) => ({
        ...{ itemId, title: itemId, category: own[0]!.label, contentHash: itemId },
        ...{ description: null, url: null, price: null, currency: null, stock: null, attributes: {}, variants: [] },
        pictures: own.map(({ sha256 }) => ({ variantId: null, sha256 })),
      })),
      ...{ unchanged: [], removed: [], origins: [], quarantined: [] },
      job: { id: 1, run: 1 },
    });
    const mirror = await Mirror.open(catalog, modelId, 1);
    try {
      const { categories, head, fusion } = await learn(catalog, modelId, mirror);
      const indexOf = new Map(categories.map(({ name }, at) => [name, at]));
      const guessed: Guessed[] = [];
      for (const { group, label, sight } of queries) {
        const hits = await mirror.index.search(sight.code, voters(mirror.index.size));
        const names = catalog.categoryOfImages(hits.map(({ id }) => id));
        const ballot = {
          distances: Float64Array.from(hits, ({ distance }) => distance / BITS),
          labels: Int32Array.from(hits, ({ id }) => indexOf.get(names.get(id) ?? "") ?? -1),
        };
        const model = softmax(headScores(head, headInput(restore(sight.feature), 1, sight.category)));
        const even = model.map(() => 1 / model.length);
        const alone = fuse(even, ballot, { ...fusion, model: even.map(() => Number.MIN_VALUE) });
        const order = (shares: Float64Array): Guess[] =>
          categories.map(({ name }, at) => ({ name, p: shares[at]! })).sort((a, b) => b.p - a.p);
        guessed.push({
          ...{ group, label, head: order(model) },
          vote: order(alone.map((p) => (1 - SMOOTHED) * p + SMOOTHED / alone.length)),
          fusion: order(fuse(model, ballot, fusion)),
        });
      }
      return guessed;
    } finally {
      await mirror.close();
    }
  } finally {
    store.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
