import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LookseeError } from "../errors.ts";
import { type Card, LEAST_WIDTH, MOST_WIDTH } from "./card.ts";
import { FEATURE_WIDTH } from "./code.ts";
import { fillCard, type GivenCard, readGivenCard } from "./fill-card.ts";
import { goldenPhotos, writeGolden } from "./golden.ts";
import { Inference } from "./inference.ts";
import { readNetwork } from "./inference-thread.ts";
import { fitThresholds, makeMap, mapped } from "./map.ts";
import { defaultModelFolder, Model } from "./model.ts";

const MAP_FILE = "map.f32";

/**
 * A folder with model.onnx and what is known of it, on its way to a model that looksee opens: its card filled in, its
 * network tried. `finish` adds what only a shop's pictures can tell.
 */
export class ModelDraft {
  readonly #folder: string;
  readonly #given: GivenCard;
  readonly #card: Card;
  readonly #inference: Inference;
  readonly #model: Model;

  private constructor(folder: string, given: GivenCard, card: Card, inference: Inference) {
    this.#folder = folder;
    this.#given = given;
    this.#card = card;
    this.#inference = inference;
    this.#model = new Model(card, inference, null);
  }

  /** `name`: the model's id if its folder says none. MODEL_MISSING, MODEL_CARD. */
  static async open(folder: string, name: string, workers: number): Promise<ModelDraft> {
    const file = join(folder, "model.onnx");
    if (!existsSync(file))
      throw new LookseeError(
        "MODEL_MISSING",
        `${folder} holds no model.onnx`,
        "Name a folder with model.onnx and card.json",
      );
    const given = await readGivenCard(folder, name);
    const card = fillCard(given, await readNetwork(file), folder);
    const inference = await Inference.open(file, card, 1, workers, true); // the golden answers are to hold on any CPU
    try {
      const { feature } = card.outputs;
      if (feature.width === 0) feature.width = await widthOf(card, inference);
      if (!(feature.width >= LEAST_WIDTH && feature.width <= MOST_WIDTH))
        throw new LookseeError(
          "MODEL_CARD",
          `model ${card.id}: ${feature.name} gives ${feature.width} numbers a picture, not ${LEAST_WIDTH} to ${MOST_WIDTH}`,
          "Name another output in card.json",
        );
      return new ModelDraft(folder, given, card, inference);
    } catch (error) {
      await inference.close();
      throw error;
    }
  }

  /** What the network itself makes of a picture, unit length, its own width. Throws what `decode` throws. */
  async featureOf(picture: Uint8Array): Promise<Float32Array> {
    return (await this.#model.see(picture)).feature;
  }

  /** What of the shop's pictures `finish` fits the model to. */
  get wants(): "map" | "thresholds" | "nothing" {
    const { width, map } = this.#card.outputs.feature;
    if (width !== FEATURE_WIDTH && map === undefined) return "map";
    return this.#given.codeThresholds === undefined ? "thresholds" : "nothing";
  }

  /**
   * Writes card.json, the map and the golden answers, those that it lacks. What was fitted to this shop's pictures has a
   * name of its own: codes of two fits never meet. `sample`: what featureOf gave for some of them. MODEL_CARD.
   */
  async finish(sample: readonly Float32Array[]): Promise<void> {
    const card = structuredClone(this.#card);
    const fitted = createHash("sha256");
    let rows = sample;
    if (this.wants === "map") {
      const map = makeMap(card.outputs.feature.width, sample);
      const bytes = new Uint8Array(map.values.buffer);
      await writeFile(join(this.#folder, MAP_FILE), bytes);
      fitted.update(bytes);
      card.outputs.feature.map = { file: MAP_FILE, sha256: createHash("sha256").update(bytes).digest("hex") };
      rows = sample.map((row) => mapped(map, row));
    }
    if (this.#given.codeThresholds === undefined) card.codeThresholds = fitThresholds(rows);
    if (this.wants !== "nothing") {
      const mark = fitted.update(JSON.stringify(card.codeThresholds)).digest("hex").slice(0, 8);
      card.id = `${card.id.slice(0, 55)}-${mark}`;
    }
    const golden = join(this.#folder, "golden.json");
    if (!existsSync(golden))
      await writeGolden(this.#folder, card, this.#inference, await goldenPhotos(defaultModelFolder()));
    else if (this.wants !== "nothing") {
      const { cases } = JSON.parse(await readFile(golden, "utf8"));
      await writeFile(golden, JSON.stringify({ model: card.id, cases }));
    }
    await writeFile(join(this.#folder, "card.json"), `${JSON.stringify(card, null, 2)}\n`);
  }

  close(): Promise<void> {
    return this.#inference.close();
  }
}

/** Asks the network, where its file does not say. */
async function widthOf({ input }: Card, inference: Inference): Promise<number> {
  return (await inference.run(new Uint8Array(input.side ** 2 * 3).fill(128))).feature.length;
}
