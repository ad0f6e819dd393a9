import type { Store } from "../../catalog/index.ts";
import { LookseeError } from "../../errors.ts";
import { modelFolder, modelInUse } from "../../search/index.ts";
import { openModel } from "../../vision/index.ts";
import { hasMadeCodes, keepModel, keepModelInUse } from "./keep.ts";
import { type ModelInfo, modelInfo } from "./list.ts";

/**
 * Lets a model answer from now on, in one transaction; whoever serves the data folder follows within seconds, without
 * leaving out a question. Tried on this machine first. Promoting the model in use changes nothing.
 * Throws MODEL_UNKNOWN, MODEL_INCOMPLETE, DATA_BUSY while an import runs, DATA_UNWRITABLE, and what openModel throws.
 */
export async function promoteModel(store: Store, modelId: string): Promise<ModelInfo> {
  await tried(store, modelId);
  if (store.models.promoted() === null && (await hasMadeCodes(store)))
    await keepModelInUse(store).catch((error) => {
      // A model that cannot answer here is none to come back to.
      if (!(error instanceof LookseeError && error.code.startsWith("MODEL_"))) throw error;
    });
  const inUse = await modelInUse(store);
  if (modelId !== inUse) store.models.promote(modelId, inUse);
  return modelInfo(store, modelId);
}

/** Takes the last promotion back, on the same terms. MODEL_UNKNOWN if there was none. */
export async function rollBackModel(store: Store): Promise<ModelInfo> {
  const modelId = store.models.before();
  const inUse = await modelInUse(store);
  if (modelId === null)
    throw new LookseeError(
      "MODEL_UNKNOWN",
      `no model was promoted before ${inUse}, so there is none to go back to`,
      "See `looksee models ls` for those that can be promoted",
    );
  await tried(store, modelId);
  store.models.rollback(modelId, inUse);
  return modelInfo(store, modelId);
}

async function tried(store: Store, modelId: string): Promise<void> {
  await keepModel(store, modelId);
  await (await openModel(await modelFolder(store, modelId))).close();
}
