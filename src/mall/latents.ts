import { BRANDS, type Brand, drawBrand } from "./brand.ts";
import { CATEGORIES, type Category, KINDS, TRAITS } from "./categories.ts";
import { MATERIALS, type Material } from "./material.ts";
import { type ColorName, drawPalette, type Palette } from "./palette.ts";
import { drawPattern, type Pattern, redrawPattern } from "./pattern.ts";
import { Random } from "./random.ts";

export const STYLES = ["casual", "classic", "sporty", "elegant", "vintage", "minimal", "street", "playful"] as const;
export type Style = (typeof STYLES)[number];

/** Everything that decides how item `index` looks. Depends on seed and index alone, never on how many items are asked. */
export type Latents = {
  index: number;
  /** Items of one family share brand, kind and material; `member` 0 is the family's first design. */
  family: number;
  member: number;
  /** How this member departs from the first design. */
  departs: "" | "color" | "pattern" | "detail";
  category: Category;
  kind: string;
  /** Ten values 0 .. 1 in steps of 1/256; each drawing gives them its own meaning. */
  shape: readonly number[];
  pattern: Pattern;
  palette: Palette;
  material: Material;
  style: Style;
  brand: Brand;
};

/** A block of 12 indices holds whole families of these sizes. */
const BLOCK = 12;
const SIZES = [
  [4, 4, 4],
  [3, 4, 5],
  [2, 4, 6],
  [3, 3, 6],
  [1, 5, 6],
] as const;

function familyOf(seed: number, index: number): { family: number; member: number } {
  const block = Math.floor(index / BLOCK);
  const sizes = new Random(seed, "sizes", block).pick(SIZES);
  let member = index - block * BLOCK;
  let place = 0;
  for (const size of sizes) {
    if (member < size) break;
    member -= size;
    place++;
  }
  return { family: block * 3 + place, member };
}

export function drawLatents(seed: number, index: number): Latents {
  const { family, member } = familyOf(seed, index);
  const random = new Random(seed, "family", family);
  const category = CATEGORIES[random.int(CATEGORIES.length)] as Category;
  const traits = TRAITS[category];
  const kind = random.pick(Object.keys(KINDS[category]));
  const base = {
    shape: Array.from({ length: 10 }, () => random.int(257) / 256),
    pattern: drawPattern(random, traits.loud),
    palette: drawPalette(random, traits.leaning),
    material: random.pick(traits.materials),
    style: random.pick(STYLES),
    brand: drawBrand(seed, random.int(BRANDS)),
  };
  const shared = { index, family, member, category, kind, ...base };
  if (member === 0) return { ...shared, departs: "" };

  // The order of departures is the family's, so that a family of four has usually one of each.
  const order = random.shuffled(["color", "pattern", "detail", "color", "detail"] as const);
  const departs = order[(member - 1) % order.length] ?? "color";
  const own = new Random(seed, "member", family, member);
  if (departs === "color") {
    // Every recoloured member has another first colour than the base and than the others.
    const taken: ColorName[] = [base.palette.names[0]];
    let palette = base.palette;
    for (let k = 1; k <= member; k++) {
      if (order[(k - 1) % order.length] !== "color") continue;
      palette = drawPalette(new Random(seed, "member", family, k), traits.leaning, taken);
      taken.push(palette.names[0]);
    }
    return { ...shared, departs, palette };
  }
  if (departs === "pattern") return { ...shared, departs, pattern: redrawPattern(own, base.pattern) };
  return { ...shared, departs, shape: nudge(own, base.shape) };
}

/** Moves six of the ten values by 0.22 .. 0.42, staying within 0 .. 1. */
function nudge(random: Random, shape: readonly number[]): number[] {
  const chosen = new Set(random.shuffled([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).slice(0, 6));
  return shape.map((value, k) => {
    if (!chosen.has(k)) return value;
    const by = (56 + random.int(52)) / 256;
    const up = random.chance(0.5);
    const moved = up ? value + by : value - by;
    return moved > 1 || moved < 0 ? value + (up ? -by : by) : moved;
  });
}

export function finishOf(material: Material) {
  return MATERIALS[material];
}
