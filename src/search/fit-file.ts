import { createHash } from "node:crypto";
import type { Fit } from "./learn.ts";

/** Name of the file beside the segments. It is derived: damaged, of another format or gone, it is learnt again. */
export const FIT_FILE = "categories.json";
const FORMAT = 3;

/** What was learnt, as text: JSON of a checksum and a body whose numbers are little-endian float32 and float64 in Base64. */
export function encodeFit({ categories, head, fusion, kinds, codes }: Fit): string {
  const body = JSON.stringify({
    format: FORMAT,
    categories,
    codes,
    width: head.width,
    temperature: head.temperature,
    weights: toBase64(head.weights),
    bias: toBase64(head.bias),
    lambda: fusion.lambda,
    unit: fusion.unit,
    model: toBase64(fusion.model),
    kinds: toBase64(kinds.shares),
  });
  return JSON.stringify({ sha256: sha256(body), body });
}

/** Undefined for what is no whole file of this format. */
export function decodeFit(text: string): Fit | undefined {
  try {
    const { sha256: expected, body } = JSON.parse(text);
    if (typeof body !== "string" || sha256(body) !== expected) return undefined;
    const { format, categories, codes, width, temperature, lambda, unit, ...numbers } = JSON.parse(body);
    if (format !== FORMAT) return undefined;
    const classes = categories.length;
    const head = {
      ...{ width, classes, temperature },
      weights: new Float32Array(fromBase64(numbers.weights)),
      bias: new Float32Array(fromBase64(numbers.bias)),
    };
    const fusion = { lambda, unit, model: new Float64Array(fromBase64(numbers.model)) };
    const kinds = { classes, shares: new Float64Array(fromBase64(numbers.kinds)) };
    return { categories, head, fusion, kinds, codes };
  } catch {
    return undefined;
  }
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const toBase64 = (numbers: Float32Array | Float64Array): string =>
  Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString("base64");
/** In memory of its own, so that it is aligned. */
const fromBase64 = (text: string): ArrayBuffer => new Uint8Array(Buffer.from(text, "base64")).buffer;
