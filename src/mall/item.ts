import { KINDS, TRAITS } from "./categories.ts";
import { drawLatents, type Latents, type Style } from "./latents.ts";
import { Random } from "./random.ts";

/** An item of the mall: what a shop's catalogue would say of it, and the latents behind its pictures. */
export type MallItem = {
  itemId: string;
  category: string;
  kind: string;
  family: number;
  shape: readonly number[];
  pattern: string;
  /** Names of the first, second and third colour. */
  colors: readonly string[];
  material: string;
  style: Style;
  brand: string;
  title: string;
  description: string;
  price: number;
  currency: "EUR";
  /** Pieces sold: a Pareto draw, so that sorted sales fall as 1 / rank (Zipf). */
  sales: number;
  url: string;
  latents: Latents;
};

const FLUFF = [
  "NEW",
  "Hot Sale",
  "2-Day Delivery",
  "Gift Idea",
  "Top Quality",
  "Bestseller",
  "Limited",
  "Free Returns",
  "Season Sale",
  "Original",
] as const;
const ADJECTIVES: Record<Style, readonly string[]> = {
  casual: ["Casual", "Everyday", "Relaxed"],
  classic: ["Classic", "Timeless"],
  sporty: ["Sporty", "Active"],
  elegant: ["Elegant", "Refined", "Chic"],
  vintage: ["Vintage", "Retro"],
  minimal: ["Minimal", "Simple", "Clean"],
  street: ["Street", "Urban"],
  playful: ["Playful", "Fun", "Happy"],
};
const PATTERN_WORDS: Record<string, readonly string[]> = {
  plain: ["", "Plain", "Solid"],
  stripes: ["Striped"],
  pinstripe: ["Pinstripe", "Fine Striped"],
  checks: ["Checked", "Gingham"],
  plaid: ["Plaid", "Tartan"],
  dots: ["Dotted", "Polka Dot"],
  floral: ["Floral", "Flower Print"],
  zigzag: ["Zigzag", "Chevron"],
  gradient: ["Ombre", "Gradient"],
  block: ["Color Block", "Two-Tone"],
  marks: ["Printed", "Allover Print"],
  speckle: ["Speckled", "Confetti"],
  leaves: ["Leaf Print", "Botanical"],
  waves: ["Wavy"],
  diamonds: ["Argyle", "Diamond"],
};

export function itemId(seed: number, index: number): string {
  return `m${seed}-${String(index).padStart(6, "0")}`;
}

export function drawItem(seed: number, index: number): MallItem {
  const latents = drawLatents(seed, index);
  const { category, kind, material, style, brand, palette, pattern } = latents;
  const random = new Random(seed, "listing", index);
  const word = random.pick(KINDS[category][kind] ?? [kind]);
  const colorWord = palette.names[0];
  const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

  // Sellers forget words and add others.
  const parts = [
    random.chance(0.75) ? brand.name : "",
    random.chance(0.45) ? random.pick(ADJECTIVES[style]) : "",
    random.chance(0.7) ? random.pick(PATTERN_WORDS[pattern.name] ?? [""]) : "",
    random.chance(0.5) ? capital(material) : "",
    word,
    random.chance(0.6) ? `${random.chance(0.5) ? "in " : "- "}${capital(colorWord)}` : "",
  ];
  if (random.chance(0.25)) parts.splice(random.chance(0.5) ? 0 : parts.length, 0, random.pick(FLUFF));
  const title = parts.filter((part) => part !== "").join(" ");

  const description = random.chance(0.7)
    ? `${random.pick(ADJECTIVES[style])} ${word.toLowerCase()} by ${brand.name}, ${random.pick(["made of", "in"])} ${material}. ${random.pick(["Colour", "Main colour"])}: ${colorWord}${random.chance(0.5) ? ` with ${palette.names[1]}` : ""}.`
    : "";
  const [low, high] = TRAITS[category].price;
  // The square leans prices to the low end; a family's prices lie near each other.
  const level = new Random(seed, "price", latents.family).unit();
  const exact = low + (high - low) * level * level * random.between(0.85, 1.15);
  const price = Math.max(low, Math.floor(exact)) + random.pick([0.99, 0.95, 0.49, 0]);
  const sales = Math.floor(20 / ((random.bits() + 0.5) / 4294967296));
  return {
    itemId: itemId(seed, index),
    category,
    kind,
    family: latents.family,
    shape: latents.shape,
    pattern: pattern.name,
    colors: palette.names,
    material,
    style,
    brand: brand.name,
    title,
    description,
    price: Math.round(price * 100) / 100,
    currency: "EUR",
    sales,
    url: `https://mall.example/item/${itemId(seed, index)}`,
    latents,
  };
}
