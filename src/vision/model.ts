import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LookseeError } from "../errors.ts";
import {
  type Box,
  boxFromSquare,
  isBox,
  LEAST_SIDE,
  ordered,
  type Square,
  squareAroundBox,
  squareAroundPicture,
  WHOLE,
} from "./box.ts";
import { type Card, readCard, type View } from "./card.ts";
import { codeOf, toUnitLength } from "./code.ts";
import { decode, type Picture } from "./decode.ts";
import { checkGolden } from "./golden.ts";
import { type Answer, Inference } from "./inference.ts";
import { type FeatureMap, mapped, readMap } from "./map.ts";
import { type FurtherObject, furtherObjects } from "./objects.ts";
import { sharesOf } from "./shares.ts";
import { cut } from "./tensor.ts";

/** What a model sees in one picture. */
export type Sight = {
  category: Float32Array; // probabilities over card.categories, sum 1, from the same views as the feature
  box: Box; // the main object; the given box if one was given
  boxScore: number; // 0..1, the overlap that the model expects of its box with the true one; 1 for a given box
  objects: FurtherObject[]; // what else it shows, best first, at most 8; none where a box was given or the network finds none
  feature: Float32Array; // 512, unit length
  code: Uint8Array; // 64 bytes
  width: number; // pixels of the upright picture
  height: number;
  format: string; // of the file: jpeg, png, …
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
  const map = await readMap(folder, card);
  return new Model(card, await openNetwork(folder, card, options.threads ?? 1, options.workers ?? 1), map);
}

/**
 * The network of a model folder, which has given the golden answers: in the quick arithmetic if that gives them on this
 * machine, or else in the exact one. Throws MODEL_MISSING, MODEL_CARD, MODEL_GOLDEN.
 */
export async function openNetwork(folder: string, card: Card, threads: number, workers: number): Promise<Inference> {
  const file = join(folder, "model.onnx");
  if (!existsSync(file))
    throw new LookseeError("MODEL_MISSING", `${folder} holds no model.onnx`, "Name a model folder");
  const open = async (exact: boolean) => {
    const inference = await Inference.open(file, card, threads, workers, exact);
    try {
      await checkGolden(folder, card, inference);
    } catch (error) {
      await inference.close();
      throw error;
    }
    return inference;
  };
  try {
    return await open(false);
  } catch (error) {
    if (!(error instanceof LookseeError && error.code === "MODEL_GOLDEN")) throw error;
    return await open(true);
  }
}

/** One opened model. Safe to call from many places at once: pictures that wait together are run together. */
export class Model {
  readonly id: string;
  readonly card: Card;
  readonly #inference: Inference;
  readonly #map: FeatureMap | null;

  constructor(card: Card, inference: Inference, map: FeatureMap | null) {
    this.id = card.id;
    this.card = card;
    this.#inference = inference;
    this.#map = map;
  }

  /**
   * Looks at a picture file, or at `box` in it and what lies around it: `room` times its longer side (1: nothing) stands
   * in the place of the whole picture. Throws what `decode` throws, and SEARCH_BOX for a box that is no box.
   */
  async see(bytes: Uint8Array, box?: Box, room = ROOM): Promise<Sight> {
    if (box && !isBox(box))
      throw new LookseeError(
        "SEARCH_BOX",
        `[${box}] is no box`,
        "Give x1,y1,x2,y2 as fractions 0 to 1, x1 < x2, y1 < y2",
      );
    const started = performance.now();
    const picture = await decode(bytes, box ? workingFor(box, this.card) : this.card.input.working);
    const decoded = performance.now();
    const seen = box ? await this.#seeBox(picture, box, room) : await this.#seeWhole(picture);
    return {
      category: seen.category,
      box: seen.box,
      boxScore: seen.boxScore,
      objects: seen.objects,
      feature: seen.feature,
      code: codeOf(seen.feature, this.card.codeThresholds),
      width: picture.uprightWidth,
      height: picture.uprightHeight,
      format: picture.format,
      timings: { decode: decoded - started, model: performance.now() - decoded },
    };
  }

