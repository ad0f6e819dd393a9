import { existsSync } from "node:fs";
import type { Store } from "../catalog/index.ts";
import { LookseeError } from "../errors.ts";
import { defaultModelFolder, readCard } from "../vision/index.ts";

/** Where a model of this data folder lies; null: the one that comes with looksee. MODEL_UNKNOWN. */
export async function modelFolder(store: Store, modelId: string | null): Promise<string> {
  if (modelId === null) return defaultModelFolder();
  const added = store.models.added();
  if (added.includes(modelId) && existsSync(store.models.folder(modelId))) return store.models.folder(modelId);
  const own = (await readCard(defaultModelFolder())).id;
  if (modelId === own) return defaultModelFolder();
  throw new LookseeError(
    "MODEL_UNKNOWN",
    `${store.dir} has no model ${JSON.stringify(modelId).slice(0, 100)}`,
    `It has ${[own, ...added].join(", ")}; add another with \`looksee models add\``,
  );
}

/** Id of the model that answers now. */
export async function modelInUse(store: Store): Promise<string> {
  return store.models.promoted() ?? (await readCard(defaultModelFolder())).id;
}
