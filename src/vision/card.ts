import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { LookseeError } from "../errors.ts";
import { FEATURE_WIDTH } from "./code.ts";

/**
 * One look at a picture. `whole`: all of it, fitted into the square. `box`: the square around the main object, `size`
 * times its longer side. `centre`: the middle square, `size` times the picture's longer side.
 */
export type View = { of: "whole" | "box" | "centre"; size: number; weight: number };

export type Layout = "NCHW" | "NHWC";

/** What a score gains by a number beside the cosine: `most` at the most, three quarters of it at `within`. */
type Gain = { most: number; within: number };

/** What card.json says of a model: how to feed it, what it answers, where it comes from and how good it was measured. */
export type Card = {
  id: string;
  version: number;
  /**
   * `side`: the square's pixels; `working`: longer side that pictures are decoded to; x = (pixel / 255 - mean) / std, float32,
   * or without mean and std the pixels themselves, uint8.
   */
  input: {
    name: string;
    side: number;
    working: number;
    mean?: number[];
    std?: number[];
    layout: Layout;
    fit: "contain";
  };
  outputs: {
    category: { name: string; kind: "logits" | "probabilities" } | null;
    box: { name: string; score: string } | null;
    /**
     * Up to k things in the picture, where the network finds them: boxes float[n, k, 4] (fractions of its square), scores
     * float[n, k] (probabilities), categories float[n, k, categories] of the same kind as `category`.
     */
    objects?: { boxes: string; scores: string; categories: string };
    /** `map`: the file that takes another width to 512 (see map.ts), and its SHA-256. */
    feature: { name: string; width: number; map?: { file: string; sha256: string } };
  };
  /** Empty where the network names none. */
  categories: string[];
  /**
   * Feature and category are the weighted sums over `sum`; below `minBoxScore` the whole picture is the object, and below
   * `minObjectScore` (0.3 if not given) a further one is none.
   */
  views: { sum: View[]; minBoxScore: number; minObjectScore?: number };
  codeThresholds: number[] | null;
  /**
   * score = 1 / (1 + exp(-(slope * cosine + intercept + lead.most * tanh(by / lead.within) + share.most * tanh(share /
   * share.within)))), by being how much nearer the hit is than any other item, share that beside how far the pictures of the two
   * nearest lie apart, and `lead` and `share` optional. Where presence = 1 / (1 + exp(-(slope * cosine + nearest * (the cosine of
   * the first hit's picture with the nearest other item's) + intercept))) is below noGoodMatch, "we don't have it"; a card
   * without `presence` (all until looksee-mobile-9@2) says so by the score without lead and share.
   */
  calibration: {
    score: { slope: number; intercept: number; lead?: Gain; share?: Gain };
    presence?: { slope: number; nearest: number; intercept: number };
    noGoodMatch: number;
  };
  training: Record<string, unknown>;
  quality: Record<string, unknown>;
};

/** Reads and checks card.json of a model folder. Throws MODEL_MISSING without the file, MODEL_CARD when it is not right. */
export async function readCard(folder: string): Promise<Card> {
  const file = join(folder, "card.json");
  const card = (await readJson(file)) as Card;
  const fault = faultOf(card);
  if (fault) throw new LookseeError("MODEL_CARD", `${file}: ${fault}`, "Correct the card or export the model again");
  return card;
}

/** MODEL_MISSING, MODEL_CARD. */
export async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new LookseeError(
      "MODEL_MISSING",
      `${dirname(file)} holds no ${basename(file)}`,
      "Name a folder with model.onnx and card.json",
      { cause },
    );
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LookseeError("MODEL_CARD", `${file} is not JSON`, "Correct the card or export the model again", {
      cause,
    });
  }
}

export const MODEL_ID = /^[\w.-]{1,64}$/;

