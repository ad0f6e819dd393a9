import { setImmediate } from "node:timers/promises";
import type { CatalogStore } from "../catalog/index.ts";
import {
  type Fusion,
  fitFusion,
  fitTemperature,
  type Head,
  HeadSums,
  headLogLikelihood,
  headScores,
  type KindTable,
  kindTable,
  poolRare,
  softmax,
  spanOf,
  voters,
  type Witness,
} from "../ranking/index.ts";
import type { Mirror } from "./mirror.ts";
import { CODE_BYTES } from "./sample.ts";

/** What was learnt from the catalog about guessing its own categories. */
export type Fit = {
  /** The shop's categories, by ascending id, when this was fitted. */
  categories: { id: number; name: string }[];
  head: Head;
  fusion: Fusion;
  /** For objects of which only the model's kind is known. */
  kinds: KindTable;
  /** Codes in the catalog at the time. */
  codes: number;
};

const BITS = CODE_BYTES * 8;
/** Held-out questions asked of the catalog itself: fewer on large catalogs, where each costs a long scan. */
const WITNESSES = { most: 1000, least: 100, scannedCodes: 1e8 };
/** Room for the question's own item among the neighbours, which does not vote. */
const OWN_PICTURES = 16;
const FOLDS = 5;
/** See HeadSums.head; the one under which held-out truths are most likely is taken, the first where nothing tells. */
const SHRINKS = [0.8, 0.2, 0.03];
/** Pictures added up between two looks at what else is to be done: some 10 ms. */
const AT_ONCE = 64;
/** What the model's own categories weigh among the feature's values: the same over all, however many it has. */
const MODEL_PART = 0.2;
const LEAST_SHARE = 1e-4;

/** What a head sees of a picture: its feature (unit length, 512) and the logarithms of the model's category shares. */
export function headInput(feature: ArrayLike<number>, scale: number, model: Float32Array): Float32Array {
  const input = new Float32Array(feature.length + model.length);
  for (let i = 0; i < feature.length; i++) input[i] = feature[i]! * scale;
  const part = MODEL_PART / Math.sqrt(model.length);
  for (let m = 0; m < model.length; m++) input[feature.length + m] = part * Math.log(model[m]! + LEAST_SHARE);
  return input;
}

type Sampled = {
  imageId: number;
  code: Uint8Array;
  truth: number;
  model: Float32Array;
  input: Float32Array;
  items: string[];
  fold: number;
};

/**
 * Fits head and fusion on a sample of the catalog's own pictures, in turn with other work: a second of one core for 4,000.
 * What the head says of a picture that takes part in the fusion's fit, it says without having seen its item.
 */
export async function learn(catalog: CatalogStore, modelId: string, mirror: Mirror): Promise<Fit> {
  const codes = mirror.index.size;
  const listed = [...mirror.categories()].sort((a, b) => a.id - b.id);
  const categories = listed.map(({ id, name }) => ({ id, name }));
  const indexOf = new Map(categories.map(({ name }, index) => [name, index]));
  const sampled = categories.length < 2 ? [] : sample(catalog, modelId, mirror, indexOf);
  const pooling = poolRare(listed.map(({ items }) => items));
  const count = Math.max(
    WITNESSES.least,
    Math.min(WITNESSES.most, Math.floor(WITNESSES.scannedCodes / Math.max(1, codes))),
  );
  const asked = sampled.slice(0, count);
  const { head, shares } = await fitHead(sampled, asked, categories.length, (truth) => listed[truth]!.items);

  const witnesses: Witness[] = [];
  for (const [at, picture] of asked.entries()) {
    const model = new Float64Array(pooling.classes);
    for (const [c, share] of shares[at]!.entries()) model[pooling.of[c]!] = model[pooling.of[c]!]! + share;
    const ballot = await ballotOf(picture, catalog, mirror, (name) => {
      const index = indexOf.get(name);
      return index === undefined ? -1 : pooling.of[index]!;
    });
    witnesses.push({ ...ballot, truth: pooling.of[picture.truth]!, model, item: picture.items[0]! });
  }
  const fusion = fitFusion(witnesses, pooling.classes);
  const model = Float64Array.from(categories, (_, c) => fusion.model[pooling.of[c]!]!);
  return { categories, head, fusion: { ...fusion, model }, kinds: kindTable(sampled, categories.length), codes };
}

