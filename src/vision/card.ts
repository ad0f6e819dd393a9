import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LookseeError } from "../errors.ts";
import { FEATURE_WIDTH } from "./code.ts";

/**
 * One look at a picture. `whole`: all of it, fitted into the square. `box`: the square around the main object, `size`
 * times its longer side. `centre`: the middle square, `size` times the picture's longer side.
 */
export type View = { of: "whole" | "box" | "centre"; size: number; weight: number };

/** What card.json says of a model: how to feed it, what it answers, where it comes from and how good it was measured. */
export type Card = {
  id: string;
  version: number;
  /** `side`: the square's pixels; x = (pixel / 255 - mean) / std; `working`: longer side that pictures are decoded to. */
  input: { name: string; side: number; working: number; mean: number[]; std: number[]; layout: "NCHW"; fit: "contain" };
  outputs: {
    category: { name: string; kind: "logits" | "probabilities" } | null;
    box: { name: string; score: string } | null;
    feature: { name: string; width: number };
  };
  categories: string[];
  /** Feature and category are the weighted sums over `sum`; below `minBoxScore` the whole picture is the object. */
  views: { sum: View[]; minBoxScore: number };
  codeThresholds: number[] | null;
  /** score = 1 / (1 + exp(-(slope * cosine + intercept))); a best score below noGoodMatch means "we don't have it". */
  calibration: { score: { slope: number; intercept: number }; noGoodMatch: number };
  training: Record<string, unknown>;
  quality: Record<string, unknown>;
};

/** Reads and checks card.json of a model folder. Throws MODEL_MISSING without the file, MODEL_CARD when it is not right. */
export async function readCard(folder: string): Promise<Card> {
  const file = join(folder, "card.json");
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new LookseeError("MODEL_MISSING", `${folder} holds no card.json`, "Name a model folder", { cause });
  }
  let card: Card;
  try {
    card = JSON.parse(text) as Card;
  } catch (cause) {
    throw new LookseeError("MODEL_CARD", `${file} is not JSON`, "Export the model again", { cause });
  }
  const fault = faultOf(card);
  if (fault) throw new LookseeError("MODEL_CARD", `${file}: ${fault}`, "Correct the card or export the model again");
  return card;
}

function faultOf(card: Card): string | null {
  const number = (v: unknown): v is number => typeof v === "number" && Number.isFinite(v);
  const numbers = (v: unknown, length: number) => Array.isArray(v) && v.length === length && v.every(number);
  const { input, outputs, views, calibration } = card ?? {};
  if (typeof card?.id !== "string" || !/^[\w.-]{1,64}$/.test(card.id))
    return "id must be 1 to 64 letters, digits, dots, dashes";
  if (!number(card.version)) return "version must be a number";
  if (typeof input?.name !== "string") return "input.name must name the ONNX input";
  if (!Number.isInteger(input.side) || input.side < 32 || input.side > 1024) return "input.side must be 32 to 1024";
  if (!Number.isInteger(input.working) || input.working < input.side || input.working > 4096)
    return "input.working must be from input.side to 4096";
  if (!numbers(input.mean, 3) || !numbers(input.std, 3) || input.std.includes(0))
    return "input.mean and input.std must be three numbers each, std not 0";
  if (input.layout !== "NCHW" || input.fit !== "contain") return "input.layout must be NCHW and input.fit contain";
  if (typeof outputs?.feature?.name !== "string" || outputs.feature.width !== FEATURE_WIDTH)
    return `outputs.feature must name an output of width ${FEATURE_WIDTH}`;
  if (outputs.category && outputs.category.kind !== "logits" && outputs.category.kind !== "probabilities")
    return "outputs.category.kind must be logits or probabilities";
  if (
    !Array.isArray(card.categories) ||
    card.categories.length < 1 ||
    !card.categories.every((c) => typeof c === "string")
  )
    return "categories must be a list of names";
  const looks = (v: View) =>
    ["whole", "box", "centre"].includes(v?.of) && number(v.size) && v.size > 0 && number(v.weight);
  if (!Array.isArray(views?.sum) || !views.sum.every(looks) || !number(views.minBoxScore) || !(total(views.sum) > 0))
    return "views must give sum (a list of of, size, weight) and minBoxScore";
  if (card.codeThresholds !== null && !numbers(card.codeThresholds, FEATURE_WIDTH))
    return `codeThresholds must be null or ${FEATURE_WIDTH} numbers`;
  if (!number(calibration?.score?.slope) || !number(calibration.score.intercept) || !number(calibration.noGoodMatch))
    return "calibration must give score.slope, score.intercept and noGoodMatch";
  return null;
}

const total = (views: readonly View[]): number => views.reduce((sum, { weight }) => sum + weight, 0);
