import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Store } from "../../catalog/index.ts";
import { LookseeError } from "../../errors.ts";
import { type Card, openModel } from "../../vision/index.ts";

/**
 * Makes a model of a draft that `fill` puts the files into: opened as every later opening will open it, then given its
 * name; whole, or not there at all. Errors name `from` where they would name the draft. Hold the lock of the models.
 * Throws what `fill` and openModel throw, MODEL_EXISTS, DATA_UNWRITABLE.
 */
export async function takeModel<Filled>(
  store: Store,
  from: string,
  fill: (draft: string) => Promise<Filled>,
): Promise<{ card: Card; filled: Filled }> {
  const draft = store.models.draft();
  try {
    const filled = await fill(draft);
    const model = await openModel(draft); // card, network, golden answers
    await model.close();
    const answers = createHash("sha256").update(await readFile(join(draft, "golden.json")));
    await store.models.settle(draft, model.id, answers.digest("hex"));
    return { card: model.card, filled };
  } catch (error) {
    if (!(error instanceof LookseeError)) throw error;
    const told = (text: string) => text.replaceAll(draft, from.replace(/(?<=.)\/+$/, ""));
    throw new LookseeError(error.code, told(error.problem), told(error.remedy), { cause: error });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
