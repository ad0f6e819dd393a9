import type { Random } from "./random.ts";

/** The named colours of the shop: what titles call them and what is drawn (before a small jitter). */
export const COLORS = {
  black: 0x26262a,
  charcoal: 0x4a4d54,
  grey: 0x94979c,
  silver: 0xc3c6ca,
  white: 0xf3f2ee,
  cream: 0xefe4cc,
  beige: 0xd6c1a0,
  camel: 0xb98a54,
  brown: 0x74492c,
  burgundy: 0x74202f,
  red: 0xcb2c30,
  coral: 0xef7059,
  orange: 0xe98425,
  mustard: 0xd6a127,
  yellow: 0xf1cf41,
  lime: 0xa4c63c,
  green: 0x3c8f4d,
  olive: 0x737339,
  forest: 0x274f3a,
  mint: 0xa2d9c0,
  teal: 0x1f7f83,
  turquoise: 0x39b6bf,
  sky: 0x8fc2e8,
  blue: 0x2f64b9,
  navy: 0x1f2f55,
  denim: 0x53749e,
  lavender: 0xb3a2d9,
  purple: 0x6f4396,
  magenta: 0xb93480,
  pink: 0xf0a8bc,
  rose: 0xd77b88,
} as const;

export type ColorName = keyof typeof COLORS;
export type ColorWeights = Partial<Record<ColorName, number>>;

const ALL = Object.keys(COLORS) as ColorName[];
const GROUNDS: readonly ColorName[] = ["white", "cream", "black", "navy", "charcoal", "beige", "silver"];

/** Which colours a category leans to, so that colour alone does not tell items apart. */
const LEANING: Record<string, ColorWeights> = {
  cloth: { black: 4, white: 4, navy: 3, grey: 3, red: 2, blue: 2, beige: 2, pink: 2, forest: 2, cream: 2, burgundy: 2 },
  pants: { denim: 6, navy: 5, black: 6, charcoal: 3, camel: 3, beige: 3, olive: 2, grey: 3, white: 1 },
  leather: { black: 6, brown: 5, camel: 5, burgundy: 2, beige: 3, navy: 2, red: 2, white: 2 },
  home: { beige: 4, grey: 4, charcoal: 2, cream: 3, camel: 4, brown: 4, white: 3, teal: 1, mustard: 1, forest: 1 },
  device: { black: 7, white: 5, silver: 5, charcoal: 5, navy: 1, rose: 1, mint: 1, red: 1 },
  body: { white: 5, black: 5, beige: 3, pink: 3, rose: 2, lavender: 2, red: 2, cream: 3, navy: 2, grey: 2 },
  bright: { red: 4, yellow: 3, blue: 4, green: 3, orange: 3, pink: 2, turquoise: 2, purple: 2, white: 2, magenta: 1 },
};

export type Leaning = keyof typeof LEANING;

export type Palette = { names: [ColorName, ColorName, ColorName]; hex: [string, string, string] };

/** Three colours: the first leans as the category does, the second stands out from it, the third is an accent. */
export function drawPalette(random: Random, leaning: string, avoid: readonly ColorName[] = []): Palette {
  const weights: ColorWeights = { ...LEANING[leaning] };
  for (const name of ALL) weights[name] = (weights[name] ?? 0) + 0.55;
  for (const name of avoid) delete weights[name];
  const first = random.weighted(weights);
  const second = other(random, [first], random.chance(0.55) ? GROUNDS : ALL, 150);
  const third = other(random, [first, second], ALL, 90);
  const names: Palette["names"] = [first, second, third];
  return { names, hex: names.map((name) => jitter(random, COLORS[name])) as Palette["hex"] };
}

function other(random: Random, taken: readonly ColorName[], from: readonly ColorName[], apart: number): ColorName {
  for (let tries = 0; tries < 24; tries++) {
    const name = random.pick(from);
    if (taken.every((used) => difference(COLORS[used], COLORS[name]) >= apart)) return name;
  }
  return difference(COLORS[taken[0] as ColorName], COLORS.white) > apart ? "white" : "black";
}

/** City-block distance in RGB, 0 .. 765. */
function difference(a: number, b: number): number {
  let sum = 0;
  for (const shift of [16, 8, 0]) sum += Math.abs(((a >> shift) & 255) - ((b >> shift) & 255));
  return sum;
}

function jitter(random: Random, rgb: number): string {
  const light = random.int(23) - 11;
  return toHex([16, 8, 0].map((shift) => ((rgb >> shift) & 255) + light + random.int(13) - 6));
}

function toHex(channels: readonly number[]): string {
  return `#${channels
    .map((c) =>
      Math.max(0, Math.min(255, Math.round(c)))
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

/** The colour moved towards black (amount < 0) or white (amount > 0), amount in -1 .. 1. */
export function shade(hex: string, amount: number): string {
  const to = amount < 0 ? 0 : 255;
  return toHex(
    [1, 3, 5].map((at) => {
      const c = Number.parseInt(hex.slice(at, at + 2), 16);
      return c + (to - c) * Math.abs(amount);
    }),
  );
}

/** 0 (black) .. 1 (white). */
export function lightness(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return (0.3 * r + 0.59 * g + 0.11 * b) / 255;
}
