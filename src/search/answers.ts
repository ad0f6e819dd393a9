import { createHash } from "node:crypto";
import type { Store } from "../catalog/index.ts";
import { LookseeError } from "../errors.ts";
import { type Eyes, Searcher } from "./searcher.ts";

const HITS = 20;
/** Hex digits of an answer's hash: two different answers look equal once in 2^64. */
const DIGITS = 16;

/**
 * What the catalog answers to "more like this item", as a hash of each first page: items, variants, pictures and
 * distances in their order. Needs codes and features only, no network, so any copy of the data can be asked.
 * An item without a picture that the model has seen answers "".
 */
export async function answersOf(
  store: Store,
  catalogName: string,
  modelId: string,
  itemIds: readonly string[],
  onAnswer: (done: number) => void = () => {},
): Promise<string[]> {
  // One thread: many small questions in a row gain nothing from handing each to others and back.
  const searcher = await Searcher.open(store, catalogName, remembering(store, catalogName, modelId), { threads: 1 });
  try {
    const answers: string[] = [];
    for (const itemId of itemIds) {
      answers.push(await answerTo(searcher, itemId));
      onAnswer(answers.length);
    }
    return answers;
  } finally {
    await searcher.close();
  }
}

async function answerTo(searcher: Searcher, itemId: string): Promise<string> {
  try {
    const { hits } = await searcher.search({ itemId, limit: HITS });
    const shown = hits.map(({ itemId, variantId, imageId, distance }) => [itemId, variantId, imageId, distance]);
    return createHash("sha256").update(JSON.stringify(shown)).digest("hex").slice(0, DIGITS);
  } catch (error) {
    if (error instanceof LookseeError && error.code === "CATALOG_EMPTY") return "";
    throw error;
  }
}

/** A model that only remembers what it has seen; its scores mean nothing and are not looked at. */
function remembering(store: Store, catalogName: string, modelId: string): Eyes {
  const catalog = store.catalog(catalogName);
  const [first] = catalog.changes(modelId, 0);
  const categories = first ? (catalog.sights(modelId, first.imageId)?.category.length ?? 0) : 0;
  const card = {
    id: modelId,
    version: 0,
    categories: Array.from({ length: categories }, (_, at) => String(at)),
    calibration: { score: { slope: 1, intercept: 0 }, noGoodMatch: 0 },
  };
  const see = () => {
    throw new LookseeError("INTERNAL", `model ${modelId} is not open`, "Ask about items, not photos");
  };
  return { id: modelId, card: card as unknown as Eyes["card"], see };
}
