import type { Card } from "./card.ts";

/** An input or output of a network. `shape`: numbers are fixed, names are open; empty: not said. */
export type Port = { name: string; type: string; shape: readonly (number | string)[] };
export type Network = { inputs: readonly Port[]; outputs: readonly Port[] };

/** Why a network cannot be what its card says; null: it can. */
export function faultOfNetwork(
  { inputs, outputs }: Network,
  card: Pick<Card, "input" | "outputs" | "categories">,
): string | null {
  const { side, layout } = card.input;
  const input = inputs.find(({ name }) => name === card.input.name);
  if (!input) return `has no input ${card.input.name}, only ${listed(inputs)}`;
  if (inputs.length > 1) return `takes ${inputs.length} inputs (${listed(inputs)}); an encoder of pictures takes one`;
  const given = card.input.mean ? "float32" : "uint8";
  if (input.type !== given)
    return `takes ${input.type}; looksee gives ${given} where the card ${card.input.mean ? "has" : "lacks"} input.mean and input.std`;
  const wanted = layout === "NCHW" ? ["n", 3, side, side] : ["n", side, side, 3];
  const fits = ({ shape }: Port) =>
    shape.length === 0 || (shape.length === 4 && shape.every((n, i) => i === 0 || !fixed(n) || n === wanted[i]));
  if (!fits(input))
    return `takes ${input.shape.join(" x ")}; with side ${side} and layout ${layout} the card gives ${wanted.join(" x ")}`;
  const batch = input.shape[0];
  if (fixed(batch) && batch > 1) return `takes ${batch} pictures at a time, no more and no fewer`;
  const { category, box, feature, objects } = card.outputs;
  const row = (name: string | undefined) => ({ name, fits: isRow, wanted: "one row of numbers a picture is" });
  const table = (name: string | undefined, width: number) => ({
    ...{ name, wanted: `${width} numbers for each of a picture's objects are` },
    fits: ({ shape }: Port) => shape.length === 0 || (shape.length === 3 && (!fixed(shape[2]) || shape[2] === width)),
  });
  const asked = [
    ...[row(category?.name), row(box?.name), row(box?.score), row(feature.name)],
    ...[table(objects?.boxes, 4), row(objects?.scores), table(objects?.categories, card.categories.length)],
  ];
  for (const { name, fits, wanted } of asked) {
    if (name === undefined) continue;
    const output = outputs.find((port) => port.name === name);
    if (!output) return `has no ${name}, only ${listed(outputs)}`;
    if (output.type !== "float32") return `gives ${name} as ${output.type}; looksee reads float32`;
    if (!fits(output)) return `gives ${name} as ${output.shape.join(" x ")}; ${wanted} wanted`;
  }
  return null;
}

/** One row of numbers a picture, perhaps with single columns behind it. */
export const isRow = ({ shape }: Port): boolean => shape.length === 0 || shape.slice(2).every((n) => n === 1);

/** Pictures that fit into one run; null: any number. */
export const mostAtOnce = ({ inputs }: Network): number | null => (fixed(inputs[0]?.shape[0]) ? 1 : null);

export const fixed = (n: number | string | undefined): n is number => typeof n === "number" && n > 0;

export const listed = (ports: readonly Port[]): string => ports.map(({ name }) => name).join(", ") || "none";
