import type { Store } from "../../catalog/index.ts";
import { LookseeError } from "../../errors.ts";
import { modelFolder, modelInUse } from "../../search/index.ts";
import { defaultModelFolder, openModel, readCard } from "../../vision/index.ts";
import { type ModelInfo, modelInfo } from "./list.ts";

/**
 * Lets a model answer from now on, in one transaction; whoever serves the data folder follows within seconds, without
 * leaving out a question. Tried on this machine first. Promoting the model in use changes nothing.
 * Throws MODEL_UNKNOWN, MODEL_INCOMPLETE, DATA_BUSY while an import runs, and what openModel throws.
 */
export async function promoteModel(store: Store, modelId: string): Promise<ModelInfo> {
  const inUse = await modelInUse(store);
  await tried(store, modelId);
  if (modelId !== inUse) store.models.promote(modelId, inUse);
  return modelInfo(store, modelId);
}

/** Takes the last promotion back, on the same terms. MODEL_UNKNOWN if there was none. */
export async function rollBackModel(store: Store): Promise<ModelInfo> {
  const before = store.models.before();
  if (before === undefined)
    throw new LookseeError(
      "MODEL_UNKNOWN",
      "no model was promoted, so there is none to go back to",
      "See `looksee models ls`",
    );
  const modelId = before ?? (await readCard(defaultModelFolder())).id;
  await tried(store, modelId);
  store.models.rollback(modelId, await modelInUse(store));
  return modelInfo(store, modelId);
}

async function tried(store: Store, modelId: string): Promise<void> {
  await (await openModel(await modelFolder(store, modelId))).close();
}
