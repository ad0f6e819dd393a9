import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LookseeError } from "../errors.ts";
import { type Box, boxFromSquare, isBox, type Square, squareAroundBox, squareAroundPicture, WHOLE } from "./box.ts";
import { type Card, readCard } from "./card.ts";
import { codeOf, toUnitLength } from "./code.ts";
import { decode, type Picture } from "./decode.ts";
import { checkGolden } from "./golden.ts";
import { type Answer, Inference } from "./inference.ts";
import { cut } from "./tensor.ts";

/** What a model sees in one picture. */
export type Sight = {
  category: Float32Array; // probabilities over card.categories, sum 1, from the whole picture or the given box
  box: Box; // the main object; the given box if one was given
  boxScore: number; // 0..1, the overlap that the model expects of its box with the true one; 1 for a given box
  feature: Float32Array; // 512, unit length
  code: Uint8Array; // 64 bytes
  width: number; // pixels of the upright picture
  height: number;
  timings: { decode: number; model: number }; // ms
};

/** models/default, wherever the package lies; found from src/ and from dist/ alike. */
export function defaultModelFolder(): string {
  return resolve(dirname(fileURLToPath(import.meta.url)), "../../models/default");
}

/**
 * Opens a model folder: card, network, and the golden answers, which must come out on this machine.
 * `threads`: cores per network run (default 1); `workers`: networks side by side (default 1).
 * Throws MODEL_MISSING, MODEL_CARD, MODEL_GOLDEN.
 */
export async function openModel(folder: string, options: { threads?: number; workers?: number } = {}): Promise<Model> {
  const card = await readCard(folder);
  const file = join(folder, "model.onnx");
  if (!existsSync(file))
    throw new LookseeError("MODEL_MISSING", `${folder} holds no model.onnx`, "Name a model folder");
  const inference = await Inference.open(file, card, options.threads ?? 1, options.workers ?? 1);
  try {
    await checkGolden(folder, card, inference);
  } catch (error) {
    await inference.close();
    throw error;
  }
  return new Model(card, inference);
}

/** One opened model. Safe to call from many places at once: pictures that wait together are run together. */
export class Model {
  readonly id: string;
  readonly card: Card;
  readonly #inference: Inference;

  constructor(card: Card, inference: Inference) {
    this.id = card.id;
    this.card = card;
    this.#inference = inference;
  }

  /**
   * Looks at a picture file, or at `box` in it. Throws what `decode` throws, and SEARCH_BOX for a box that is no box.
   */
  async see(bytes: Uint8Array, box?: Box): Promise<Sight> {
    if (box && !isBox(box))
      throw new LookseeError(
        "SEARCH_BOX",
        `[${box}] is no box`,
        "Give x1,y1,x2,y2 as fractions 0 to 1, x1 < x2, y1 < y2",
      );
    const started = performance.now();
    const picture = await decode(bytes, this.card.input.working);
    const decoded = performance.now();
    const seen = box ? await this.#seeBox(picture, box) : await this.#seeWhole(picture);
    const feature = this.#combine(seen.whole?.feature, seen.crop?.feature);
    return {
      category: this.#probabilities((seen.whole ?? seen.crop)!.category),
      box: seen.box,
      boxScore: seen.boxScore,
      feature,
      code: codeOf(feature, this.card.codeThresholds),
      width: picture.uprightWidth,
      height: picture.uprightHeight,
      timings: { decode: decoded - started, model: performance.now() - decoded },
    };
  }

  close(): Promise<void> {
    return this.#inference.close();
  }

  /** Pass 1 finds the object in the whole picture, pass 2 looks at it closely. */
  async #seeWhole(picture: Picture): Promise<Seen> {
    const { views } = this.card;
    const square = squareAroundPicture(picture.width, picture.height);
    const whole = await this.#look(picture, square);
    const found = whole.box ? boxFromSquare(ordered(whole.box), square, picture.width, picture.height) : WHOLE;
    const believed = whole.box !== null && whole.boxScore >= views.minBoxScore && isBox(found, 0.02);
    const box = believed ? found : WHOLE;
    const boxScore = whole.box ? Math.min(1, Math.max(0, whole.boxScore)) : 0;
    if (views.box === 0) return { whole, crop: null, box, boxScore };
    const crop = await this.#look(picture, squareAroundBox(box, picture.width, picture.height, views.context));
    return { whole, crop, box, boxScore };
  }

  /** The given box takes the picture's place; both views of it run in one batch. */
  async #seeBox(picture: Picture, box: Box): Promise<Seen> {
    const { views } = this.card;
    const look = (context: number) => this.#look(picture, squareAroundBox(box, picture.width, picture.height, context));
    const [whole, crop] = await Promise.all([look(WHOLE_VIEW_CONTEXT), views.box === 0 ? null : look(views.context)]);
    return { whole, crop, box, boxScore: 1 };
  }

  async #look(picture: Picture, square: Square): Promise<Answer> {
    return this.#inference.run(await cut(picture, square, this.card.input.side));
  }

  #combine(whole: Float32Array | undefined, crop: Float32Array | undefined): Float32Array {
    const { views } = this.card;
    const sum = new Float32Array((whole ?? crop)!.length);
    for (const [feature, weight] of [
      [whole, views.whole],
      [crop, views.box],
    ] as const)
      if (feature && weight !== 0) for (let i = 0; i < sum.length; i++) sum[i]! += weight * feature[i]!;
    return toUnitLength(sum);
  }

  #probabilities(category: Float32Array | null): Float32Array {
    const n = this.card.categories.length;
    if (!category) return new Float32Array(n).fill(1 / n); // a model without the head leaves it to the vote
    if (this.card.outputs.category!.kind === "probabilities") return category;
    const most = category.reduce((a, b) => Math.max(a, b));
    const parts = category.map((v) => Math.exp(v - most));
    const sum = parts.reduce((a, b) => a + b);
    return parts.map((v) => v / sum);
  }
}

type Seen = { whole: Answer | null; crop: Answer | null; box: Box; boxScore: number };

/** With a given box the "whole" view is a little wider than the box, as a photo is around its subject. */
const WHOLE_VIEW_CONTEXT = 1.25;

function ordered([x1, y1, x2, y2]: ArrayLike<number> & Iterable<number>): Box {
  return [Math.min(x1!, x2!), Math.min(y1!, y2!), Math.max(x1!, x2!), Math.max(y1!, y2!)];
}
