import { existsSync } from "node:fs";
import { join } from "node:path";
import { LookseeError } from "../errors.ts";
import { type Card, faultOf, type Layout, readJson } from "./card.ts";
import { FEATURE_WIDTH } from "./code.ts";
import { fixed, isRow, listed, type Network, type Port } from "./network.ts";

/** The least that a card of a foreign encoder says; the rest is looked up in the network, or has a default. */
export type GivenCard = Partial<Omit<Card, "input" | "outputs">> & {
  input?: Partial<Card["input"]>;
  outputs?: Partial<Omit<Card["outputs"], "feature">> & { feature?: Partial<Feature> };
};
type Feature = Card["outputs"]["feature"];

/** Names under which exporters give the one row of numbers that stands for a picture. */
const USUAL = ["feature", "image_embeds", "pooler_output", "embedding", "embeddings", "features"];
/** Pictures are decoded to this (pixels), unless the network wants more. */
const WORKING = 512;

/**
 * card.json of a folder, or what its preprocessor_config.json says (as models on the Hugging Face Hub have it).
 * MODEL_MISSING, MODEL_CARD.
 */
export async function readGivenCard(folder: string, name: string): Promise<GivenCard> {
  const usual = join(folder, "preprocessor_config.json");
  const json = await readJson(
    join(
      folder,
      existsSync(usual) && !existsSync(join(folder, "card.json")) ? "preprocessor_config.json" : "card.json",
    ),
  );
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw wrong(folder, "the card must be an object");
  if (existsSync(join(folder, "card.json"))) return json as GivenCard;
  const { image_mean, image_std, crop_size, size } = json as Record<string, unknown>;
  const side = sideOf(crop_size) ?? sideOf(size);
  return {
    id: name,
    input: {
      ...(side !== undefined && { side }),
      ...(Array.isArray(image_mean) && { mean: image_mean }),
      ...(Array.isArray(image_std) && { std: image_std }),
    },
  };
}

function sideOf(size: unknown): number | undefined {
  if (typeof size === "number") return size;
  const { height, shortest_edge } = (size ?? {}) as Record<string, unknown>;
  return [height, shortest_edge].find((value) => typeof value === "number") as number | undefined;
}

/**
 * The whole card: what is not given is read off the network. `width` of the feature 0: not said, to be counted when the
 * network is first asked. MODEL_CARD.
 */
export function fillCard(given: GivenCard, network: Network, folder: string): Card {
  const [port] = network.inputs;
  const layout = given.input?.layout ?? layoutOf(port);
  const feature = given.outputs?.feature?.name ?? featureOf(network.outputs, folder);
  const said = network.outputs.find(({ name }) => name === feature)?.shape[1];
  const side = given.input?.side ?? sideOfPort(port, layout);
  if (side === undefined) throw wrong(folder, "input.side is not given, and the network takes any");
  if (port?.type !== "uint8" && !(given.input?.mean && given.input.std))
    throw wrong(folder, "input.mean and input.std are not given");
  const card = {
    ...given,
    id: given.id ?? "",
    version: given.version ?? 1,
    input: { working: Math.max(side, WORKING), name: port?.name ?? "", fit: "contain", ...given.input, side, layout },
    outputs: {
      category: given.outputs?.category ?? null,
      box: given.outputs?.box ?? null,
      ...(given.outputs?.objects && { objects: given.outputs.objects }),
      feature: {
        ...given.outputs?.feature,
        name: feature,
        width: given.outputs?.feature?.width ?? (fixed(said) ? said : 0),
      },
    },
    categories: given.categories ?? [],
    views: given.views ?? { sum: [{ of: "whole", size: 1, weight: 1 }], minBoxScore: 0 },
    codeThresholds: given.codeThresholds ?? null,
    // Nobody has measured what a likeness of this encoder is worth: half at 0.5, and never "we do not have it".
    calibration: given.calibration ?? { score: { slope: 8, intercept: -4 }, noGoodMatch: 0 },
    training: given.training ?? {},
    quality: given.quality ?? {},
  } as Card;
  const whole = { ...card, outputs: { ...card.outputs, feature: { ...card.outputs.feature, width: FEATURE_WIDTH } } };
  const fault = faultOf(whole); // its width is another matter: a map takes it to 512
  if (fault) throw wrong(folder, fault);
  return card;
}

function layoutOf(port: Port | undefined): Layout {
  return port?.shape[3] === 3 && port.shape[1] !== 3 ? "NHWC" : "NCHW";
}

function sideOfPort(port: Port | undefined, layout: Layout): number | undefined {
  const side = port?.shape[layout === "NCHW" ? 2 : 1];
  return fixed(side) ? side : undefined;
}

function featureOf(outputs: readonly Port[], folder: string): string {
  const rows = outputs.filter(isRow);
  const found = rows.length === 1 ? rows[0] : rows.find(({ name }) => USUAL.includes(name));
  if (found) return found.name;
  throw wrong(folder, `outputs.feature.name is not given, and the network gives ${listed(outputs)}`);
}

const wrong = (folder: string, fault: string): LookseeError =>
  new LookseeError(
    "MODEL_CARD",
    `${join(folder, "card.json")}: ${fault}`,
    "Say it in card.json; docs/models.md shows one",
  );
