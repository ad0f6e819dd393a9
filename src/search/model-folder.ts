import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CatalogStore, Store } from "../catalog/index.ts";
import { LookseeError } from "../errors.ts";
import { type Card, defaultModelFolder, readCard } from "../vision/index.ts";

/**
 * Where a model of this data folder lies; null: the one that comes with looksee, which may be there too.
 * MODEL_UNKNOWN; MODEL_MISSING for the one in use, whose files should be here; MODEL_CARD.
 */
export async function modelFolder(store: Store, modelId: string | null): Promise<string> {
  if (modelId === null) return defaultModelFolder();
  if (store.models.has(modelId))
    return (await hasNewerCard(store, modelId)) ? defaultModelFolder() : store.models.folder(modelId);
  const own = (await readCard(defaultModelFolder())).id;
  if (modelId === own) return defaultModelFolder();
  if (modelId === store.models.promoted())
    throw new LookseeError(
      "MODEL_MISSING",
      `model ${modelId} is in use, and ${store.models.folder(modelId)} is not there (${LEFT})`,
      `Bring that folder back, or run \`looksee index --model ${own}\`, then \`looksee models promote ${own}\``,
    );
  const all = new Set([own, ...store.models.added()]);
  throw new LookseeError(
    "MODEL_UNKNOWN",
    `${store.dir} has no model ${JSON.stringify(modelId).slice(0, 100)}`,
    `It has ${[...all].join(", ")}; add another with \`looksee models add\``,
  );
}

/**
 * Whether the model kept under this id comes with looksee too, with a newer card: it sees what the copy sees, so codes stay
 * good, and what is made of that (the score, "no good match") was fitted anew. MODEL_MISSING, MODEL_CARD.
 */
export async function hasNewerCard(store: Store, modelId: string): Promise<boolean> {
  const [own, copy] = [defaultModelFolder(), store.models.folder(modelId)];
  const card = await readCard(own);
  if (card.id !== modelId) return false;
  const kept = await readCard(copy);
  if (kept.version >= card.version || seeingOf(kept) !== seeingOf(card)) return false;
  const [ours, theirs] = await Promise.all([own, copy].map((folder) => readFile(join(folder, "golden.json"), "utf8")));
  return ours === theirs;
}

const seeingOf = ({ input, outputs, categories, views, codeThresholds }: Card): string =>
  JSON.stringify([input, outputs, categories, views, codeThresholds]);

/** Id of the model that answers now. */
export async function modelInUse(store: Store): Promise<string> {
  return store.models.promoted() ?? (await readCard(defaultModelFolder())).id;
}

/**
 * Why a catalog answers nothing with the model in use though others have seen its pictures; null: it answers, none has
 * seen them, or `modelId` is not the model in use.
 */
export async function unseen(store: Store, catalog: CatalogStore, modelId: string): Promise<LookseeError | null> {
  if (catalog.hasCodes(modelId) || modelId !== (await modelInUse(store))) return null;
  const others = catalog.models();
  const last = others.at(-1);
  if (last === undefined) return null;
  const own = (await readCard(defaultModelFolder())).id;
  const here = others.findLast((other) => other === own || store.models.has(other));
  const index = `looksee index --catalog ${catalog.name}`;
  return new LookseeError(
    "CATALOG_UNSEEN",
    `model ${modelId}, which is in use, has seen no picture of catalog ${catalog.name}; ` +
      `${others.join(" and ")} ${here ? "has" : `has, and is not here (${LEFT})`}`,
    here
      ? `Run \`looksee models promote ${here}\`, or \`${index}\`, which looks at every picture again`
      : `Run \`${index}\`, which looks at every picture again; or, with the folder models/default of the earlier ` +
          `looksee, \`looksee models add FOLDER\` and \`looksee models promote ${last}\``,
  );
}

const LEFT = "a model that came with an earlier looksee, and was not kept, left with it";
