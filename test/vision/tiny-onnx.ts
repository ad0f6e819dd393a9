import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mulberry32 } from "../ranking/random.ts";

/** A tiny encoder: colours of a 4 x 4 grid of the picture, times a fixed random matrix. Same pictures, same features. */
export type Tiny = {
  side?: number;
  width?: number;
  layout?: "NCHW" | "NHWC";
  /** Takes pixels as they are, and its card says nothing of mean and std. */
  uint8?: boolean;
  /** Open by default; a number fixes it. */
  batch?: number;
  /** All features positive, as after a ReLU. */
  positive?: boolean;
  categories?: number;
  box?: boolean;
  /** The objects that it sees whatever it is shown: box in fractions of its square, score, logits of the categories. */
  objects?: { box: number[]; score: number; category: number[] }[];
  /** Adds a second input, as text encoders have. */
  secondInput?: boolean;
  /** The feature's weights are not numbers. */
  nan?: boolean;
  /** The same feature whatever it is shown. */
  constant?: boolean;
  /** The feature as [n, 1, width] instead of a row. */
  sequence?: boolean;
  seed?: number;
};

const GRID = 4;
const [FLOAT, UINT8] = [1, 2];

/**
 * The bytes of model.onnx: input `pixels`; outputs `feature` and, if asked for, `category`, `box`, `boxScore`, `boxes`,
 * `boxScores`, `boxCategories`.
 */
export function tinyOnnx(tiny: Tiny = {}): Uint8Array {
  const { side = 32, width = 512, layout = "NCHW", batch, categories = 0, box = false, seed = 1 } = tiny;
  const cells = 3 * GRID * GRID;
  const random = mulberry32(seed);
  const weights = (columns: number, scale = 1) =>
    Float32Array.from({ length: cells * columns }, () =>
      tiny.constant ? 0 : (random() - (tiny.positive ? 0 : 0.5)) * scale,
    );
  const nodes: Uint8Array[] = [];
  const tensors: Uint8Array[] = [];
  const outputs: Uint8Array[] = [];
  const add = (type: string, input: string[], output: string, ...attributes: Uint8Array[]) =>
    nodes.push(
      bytes(
        ...input.map((name) => text(1, name)),
        text(2, output),
        text(3, output),
        text(4, type),
        ...attributes.map((a) => field(5, a)),
      ),
    );
  const head = (name: string, columns: number, from: Float32Array, after?: string, bias?: Float32Array) => {
    tensors.push(
      tensor(`${name}W`, [cells, columns], from),
      tensor(`${name}B`, [columns], bias ?? new Float32Array(columns).fill(tiny.constant ? 0.5 : 0)),
    );
    add("Gemm", ["cells", `${name}W`, `${name}B`], after === undefined ? name : `${name}0`);
    if (after === "Sigmoid") add(after, [`${name}0`], name);
    if (after === "Unsqueeze") {
      tensors.push(int64s("axis", [1]));
      add(after, [`${name}0`, "axis"], name);
    }
    if (after === "Reshape") return;
    outputs.push(value(name, after === "Unsqueeze" ? ["n", 1, columns] : ["n", columns]));
  };
  /** The same table of rows for every picture. */
  const table = (name: string, rows: number[][]) => {
    const columns = rows[0]!.length;
    const count = rows.length * columns;
    head(name, count, new Float32Array(cells * count), "Reshape", Float32Array.from(rows.flat()));
    tensors.push(int64s(`${name}S`, [-1, rows.length, columns]));
    add("Reshape", [`${name}0`, `${name}S`], name);
    outputs.push(value(name, ["n", `${name}K`, columns]));
  };
  const numbers = tiny.uint8 ? "numbers" : "pixels";
  if (tiny.uint8) add("Cast", ["pixels"], numbers, int("to", FLOAT));
  const planes = layout === "NCHW" ? numbers : "planes";
  if (layout === "NHWC") add("Transpose", [numbers], planes, ints("perm", [0, 3, 1, 2]));
  const cell = side / GRID;
  add("AveragePool", [planes], "pooled", ints("kernel_shape", [cell, cell]), ints("strides", [cell, cell]));
  add("Flatten", ["pooled"], "cells");
  const feature = weights(width);
  if (tiny.nan) feature.fill(Number.NaN);
  head("feature", width, feature, tiny.sequence ? "Unsqueeze" : undefined);
  if (categories > 0) head("category", categories, weights(categories, 4));
  if (box) {
    head("box", 4, weights(4), "Sigmoid");
    head("boxScore", 1, weights(1), "Sigmoid");
  }
  if (tiny.objects) {
    const { objects } = tiny;
    const none = new Float32Array(cells * objects.length);
    table(
      "boxes",
      objects.map(({ box }) => box),
    );
    head(
      "boxScores",
      objects.length,
      none,
      undefined,
      Float32Array.from(objects, ({ score }) => score),
    );
    table(
      "boxCategories",
      objects.map(({ category }) => category),
    );
  }
  const shape = layout === "NCHW" ? [batch ?? "n", 3, side, side] : [batch ?? "n", side, side, 3];
  const inputs = [value("pixels", shape, tiny.uint8 ? UINT8 : FLOAT)];
  if (tiny.secondInput) {
    inputs.push(value("input_ids", ["n", 7]));
    outputs.push(value("echo", ["n", 7]));
    add("Identity", ["input_ids"], "echo");
  }
  const graph = bytes(
    ...nodes.map((node) => field(1, node)),
    text(2, "tiny"),
    ...tensors.map((t) => field(5, t)),
    ...inputs.map((v) => field(11, v)),
    ...outputs.map((v) => field(12, v)),
  );
  return bytes(varint(1, 8), text(2, "looksee's tests"), field(7, graph), field(8, bytes(text(1, ""), varint(2, 17))));
}