  close(): Promise<void> {
    return this.#inference.close();
  }

  /** Pass 1 finds the object in the whole picture, pass 2 looks at it closely; views of the middle wait for neither. */
  async #seeWhole(picture: Picture): Promise<Seen> {
    const { width, height } = picture;
    const square = squareAroundPicture(width, height);
    const middle = new Map(
      this.card.views.sum
        .filter(({ of }) => of === "centre")
        .map((view) => [view, this.#look(picture, squareAroundBox(WHOLE, width, height, view.size))]),
    );
    const [whole] = await Promise.all([this.#look(picture, square), ...middle.values()]);
    const found = whole.box ? boxFromSquare(ordered(whole.box), square, width, height) : WHOLE;
    const believed = whole.box !== null && whole.boxScore >= this.card.views.minBoxScore && isBox(found, LEAST_SIDE);
    const box = believed ? found : WHOLE;
    const combined = await this.#combine(
      (view) =>
        middle.get(view) ??
        (view.of === "whole" ? whole : this.#look(picture, squareAroundBox(box, width, height, view.size))),
    );
    const objects = whole.objects ? furtherObjects(whole.objects, { square, width, height }, box, this.card) : [];
    return { ...combined, box, boxScore: Math.min(1, Math.max(0, whole.boxScore)), objects };
  }

  /** The given box takes the picture's place; all views of it run in one batch. */
  async #seeBox(picture: Picture, box: Box, room: number): Promise<Seen> {
    const look = (size: number) => this.#look(picture, squareAroundBox(box, picture.width, picture.height, size));
    const combined = await this.#combine(({ of, size }) => {
      if (of === "whole") return look(room);
      return look(of === "box" ? size : size * room);
    });
    return { ...combined, box, boxScore: 1, objects: [] };
  }

  async #look(picture: Picture, square: Square): Promise<Answer> {
    return this.#inference.run(await cut(picture, square, this.card.input.side));
  }

  /** Feature and category from the card's views: the feature is the unit sum, the category the mean of the logits. */
  async #combine(see: (view: View) => Answer | Promise<Answer>): Promise<Pick<Seen, "feature" | "category">> {
    const { sum } = this.card.views;
    const answers = await Promise.all(sum.map(see));
    const weights = sum.map(({ weight }) => weight);
    const seen = weighted(
      answers.map((answer) => answer.feature),
      weights,
    );
    const feature = toUnitLength(this.#map ? mapped(this.#map, seen) : seen);
    const n = this.card.categories.length;
    const logits = answers.map((answer) => answer.category).filter((category) => category !== null);
    // A model without the head leaves the category to the vote of the neighbours.
    if (logits.length === 0) return { feature, category: new Float32Array(n).fill(1 / n) };
    return { feature, category: sharesOf(weighted(logits, weights), this.card.outputs.category!.kind) };
  }
}

type Seen = Pick<Sight, "feature" | "category" | "box" | "boxScore" | "objects">;

/** A small object in a large photo has pixels enough to fill the network's square, up to this longer side of the photo. */
const MOST_WORKING = 1024;

function workingFor(box: Box, { input }: Card): number {
  const share = Math.max(box[2] - box[0], box[3] - box[1]);
  return Math.max(input.working, Math.min(MOST_WORKING, Math.ceil(input.side / share)));
}

/** A given box is seen "whole" with a little room around it, as a photo has around its subject. */
const ROOM = 1.25;

/** Sum of rows x weights, divided by the sum of the weights. */
function weighted(rows: Float32Array[], weights: number[]): Float32Array {
  const total = new Float32Array(rows[0]!.length);
  const whole = weights.reduce((a, b) => a + b);
  for (const [n, row] of rows.entries())
    for (let i = 0; i < total.length; i++) total[i]! += (weights[n]! / whole) * row[i]!;
  return total;
}
