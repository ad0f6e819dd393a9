import { availableParallelism, cpus, loadavg } from "node:os";
import { LookseeError } from "../src/errors.ts";
import { DenseCodes } from "./dense-codes.ts";
import { codesOf, type RealFeatures, realFeatures } from "./real-features.ts";

/** Options of every bench that stands on real features. */
export const REAL_OPTIONS = {
  data: { type: "string" },
  gallery: { type: "string", default: "" },
  queries: { type: "string", default: "" },
  seed: { type: "string", default: "1" },
  plot: { type: "string" },
  json: { type: "boolean" },
} as const;

export type Query = { code: Uint8Array; category: number };

/** What is searched in and asked with; `codesAre` names where it comes from. */
export type SetUp = { real: RealFeatures; dense: DenseCodes; queries: Query[]; seed: number };

/** `asked`: at most so many queries. */
export async function setUp(
  values: { data?: string | undefined; gallery: string; queries: string; seed: string },
  asked: number,
): Promise<SetUp> {
  const seed = whole("--seed", values.seed);
  const real = await realFeatures(values.data, names(values.gallery), names(values.queries), seed);
  const codes = codesOf(real.queries.subarray(0, asked * 512));
  const queries = Array.from({ length: codes.length / 64 }, (_, i) => {
    return { code: codes.subarray(i * 64, (i + 1) * 64), category: real.queryCategories[i]! };
  });
  return { real, dense: await DenseCodes.of(real.gallery, seed), queries, seed };
}

export type Machine = { cpu: string; cores: number; load: number; node: string };

export const machine = (): Machine => ({
  cpu: cpus()[0]?.model ?? "unknown",
  cores: availableParallelism(),
  load: loadavg()[0]!,
  node: process.version,
});

export const commandOf = (bench: string, args: readonly string[]): string =>
  `npm run -s bench -- ${bench} ${args.join(" ")}`.trim();

export const names = (text: string): string[] => text.split(",").filter(Boolean);

/** Throws USAGE. */
export function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new LookseeError("USAGE", `${name} ${text}`, "Use whole numbers from 1");
  return value;
}