/** What is wrong with a card; null: nothing. */
export function faultOf(card: Card): string | null {
  const number = (v: unknown): v is number => typeof v === "number" && Number.isFinite(v);
  const numbers = (v: unknown, length: number) => Array.isArray(v) && v.length === length && v.every(number);
  const { input, outputs, views, calibration } = card ?? {};
  if (typeof card?.id !== "string" || !MODEL_ID.test(card.id) || card.id.startsWith("."))
    return "id must be 1 to 64 letters, digits, dots, dashes";
  if (!number(card.version)) return "version must be a number";
  if (typeof input?.name !== "string") return "input.name must name the ONNX input";
  if (!Number.isInteger(input.side) || input.side < 32 || input.side > 1024) return "input.side must be 32 to 1024";
  if (!Number.isInteger(input.working) || input.working < input.side || input.working > 4096)
    return "input.working must be from input.side to 4096";
  const { mean, std } = input;
  if ((mean ?? std) !== undefined && (!numbers(mean, 3) || !numbers(std, 3) || std!.includes(0)))
    return "input.mean and input.std must be three numbers each, std not 0, or both be left out";
  if ((input.layout !== "NCHW" && input.layout !== "NHWC") || input.fit !== "contain")
    return "input.layout must be NCHW or NHWC, and input.fit contain";
  const { name, width, map } = outputs?.feature ?? {};
  if (typeof name !== "string" || !Number.isInteger(width) || width! < LEAST_WIDTH || width! > MOST_WIDTH)
    return `outputs.feature must name an output of ${LEAST_WIDTH} to ${MOST_WIDTH} numbers`;
  if (width !== FEATURE_WIDTH && map === undefined)
    return `outputs.feature.width is ${width}, not ${FEATURE_WIDTH}, and there is no map; \`looksee models add\` makes one`;
  if (map !== undefined && (!INNER.test(map?.file) || !/^[0-9a-f]{64}$/.test(map.sha256)))
    return "outputs.feature.map must give file and sha256";
  if (outputs.category && outputs.category.kind !== "logits" && outputs.category.kind !== "probabilities")
    return "outputs.category.kind must be logits or probabilities";
  if (
    !Array.isArray(card.categories) ||
    (outputs.category && card.categories.length < 1) ||
    !card.categories.every((c) => typeof c === "string")
  )
    return "categories must be a list of names, one for each number of outputs.category";
  const { objects } = outputs;
  if (objects && ![objects.boxes, objects.scores, objects.categories].every((name) => typeof name === "string"))
    return "outputs.objects must name boxes, scores and categories";
  if (objects && !outputs.category) return "outputs.objects has categories, and outputs.category says nothing of them";
  const looks = (v: View) =>
    ["whole", "box", "centre"].includes(v?.of) && number(v.size) && v.size > 0 && number(v.weight);
  if (!Array.isArray(views?.sum) || !views.sum.every(looks) || !number(views.minBoxScore) || !(total(views.sum) > 0))
    return "views must give sum (a list of of, size, weight) and minBoxScore";
  const { minObjectScore = 0 } = views;
  if (!number(minObjectScore) || minObjectScore < 0 || minObjectScore > 1) return "views.minObjectScore must be 0 to 1";
  if (card.codeThresholds !== null && !numbers(card.codeThresholds, FEATURE_WIDTH))
    return `codeThresholds must be null or ${FEATURE_WIDTH} numbers`;
  if (!number(calibration?.score?.slope) || !number(calibration.score.intercept) || !number(calibration.noGoodMatch))
    return "calibration must give score.slope, score.intercept and noGoodMatch";
  const { presence } = calibration;
  if (presence !== undefined && ![presence?.slope, presence?.nearest, presence?.intercept].every(number))
    return "calibration.presence must give slope, nearest and intercept";
  for (const name of ["lead", "share"] as const) {
    const gain = calibration.score[name];
    if (gain !== undefined && !(number(gain?.most) && number(gain.within) && gain.most >= 0 && gain.within > 0))
      return `calibration.score.${name} must give most, not below 0, and within, above 0`;
  }
  return null;
}

/** Narrower than any encoder in use, and wider. */
export const LEAST_WIDTH = 8;
export const MOST_WIDTH = 8192;

/** The name of a file within a model folder, never of one beside it. */
export const INNER = /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/;

const total = (views: readonly View[]): number => views.reduce((sum, { weight }) => sum + weight, 0);
