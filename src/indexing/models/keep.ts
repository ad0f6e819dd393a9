import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../../catalog/index.ts";
import { LookseeError } from "../../errors.ts";
import { hasNewerCard, modelFolder, modelInUse, unseen } from "../../search/index.ts";
import { takeModel } from "./take.ts";

// A data folder keeps a copy of every model that its codes are made with. The one that comes with looksee leaves with it,
// and what comes with the next may be another: the copy answers on until somebody promotes that. Where the next has the same
// model with a newer card, that card answers, and the copy takes it over.

/** For another process that copies, which takes a second. */
const PATIENCE_MS = 30_000;
const ASK_EVERY_MS = 100;

/**
 * Before codes are made with the model in use: its files are here from now on, and it is written down as the one in use.
 * Throws MODEL_MISSING, DATA_UNWRITABLE, DATA_BUSY while another process adds a model, and what openModel throws.
 */
export async function keepModelInUse(store: Store, patienceMs = PATIENCE_MS): Promise<void> {
  if (await isKept(store)) return;
  await alone(store, patienceMs, async () => store.models.begin(await kept(store, await modelInUse(store))));
}

async function isKept(store: Store): Promise<boolean> {
  const promoted = store.models.promoted();
  return promoted !== null && store.models.has(promoted) && !(await hasNewerCard(store, promoted));
}

/** Before codes are made with any model, or it is promoted. Throws MODEL_UNKNOWN, and what keepModelInUse throws. */
export async function keepModel(store: Store, modelId: string): Promise<void> {
  if (!store.models.has(modelId)) await alone(store, PATIENCE_MS, () => kept(store, modelId));
}

/** Before an import; CATALOG_UNSEEN where new pictures would be all that a search finds. */
export async function keepForImport(store: Store, catalogName: string): Promise<void> {
  const known = store.catalogs().includes(catalogName);
  const fault = known ? await unseen(store, store.catalog(catalogName), await modelInUse(store)) : null;
  if (fault) throw fault;
  await keepModelInUse(store);
}

/**
 * For a data folder that was written before models were kept: does what an import would do, if its codes are of the
 * model in use and nobody writes to it. What stands in the way is a warning, for the folder answers without.
 */
export async function keepIfIdle(store: Store): Promise<void> {
  try {
    if ((await isKept(store)) || !(await hasMadeCodes(store))) return;
    const lock = store.models.lockCatalogs();
    await keepModelInUse(store, 0).finally(() => lock.release());
  } catch (error) {
    if (!(error instanceof LookseeError)) throw error;
    if (!/^(?:DATA_BUSY|MODEL_\w+)$/.test(error.code))
      process.emitWarning(`no copy of the model was made: ${error.message}`, { type: "LookseeWarning" });
  }
}

/** Whether the model in use has. */
export async function hasMadeCodes(store: Store): Promise<boolean> {
  const modelId = await modelInUse(store);
  return store.catalogs().some((name) => store.catalog(name).hasCodes(modelId));
}

/** What keeps catalogs from answering: MODEL_MISSING, or CATALOG_UNSEEN of each; empty: nothing. */
export async function faultsOfModels(store: Store): Promise<LookseeError[]> {
  try {
    await modelFolder(store, store.models.promoted());
  } catch (error) {
    if (error instanceof LookseeError) return [error];
    throw error;
  }
  const inUse = await modelInUse(store);
  const faults = await Promise.all(store.catalogs().map((name) => unseen(store, store.catalog(name), inUse)));
  return faults.filter((fault) => fault !== null);
}

/** Returns the id of the copy. */
async function kept(store: Store, modelId: string): Promise<string> {
  const from = await modelFolder(store, modelId);
  if (store.models.has(modelId)) {
    if (await hasNewerCard(store, modelId)) await store.models.renewCard(modelId, join(from, "card.json"));
    return modelId; // or another process was first
  }
  const { card } = await takeModel(store, from, async (draft) => store.models.fill(draft, from, await readdir(from)));
  return card.id;
}

/** One process at a time. */
async function alone(store: Store, patienceMs: number, work: () => Promise<unknown>): Promise<void> {
  let lock = store.models.tryLock();
  for (let waited = 0; !lock; waited += ASK_EVERY_MS, lock = store.models.tryLock()) {
    if (waited >= patienceMs)
      throw new LookseeError("DATA_BUSY", "another process is adding a model", "Try again once it has finished");
    await sleep(ASK_EVERY_MS);
  }
  try {
    await work();
  } finally {
    lock.release();
  }
}
