import { finishOf, type Latents } from "../latents.ts";
import { accessories } from "./accessories.ts";
import { bags } from "./bags.ts";
import { beverages } from "./beverages.ts";
import { cosmetics } from "./cosmetics.ts";
import { digital } from "./digital.ts";
import { dress } from "./dress.ts";
import { furniture } from "./furniture.ts";
import { others } from "./others.ts";
import { pants } from "./pants.ts";
import { Pen } from "./pen.ts";
import { shirt } from "./shirt.ts";
import { shoes } from "./shoes.ts";
import { snacks } from "./snacks.ts";
import { toys } from "./toys.ts";
import { underdress } from "./underdress.ts";

const DRAWINGS: Record<Latents["category"], Record<string, (pen: Pen) => void>> = {
  shirt,
  dress,
  pants,
  bags,
  shoes,
  accessories,
  snacks,
  cosmetics,
  beverages,
  furniture,
  toys,
  underdress,
  digital,
  others,
};

/** The product as SVG elements in a 100 x 100 square, on nothing; `id` must be unique within the SVG document. */
export function drawProduct(latents: Latents, id: string): string {
  const { shape, pattern, palette, material, brand } = latents;
  const pen = new Pen({ shape, pattern, hex: palette.hex, finish: finishOf(material), brand }, id);
  const draw = DRAWINGS[latents.category][latents.kind];
  if (!draw) throw new Error(`no drawing of kind ${latents.kind} in ${latents.category}`); // a test draws every kind
  draw(pen);
  return pen.svg();
}