/** The sampled pictures that have a category, in the sample's order; all pictures of an item are in one fold. */
function sample(catalog: CatalogStore, modelId: string, mirror: Mirror, indexOf: Map<string, number>): Sampled[] {
  const entries = mirror.sample.entries();
  const ids = entries.map(([imageId]) => imageId);
  const names = catalog.categoryOfImages(ids);
  const owners = catalog.ownersOfImages(ids);
  const foldOf = new Map<string, number>();
  const sampled: Sampled[] = [];
  for (const [imageId, code] of entries) {
    const truth = indexOf.get(names.get(imageId) ?? "");
    const items = [...new Set((owners.get(imageId) ?? []).map(({ itemId }) => itemId))];
    const sight = truth === undefined || items.length === 0 ? undefined : catalog.sights(modelId, imageId);
    if (truth === undefined || !sight) continue; // without a category, or gone since it was sampled
    const fold = foldOf.get(items[0]!) ?? foldOf.size % FOLDS;
    foldOf.set(items[0]!, fold);
    const input = headInput(sight.feature.values, sight.feature.scale, sight.category);
    sampled.push({ imageId, code, truth, model: sight.category, input, items, fold });
  }
  return sampled;
}

/** The head of all sampled pictures, and the shares that those `asked` were given by a head that had not seen their fold. */
async function fitHead(
  sampled: readonly Sampled[],
  asked: readonly Sampled[],
  classes: number,
  itemsOf: (truth: number) => number,
): Promise<{ head: Head; shares: Float64Array[] }> {
  const values = sampled[0]?.input.length ?? 0;
  const span =
    sampled.length < values
      ? spanOf(
          sampled.map(({ input }) => input),
          values,
        )
      : null;
  const row = (at: number) => span?.rows[at] ?? sampled[at]!.input;
  const folds = Array.from({ length: FOLDS }, () => new HeadSums(span?.width ?? values, classes, values));
  for (const [at, { truth, fold }] of sampled.entries()) {
    folds[fold]!.add(row(at), truth);
    if (at % AT_ONCE === AT_ONCE - 1) await setImmediate();
  }
  let best: { shrink: number; temperature: number; scores: Float64Array[] } | null = null;
  let bestValue = Number.NEGATIVE_INFINITY;
  const others = folds.map((_, fold) => HeadSums.of(folds.filter((_, other) => other !== fold)));
  // A category that lies wholly in one fold is no witness to what a head can know of it.
  const frequent = asked.flatMap(({ truth }, at) => (itemsOf(truth) >= FOLDS ? [at] : []));
  for (const shrink of SHRINKS) {
    const heads: Head[] = [];
    for (const sums of others) {
      heads.push(sums.head(shrink));
      await setImmediate();
    }
    const scores = asked.map(({ fold }, at) => headScores(heads[fold]!, row(at)));
    const judged = frequent.map((at) => scores[at]!);
    const truths = frequent.map((at) => asked[at]!.truth);
    const temperature = fitTemperature(judged, truths);
    const value = headLogLikelihood(judged, truths, temperature);
    if (value > bestValue || !best) best = { shrink, temperature, scores };
    bestValue = Math.max(bestValue, value);
  }
  const { shrink, temperature, scores } = best!;
  const head = HeadSums.of(folds).head(shrink);
  return {
    head: { ...(span ? span.lift(head) : head), temperature },
    shares: scores.map((own) => softmax(own.map((score) => score / temperature))),
  };
}

/** The neighbours of one of the catalog's pictures, its own items' pictures left out. */
async function ballotOf(
  { imageId, code, items }: Sampled,
  catalog: CatalogStore,
  mirror: Mirror,
  labelOf: (name: string) => number,
) {
  const voting = voters(mirror.index.size);
  const own = new Set([imageId, ...items.flatMap((itemId) => catalog.imagesOfItem(itemId))]);
  const hits = await mirror.index.search(code, voting + OWN_PICTURES);
  const neighbours = hits.filter(({ id }) => !own.has(id)).slice(0, voting);
  const names = catalog.categoryOfImages(neighbours.map(({ id }) => id));
  return {
    distances: Float64Array.from(neighbours, ({ distance }) => distance / BITS),
    labels: Int32Array.from(neighbours, ({ id }) => labelOf(names.get(id) ?? "")),
  };
}
