import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ModelCoverage, Store } from "../../catalog/index.ts";
import { modelFolder, modelInUse } from "../../search/index.ts";
import { type Card, defaultModelFolder, readCard } from "../../vision/index.ts";

/** A model that a data folder can answer with, or could. */
export type ModelInfo = {
  modelId: string;
  version: number;
  /** Whether it answers now. */
  inUse: boolean;
  /** Whether it comes with this version of looksee. */
  builtIn: boolean;
  /** Of the network file. */
  bytes: number;
  /** Numbers in a feature before the map to 512, pixels of the side. */
  width: number;
  side: number;
  /** Categories that it names, and whether it finds a box. */
  categories: number;
  box: boolean;
  /** How much of each catalog it has seen; it can be promoted once it lacks nothing. */
  catalogs: ModelCoverage[];
};

/** The model that comes with looksee first, then those added, by id. */
export async function listModels(store: Store): Promise<ModelInfo[]> {
  const own = (await readCard(defaultModelFolder())).id;
  return Promise.all([...new Set([own, ...store.models.added()])].map((modelId) => modelInfo(store, modelId)));
}

/** MODEL_UNKNOWN, MODEL_CARD. */
export async function modelInfo(store: Store, modelId: string): Promise<ModelInfo> {
  const [{ folder, card }, inUse] = [await cardOf(store, modelId), await modelInUse(store)];
  const own = (await readCard(defaultModelFolder())).id;
  return {
    modelId,
    version: card.version,
    inUse: modelId === inUse,
    builtIn: modelId === own,
    bytes: (await stat(join(folder, "model.onnx"))).size,
    width: card.outputs.feature.width,
    side: card.input.side,
    categories: card.categories.length,
    box: card.outputs.box !== null,
    catalogs: store.models.coverage(modelId, inUse),
  };
}

/** MODEL_UNKNOWN, MODEL_CARD. */
export async function cardOf(store: Store, modelId: string): Promise<{ folder: string; card: Card }> {
  const folder = await modelFolder(store, modelId);
  return { folder, card: await readCard(folder) };
}
