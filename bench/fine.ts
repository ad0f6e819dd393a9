import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { openStore } from "../src/catalog/index.ts";
import { LookseeError } from "../src/errors.ts";
import { cosine } from "../src/ranking/index.ts";
import { Guesser } from "../src/search/guess.ts";
import { headInput } from "../src/search/learn.ts";
import { clusterInterval } from "../src/search/measures.ts";
import { Mirror } from "../src/search/mirror.ts";
import { readQueries } from "../src/search/queries.ts";
import { defaultModelFolder, openModel } from "../src/vision/index.ts";
import { AttributeHeads } from "./attribute-heads.ts";
import { commandOf, type Machine, machine } from "./set-up.ts";

const SURVIVORS = 1200;
/** What an attribute's log probability may weigh beside the cosine; chosen on the items of one half, told of the other. */
const WEIGHTS = [0.001, 0.003, 0.01, 0.03];

type Way = "codes" | "features" | "attributes" | "bestCategory" | "twoBestCategories";
const WAYS: readonly Way[] = ["codes", "features", "attributes", "bestCategory", "twoBestCategories"];

/** A picture that came through, with what each way orders by. */
type Candidate = { itemId: string; distance: number; cosine: number; attributes: number; category: string | null };
type Asked = { itemId: string; candidates: Candidate[]; categories: string[] };

export type FineFigures = {
  model: string;
  catalog: string;
  queries: number;
  attributes: { name: string; values: number }[];
  /** Identical recall by way of ordering the coarse survivors, and its 95 % gain over codes, by item. */
  ways: Record<Way, { recall: Record<"1" | "4" | "20", number>; gain: Record<"1" | "20", [lo: number, hi: number]> }>;
  weight: number;
  machine: Machine;
  command: string;
};

/**
 * `npm run -s bench -- fine --data DIR --catalog NAME --queries photos.csv [--model FOLDER] [--json]`: what each part of the
 * fine re-rank adds to the order by codes: int8 features; attributes guessed from the photo by heads fitted on the catalog;
 * and what a search of the likeliest category, or of the two likeliest, loses or gains. Asks the items whose hash is odd.
 */
export async function benchFine(args: readonly string[]): Promise<FineFigures> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: "string" },
      catalog: { type: "string" },
      queries: { type: "string" },
      model: { type: "string", default: defaultModelFolder() },
      json: { type: "boolean" },
    },
  });
  if (!values.data || !values.catalog || !values.queries)
    throw new LookseeError("USAGE", "name --data, --catalog and --queries", "See bench/fine.ts");
  const store = openStore(values.data);
  const catalog = store.catalog(values.catalog);
  const model = await openModel(values.model);
  const mirror = await Mirror.open(catalog, model.id, 1);
  try {
    const guesser = new Guesser(catalog, model.id, mirror);
    const heads = AttributeHeads.of(catalog, model.id, mirror);
    const asked: Asked[] = [];
    const queries = (await readQueries(values.queries)).filter(({ itemId }) => itemId !== null);
    for (const { path, itemId } of queries) {
      const sight = await model.see(readFileSync(path));
      const hits = await mirror.index.search(sight.code, SURVIVORS);
      const ids = hits.map(({ id }) => id);
      const features = catalog.features(model.id, ids);
      const owners = catalog.ownersOfImages(ids);
      const names = catalog.categoryOfImages(ids);
      const attributes = heads.judge(headInput(sight.feature, 1, sight.category));
      const guesses = await guesser.guess(sight, hits, new Set());
      asked.push({
        itemId: itemId!,
        categories: guesses.slice(0, 2).map(({ name }) => name),
        candidates: hits.flatMap(({ id, distance }) =>
          (owners.get(id) ?? []).map((owner) => ({
            itemId: owner.itemId,
            distance,
            cosine: cosine(sight.feature, features.get(id)!),
            attributes: attributes(owner.itemId),
            category: names.get(id) ?? null,
          })),
        ),
      });
    }
    const odd = (one: Asked) => createHash("sha256").update(one.itemId).digest()[0]! % 2 === 1;
    const rightWith = (weight: number) =>
      asked.filter((one) => !odd(one)).filter((one) => rankOf(one, "attributes", weight) === 1).length;
    const weight = WEIGHTS.reduce((best, next) => (rightWith(next) > rightWith(best) ? next : best));
    const told = asked.filter(odd);
    return {
      ...{ model: model.id, catalog: values.catalog, queries: told.length, attributes: heads.listed, weight },
      ways: Object.fromEntries(WAYS.map((way) => [way, figuresOf(told, way, weight)])) as FineFigures["ways"],
      machine: machine(),
      command: commandOf("fine", args),
    };
  } finally {
    await mirror.close();
    await model.close();
    store.close();
  }
}

/** 1-based place of the true item; Infinity where it did not come through. */
function rankOf({ itemId, candidates, categories }: Asked, way: Way, weight: number): number {
  const of = (one: Candidate): number => {
    if (way === "codes") return -one.distance;
    if (way === "attributes") return one.cosine + weight * one.attributes;
    if (way === "bestCategory" && one.category !== categories[0]) return Number.NEGATIVE_INFINITY;
    if (way === "twoBestCategories" && !categories.includes(one.category ?? "")) return Number.NEGATIVE_INFINITY;
    return one.cosine;
  };
  const best = new Map<string, number>();
  for (const one of candidates)
    best.set(one.itemId, Math.max(of(one), best.get(one.itemId) ?? Number.NEGATIVE_INFINITY));
  const own = best.get(itemId) ?? Number.NEGATIVE_INFINITY;
  if (own === Number.NEGATIVE_INFINITY) return Number.POSITIVE_INFINITY;
  // Among equals the middle place: an order by id would favour whoever came first.
  let [before, equal] = [0, 0];
  for (const value of best.values()) {
    if (value > own) before++;
    else if (value === own) equal++;
  }
  return before + Math.ceil(equal / 2);
}

function figuresOf(asked: readonly Asked[], way: Way, weight: number) {
  const ranks = asked.map((one) => rankOf(one, way, weight));
  const codes = asked.map((one) => rankOf(one, "codes", weight));
  const within = (k: number) => ranks.filter((rank) => rank <= k).length / ranks.length;
  const gain = (k: number) =>
    clusterInterval(
      ranks.map((rank, at) => Number(rank <= k) - Number(codes[at]! <= k)),
      asked.map(({ itemId }) => itemId),
      1,
    );
  return { recall: { "1": within(1), "4": within(4), "20": within(20) }, gain: { "1": gain(1), "20": gain(20) } };
}

export function table(figures: object): string {
  const { model, catalog, queries, attributes, ways, weight } = figures as FineFigures;
  const points = ([lo, hi]: [number, number]) => `${(100 * lo).toFixed(1)} to ${(100 * hi).toFixed(1)} pp`;
  return [
    `${model}, ${catalog}: ${queries} photos; identical recall@1, @4, @20, gain over codes @1, @20`,
    ...WAYS.map((way) => {
      const { recall, gain } = ways[way];
      const shares = Object.values(recall).map((share) => share.toFixed(3));
      return `${way.padEnd(18)} ${shares.join("  ")}  ${points(gain["1"]).padStart(18)}  ${points(gain["20"]).padStart(18)}`;
    }),
    `attributes: ${attributes.map(({ name, values }) => `${name} (${values})`).join(", ") || "none"}, weight ${weight}`,
  ].join("\n");
}
