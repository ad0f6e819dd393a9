import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { LookseeError } from "../errors.ts";
import { squareAroundPicture } from "./box.ts";
import { type Card, INNER } from "./card.ts";
import { decode } from "./decode.ts";
import type { Answer, Inference } from "./inference.ts";
import { cut } from "./tensor.ts";

/** One known answer: a PNG of exactly side x side pixels, the hash of its RGB bytes, and what the network made of it. */
export type GoldenCase = {
  picture: string; // file in the model folder
  source?: string; // the photo that the decoder made it from, for tests of the decoder
  sha256: string; // of uint8[side, side, 3]
  outputs: { category?: number[]; box?: number[]; boxScore?: number; feature: number[] };
};
/** golden.json: what the network answered where it was exported. */
export type Golden = { model: string; cases: GoldenCase[] };

const LEAST_COSINE = 0.999;
const MOST_OFF = 0.02; // of a logit relative to the largest, of a box fraction, of the box score

/** Reads golden.json of a model folder. Throws MODEL_MISSING, MODEL_GOLDEN. */
export async function readGolden(folder: string): Promise<Golden> {
  try {
    return JSON.parse(await readFile(join(folder, "golden.json"), "utf8")) as Golden;
  } catch (cause) {
    throw new LookseeError("MODEL_MISSING", `${folder} holds no readable golden.json`, "Export the model again", {
      cause,
    });
  }
}

/**
 * Runs the golden inputs and compares the answers. Throws MODEL_GOLDEN when this machine computes something else
 * than the machine of the export did: codes made here would not be comparable with codes made there.
 */
export async function checkGolden(folder: string, card: Card, inference: Inference): Promise<void> {
  const golden = await readGolden(folder);
  const refuse = (why: string) =>
    new LookseeError(
      "MODEL_GOLDEN",
      `model ${card.id}: ${why}`,
      "Do not use this model on this machine; export it again",
    );
  if (golden.model !== card.id) throw refuse(`golden.json belongs to ${golden.model}`);
  if (!(golden.cases?.length > 0)) throw refuse("golden.json has no cases");
  await Promise.all(
    golden.cases.map(async ({ picture, sha256, outputs }) => {
      if (!INNER.test(picture))
        throw refuse(`golden.json names ${JSON.stringify(picture).slice(0, 100)}, no picture of the folder`);
      const { pixels } = await decode(await readFile(join(folder, picture)), card.input.side);
      if (createHash("sha256").update(pixels).digest("hex") !== sha256)
        throw refuse(`${picture} is not the picture it was`);
      const answer = await inference.run(pixels);
      const cosine = cosineOf(answer.feature, outputs.feature);
      if (!(cosine >= LEAST_COSINE)) throw refuse(`${picture}: feature cosine ${cosine.toFixed(5)} < ${LEAST_COSINE}`);
      const parts: [string, ArrayLike<number> | null, number[] | undefined][] = [
        ["category", answer.category, outputs.category],
        ["box", answer.box, outputs.box],
        ["boxScore", [answer.boxScore], outputs.boxScore === undefined ? undefined : [outputs.boxScore]],
      ];
      for (const [name, got, expected] of parts) {
        if (!got || !expected) continue;
        const unit = Math.max(1, ...expected.map(Math.abs));
        const off = Math.max(...expected.map((v, i) => Math.abs(v - got[i]!))) / unit;
        if (!(off <= MOST_OFF)) throw refuse(`${picture}: ${name} is off by ${off.toFixed(4)}`);
      }
    }),
  );
}

/** NaN where one of them is all zeros or holds what is no number. */
function cosineOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.NaN;
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Photos that come with looksee, for models that bring no golden answers of their own: they are its default model's. */
export async function goldenPhotos(defaultFolder: string): Promise<Uint8Array[]> {
  const folder = join(defaultFolder, "golden");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".jpg")).sort();
  return Promise.all(names.map((name) => readFile(join(folder, name))));
}

/**
 * Asks the network about photos and writes down what it answers: golden.json and its pictures. Throws MODEL_CARD for a
 * network that answers what is no feature, or the same whatever it is shown.
 */
export async function writeGolden(
  folder: string,
  card: Card,
  inference: Inference,
  photos: readonly Uint8Array[],
): Promise<void> {
  await mkdir(join(folder, "golden"), { recursive: true });
  const answers: Answer[] = [];
  const cases: GoldenCase[] = [];
  const { side } = card.input;
  for (const [n, photo] of photos.entries()) {
    const picture = await decode(photo, card.input.working);
    const pixels = await cut(picture, squareAroundPicture(picture.width, picture.height), side);
    const name = `golden/${n + 1}.png`;
    await writeFile(
      join(folder, name),
      await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
        .png()
        .toBuffer(),
    );
    const answer = await inference.run(pixels);
    answers.push(answer);
    const { category, box, boxScore, feature } = answer;
    const outputs = {
      feature: [...feature],
      ...(category && { category: [...category] }),
      ...(box && { box: [...box], boxScore }),
    };
    cases.push({ picture: name, sha256: createHash("sha256").update(pixels).digest("hex"), outputs });
  }
  const fault = faultOfAnswers(card, answers);
  if (fault)
    throw new LookseeError("MODEL_CARD", `model ${card.id}: ${fault}`, "Correct the card or export the model again");
  await writeFile(join(folder, "golden.json"), JSON.stringify({ model: card.id, cases } satisfies Golden));
}

function faultOfAnswers({ outputs, categories }: Card, answers: readonly Answer[]): string | null {
  const finite = (values: ArrayLike<number> | null) => values === null || Array.from(values).every(Number.isFinite);
  for (const { feature, category, box, boxScore, objects } of answers) {
    if (feature.length !== outputs.feature.width)
      return `${outputs.feature.name} gives ${feature.length} numbers a picture, not ${outputs.feature.width}`;
    if (!finite(feature) || !finite(category) || !finite(box) || !Number.isFinite(boxScore))
      return "it answers a photo with what is no number (NaN or infinite)";
    if (feature.every((v) => v === 0)) return `${outputs.feature.name} is all zeros for a photo`;
    if (category && category.length !== categories.length)
      return `${outputs.category!.name} gives ${category.length} numbers, and the card names ${categories.length} categories`;
    if (objects && !(finite(objects.boxes) && finite(objects.scores) && finite(objects.categories)))
      return "it answers a photo with objects that are no numbers (NaN or infinite)";
    const count = objects?.scores.length ?? 0;
    if (objects && (objects.boxes.length !== count * 4 || objects.categories.length !== count * categories.length))
      return `it gives ${count} scores of objects, with ${objects.boxes.length} and ${objects.categories.length} numbers for their boxes and categories`;
    if (box && box.length !== 4) return `${outputs.box!.name} gives ${box.length} numbers, and a box has four`;
  }
  const [first, ...others] = answers;
  if (others.length > 0 && others.every(({ feature }) => cosineOf(feature, first!.feature) > 1 - 1e-6))
    return `${outputs.feature.name} is the same for photos of different things`;
  return null;
}