/** A folder with model.onnx and the card that a person would write. */
export function tinyModel(folder: string, tiny: Tiny = {}, card: object = {}): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "model.onnx"), tinyOnnx(tiny));
  const { side = 32, categories = 0, box = false } = tiny;
  const given = {
    id: "tiny",
    input: { side, ...(!tiny.uint8 && { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] }) },
    outputs: {
      feature: { name: "feature" },
      ...(categories > 0 && { category: { name: "category", kind: "logits" } }),
      ...(box && { box: { name: "box", score: "boxScore" } }),
      ...(tiny.objects && { objects: { boxes: "boxes", scores: "boxScores", categories: "boxCategories" } }),
    },
    ...(categories > 0 && { categories: Array.from({ length: categories }, (_, n) => `kind ${n}`) }),
    ...card,
  };
  writeFileSync(join(folder, "card.json"), JSON.stringify(given));
  return folder;
}

// ONNX files are protocol buffers (onnx/onnx.proto): fields of a number and a kind, one after another.

const bytes = (...parts: Uint8Array[]): Uint8Array => Buffer.concat(parts);

function number(value: number): Uint8Array {
  const out: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...out, rest]);
    out.push((rest % 128) + 128);
  }
}

const varint = (id: number, value: number) => bytes(number(id * 8), number(value));
const field = (id: number, content: Uint8Array) => bytes(number(id * 8 + 2), number(content.length), content);
const text = (id: number, value: string) => field(id, Buffer.from(value));

const int = (name: string, value: number) => bytes(text(1, name), varint(3, value), varint(20, 2));

const ints = (name: string, values: number[]) =>
  bytes(text(1, name), ...values.map((v) => varint(8, v)), varint(20, 7));

const tensor = (name: string, dims: number[], values: Float32Array) =>
  bytes(...dims.map((n) => varint(1, n)), varint(2, FLOAT), text(8, name), field(9, new Uint8Array(values.buffer)));

const int64s = (name: string, values: number[]) =>
  bytes(
    varint(1, values.length),
    varint(2, 7),
    text(8, name),
    field(9, new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer)),
  );

function value(name: string, shape: (number | string)[], type = FLOAT): Uint8Array {
  const dims = shape.map((n) => field(1, typeof n === "number" ? varint(1, n) : text(2, n)));
  return bytes(text(1, name), field(2, field(1, bytes(varint(1, type), field(2, bytes(...dims))))));
}
