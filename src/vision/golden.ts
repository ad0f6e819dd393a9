import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LookseeError } from "../errors.ts";
import type { Card } from "./card.ts";
import { decode } from "./decode.ts";
import type { Inference } from "./inference.ts";

/** One known answer: a PNG of exactly side x side pixels, the hash of its RGB bytes, and what PyTorch made of it. */
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
      const { pixels } = await decode(await readFile(join(folder, picture)), card.input.side);
      if (createHash("sha256").update(pixels).digest("hex") !== sha256)
        throw refuse(`${picture} is not the picture it was`);
      const answer = await inference.run(pixels);
      const cosine = dot(answer.feature, outputs.feature);
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

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
