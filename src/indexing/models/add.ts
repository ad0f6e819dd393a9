import { readdir } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { Readable } from "node:stream";
import type { Store } from "../../catalog/index.ts";
import { config } from "../../config.ts";
import { LookseeError } from "../../errors.ts";
import {
  type Card,
  defaultModelFolder,
  FEATURE_WIDTH,
  LEAST_SAMPLE,
  ModelDraft,
  readCard,
} from "../../vision/index.ts";
import { inOrder } from "../gate.ts";
import { type Progress, Teller } from "../progress.ts";
import { fetchFromHub, HUB, type HubOptions } from "./hub.ts";
import { takeModel } from "./take.ts";

export type AddModelOptions = Pick<HubOptions, "endpoint" | "signal"> & { onProgress?: (progress: Progress) => void };

/** What `models add` answers. */
export type AddedModel = {
  modelId: string;
  folder: string;
  /** Pictures of the shop that its map and thresholds were fitted to; 0: it brought its own. */
  fittedTo: number;
  /** What the model lacks, for a person to know. */
  notes: string[];
};

/** Pictures that tell the directions of features wider than 512, and those that tell where each bit turns. */
const SAMPLE = { map: 1500, thresholds: 500 };
const IN_FLIGHT = 8;

/** What a model's folder may hold beside the files that its card and golden answers name. */
const FILES =
  /^(?:model\.onnx|card\.json|golden\.json|preprocessor_config\.json|[\w.-]+\.f32|golden|[\w.-]+\.onnx(?:_|\.)data)$/;

/**
 * Takes a model into the data folder: a folder with model.onnx and card.json, or `hf:owner/name` of the Hugging Face Hub.
 * Tried before it is taken, and whole or not there at all. It answers only once it has been promoted.
 * Throws MODEL_MISSING, MODEL_CARD, MODEL_GOLDEN, MODEL_EXISTS, MODEL_HUB, IMPORT_CANCELLED, DATA_*.
 */
export async function addModel(store: Store, from: string, options: AddModelOptions = {}): Promise<AddedModel> {
  const teller = new Teller(options.onProgress);
  const lock = store.models.tryLock();
  if (!lock) throw new LookseeError("DATA_BUSY", "another process is adding a model", "Try again once it has finished");
  try {
    return await takeIn(store, from, options, teller);
  } catch (cause) {
    if (!options.signal?.aborted) throw cause;
    const remedy = "Nothing of it is left; run the same command again";
    throw new LookseeError("IMPORT_CANCELLED", "the adding of a model was stopped", remedy, { cause });
  } finally {
    lock.release();
  }
}

async function takeIn(store: Store, from: string, options: AddModelOptions, teller: Teller): Promise<AddedModel> {
  const { card, filled } = await takeModel(store, from, async (draft) => {
    if (from.startsWith(HUB)) {
      const onBytes = (done: number, total: number) => teller.at("fetching", done, total);
      await fetchFromHub(from.slice(HUB.length), draft, { ...options, onBytes });
    } else await store.models.fill(draft, resolve(from), await filesOfModel(from));
    const completed = await complete(store, draft, nameOf(from), options.signal, teller);
    const { id } = await readCard(draft);
    if (id === (await readCard(defaultModelFolder())).id)
      throw new LookseeError(
        "MODEL_EXISTS",
        `${id} is the model that comes with looksee`,
        "Give the new one another id",
      );
    return completed;
  });
  const { wants, fittedTo } = filled;
  return { modelId: card.id, folder: store.models.folder(card.id), fittedTo, notes: notesOn(card, wants, fittedTo) };
}

/** Fills in what the folder lacks. Returns what that took of the shop's pictures, and how many there were. */
async function complete(
  store: Store,
  folder: string,
  name: string,
  signal: AbortSignal | undefined,
  teller: Teller,
): Promise<{ wants: ModelDraft["wants"]; fittedTo: number }> {
  const draft = await ModelDraft.open(folder, name, config.modelWorkers);
  try {
    const { wants } = draft;
    const most = wants === "nothing" ? 0 : SAMPLE[wants];
    const sample: Float32Array[] = [];
    const look = async (picture: () => Uint8Array): Promise<Float32Array | null> => {
      signal?.throwIfAborted();
      try {
        return await draft.featureOf(picture());
      } catch (error) {
        if (error instanceof LookseeError && /^(?:PICTURE|IMAGE)_/.test(error.code)) return null;
        throw error;
      }
    };
    const pictures = somePictures(store, most);
    for await (const feature of inOrder(Readable.from(pictures), IN_FLIGHT, look)) {
      if (feature) sample.push(feature);
      teller.at("fitting", sample.length, pictures.length);
    }
    await draft.finish(sample);
    return { wants, fittedTo: sample.length };
  } finally {
    await draft.close();
  }
}

/** Of all catalogs, about `most` pictures, spread evenly over their items. */
function somePictures(store: Store, most: number): (() => Uint8Array)[] {
  const catalogs = most === 0 ? [] : store.catalogs().map((name) => store.catalog(name));
  const items = catalogs.reduce((sum, catalog) => sum + catalog.counts().items, 0);
  return catalogs.flatMap((catalog) => {
    const share = Math.ceil((most * catalog.counts().items) / Math.max(1, items));
    const images = catalog.someItems(share).flatMap((itemId) => catalog.imagesOfItem(itemId).slice(0, 1));
    return images.map((image) => () => catalog.picture(image).bytes());
  });
}

async function filesOfModel(folder: string): Promise<string[]> {
  const names = await readdir(resolve(folder)).catch(() => {
    throw new LookseeError(
      "MODEL_MISSING",
      `there is no folder ${resolve(folder)}`,
      "Name a folder with model.onnx and card.json, or hf:owner/name",
    );
  });
  return names.filter((name) => FILES.test(name));
}

/** An id for a model whose folder says none: the folder's name, or owner-name of its repository. */
const nameOf = (from: string): string =>
  (from.startsWith(HUB) ? from.slice(HUB.length).replace(/@.*$/, "") : basename(resolve(from)))
    .replace(/[^\w.-]+/g, "-")
    .replace(/^[.-]+/, "")
    .slice(0, 55);

function notesOn({ outputs, calibration }: Card, wants: ModelDraft["wants"], fittedTo: number): string[] {
  const notes: string[] = [];
  const { width } = outputs.feature;
  if (width !== FEATURE_WIDTH) notes.push(`its features of ${width} numbers are mapped to ${FEATURE_WIDTH}`);
  const least = width > FEATURE_WIDTH ? FEATURE_WIDTH : LEAST_SAMPLE;
  if (wants !== "nothing" && fittedTo < least)
    notes.push(`it was fitted to ${fittedTo} pictures only: add it again once the shop has ${least} and more`);
  if (!outputs.category) notes.push("it names no category: the shop's own pictures decide alone");
  if (!outputs.box) notes.push("it finds no box: the whole picture is the object");
  if (calibration.noGoodMatch === 0)
    notes.push('its card has no calibration: scores are rough, and "no good match" is never said');
  return notes;
}
