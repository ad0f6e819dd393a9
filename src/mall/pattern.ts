import { shade } from "./palette.ts";
import { Random } from "./random.ts";

export const PATTERNS = [
  "plain",
  "stripes",
  "pinstripe",
  "checks",
  "plaid",
  "dots",
  "floral",
  "zigzag",
  "gradient",
  "block",
  "marks",
  "speckle",
  "leaves",
  "waves",
  "diamonds",
] as const;
export type PatternName = (typeof PATTERNS)[number];

/** scale 0.6 .. 1.8 (tile size), angle in degrees, weight 0 .. 1 (how thick its elements are), seed for scattered ones. */
export type Pattern = { name: PatternName; scale: number; angle: number; weight: number; seed: number };

/** `loud` is the share of items that are not plain, 0 .. 1. */
export function drawPattern(random: Random, loud: number, avoid: readonly PatternName[] = []): Pattern {
  const rest = PATTERNS.filter((name) => name !== "plain" && !avoid.includes(name));
  const name: PatternName = random.chance(loud) || avoid.includes("plain") ? random.pick(rest) : "plain";
  return {
    name,
    scale: Math.round(random.between(0.6, 1.8) * 64) / 64,
    angle: random.pick([0, 0, 90, 45, 135, 15, 165]),
    weight: random.int(65) / 64,
    seed: random.bits(),
  };
}

/** Patterns that show on every drawing, however little of it they cover. */
const BOLD: readonly PatternName[] = [
  "stripes",
  "checks",
  "plaid",
  "dots",
  "floral",
  "zigzag",
  "marks",
  "leaves",
  "waves",
  "diamonds",
];

/** A pattern that cannot be mistaken for `first`. */
export function redrawPattern(random: Random, first: Pattern): Pattern {
  const toPlain = BOLD.includes(first.name) && random.chance(0.2);
  return {
    ...drawPattern(random, 0),
    name: toPlain ? "plain" : random.pick(BOLD.filter((name) => name !== first.name)),
  };
}

const n = (value: number): string => String(Math.round(value * 100) / 100);

/** SVG paint (for `fill`) and the definitions it needs. `colors` are hex; a unit is 1/100 of the product's square. */
export function paintPattern(pattern: Pattern, colors: readonly string[], id: string): { fill: string; defs: string } {
  const [a = "#888888", b = "#ffffff", c = "#444444"] = colors;
  const { weight: w } = pattern;
  const url = `url(#${id})`;
  const tile = (width: number, height: number, inside: string, angle = pattern.angle) => ({
    fill: url,
    defs:
      `<pattern id="${id}" patternUnits="userSpaceOnUse" width="${n(width)}" height="${n(height)}" ` +
      `patternTransform="rotate(${angle}) scale(${n(pattern.scale)})">` +
      `<rect width="${n(width + 1)}" height="${n(height + 1)}" fill="${a}"/>${inside}</pattern>`,
  });
  const rect = (x: number, y: number, width: number, height: number, color: string, opacity = 1) =>
    `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="${color}" opacity="${n(opacity)}"/>`;
  const circle = (x: number, y: number, r: number, color: string) =>
    `<circle cx="${n(x)}" cy="${n(y)}" r="${n(r)}" fill="${color}"/>`;
  const random = new Random("pattern", pattern.seed);

  switch (pattern.name) {
    case "plain":
      return { fill: a, defs: "" };
    case "stripes":
      return tile(8, 8, rect(0, 0, 8, 1.6 + 3 * w, b) + (w > 0.6 ? rect(0, 6.2, 8, 0.7, c) : ""));
    case "pinstripe":
      return tile(4, 4, rect(0, 0, 4, 0.35 + 0.5 * w, b), pattern.angle === 0 ? 90 : pattern.angle);
    case "checks":
      return tile(
        8,
        8,
        rect(0, 0, 8, 4, b, 0.55) + rect(0, 0, 4, 8, b, 0.55) + (w > 0.5 ? rect(5.6, 0, 0.6, 8, c, 0.7) : ""),
        w > 0.8 ? 45 : 0,
      );
    case "plaid":
      return tile(
        14,
        14,
        rect(2, 0, 4 + w, 14, b, 0.5) +
          rect(0, 2, 14, 4 + w, b, 0.5) +
          rect(9.5, 0, 0.9, 14, c, 0.8) +
          rect(0, 9.5, 14, 0.9, c, 0.8) +
          rect(11.6, 0, 0.5, 14, c, 0.6) +
          rect(0, 11.6, 14, 0.5, c, 0.6),
        w > 0.75 ? 45 : 0,
      );
    case "dots": {
      const r = 0.9 + 1.2 * w;
      return tile(7, 7, circle(1.75, 1.75, r, b) + circle(5.25, 5.25, r, w > 0.5 ? b : c));
    }
    case "floral": {
      let flowers = "";
      for (let i = 0; i < 5; i++) {
        const x = 3 + (i % 2) * 9 + random.between(-0.8, 2.5);
        const y = 3 + Math.floor(i / 2) * 6 + random.between(-0.6, 0.8);
        const petal = random.between(1, 1.5) * (0.8 + 0.5 * w);
        const turn = random.int(72);
        const color = i % 2 ? c : b;
        flowers += `<g transform="translate(${n(x)},${n(y)}) rotate(${turn})">`;
        for (let k = 0; k < 5; k++)
          flowers += `<ellipse cx="0" cy="${n(-petal)}" rx="${n(petal * 0.55)}" ry="${n(petal)}" fill="${color}" transform="rotate(${k * 72})"/>`;
        flowers += `${circle(0, 0, petal * 0.45, i % 2 ? b : c)}</g>`;
      }
      return tile(18, 18, flowers);
    }
    case "zigzag":
      return tile(
        8,
        7,
        `<path d="M-1,4.5 L2,1.5 L6,5.5 L10,1.5" fill="none" stroke="${b}" stroke-width="${n(1 + 1.3 * w)}"/>` +
          (w > 0.4 ? `<path d="M-1,7.6 L2,4.6 L6,8.6 L10,4.6" fill="none" stroke="${c}" stroke-width="0.6"/>` : ""),
      );
    case "gradient":
      return {
        fill: url,
        defs: `<linearGradient id="${id}" gradientUnits="userSpaceOnUse" x1="50" y1="12" x2="50" y2="90" gradientTransform="rotate(${pattern.angle},50,50)"><stop offset="${n(0.05 + 0.2 * w)}" stop-color="${a}"/><stop offset="${n(0.65 + 0.3 * w)}" stop-color="${b}"/></linearGradient>`,
      };
    case "block": {
      const at = n(0.35 + 0.3 * w);
      const then = n(0.35 + 0.3 * w + 0.08 * pattern.scale);
      return {
        fill: url,
        defs: `<linearGradient id="${id}" gradientUnits="userSpaceOnUse" x1="50" y1="10" x2="50" y2="90" gradientTransform="rotate(${pattern.angle},50,50)"><stop offset="${at}" stop-color="${a}"/><stop offset="${at}" stop-color="${c}"/><stop offset="${then}" stop-color="${c}"/><stop offset="${then}" stop-color="${b}"/></linearGradient>`,
      };
    }
    case "marks": {
      const sides = 3 + random.int(4);
      const star = random.chance(0.5) ? 0.45 : 1;
      const shape = (x: number, y: number, r: number, color: string) =>
        `<path d="${polygon(x, y, r, sides, star)}" fill="${color}"/>`;
      return tile(11, 11, shape(3, 3, 1.7 + w, b) + shape(8.5, 8.5, 1.7 + w, w > 0.5 ? c : b));
    }
    case "speckle": {
      let specks = "";
      for (let i = 0; i < 22; i++)
        specks += circle(
          random.between(0.6, 15.4),
          random.between(0.6, 15.4),
          random.between(0.35, 0.7 + 0.6 * w),
          random.chance(0.5) ? b : c,
        );
      return tile(16, 16, specks);
    }
    case "leaves": {
      let leaves = "";
      for (let i = 0; i < 4; i++) {
        const size = random.between(2, 2.8) + w;
        leaves += `<g transform="translate(${n(4 + (i % 2) * 8)},${n(4 + (i >> 1) * 8)}) rotate(${random.int(360)})"><path d="M0,${n(-size)} Q${n(size * 0.7)},0 0,${n(size)} Q${n(-size * 0.7)},0 0,${n(-size)}" fill="${i % 3 ? b : c}"/><path d="M0,${n(-size)} V${n(size * 1.3)}" stroke="${shade(a, -0.2)}" stroke-width="0.35"/></g>`;
      }
      return tile(16, 16, leaves);
    }
    case "waves":
      return tile(
        12,
        6,
        `<path d="M0,3 Q3,${n(-1 - w)} 6,3 T12,3" fill="none" stroke="${b}" stroke-width="${n(0.8 + 1.2 * w)}"/>` +
          (w > 0.5
            ? `<path d="M0,5.6 Q3,${n(2 - w)} 6,5.6 T12,5.6" fill="none" stroke="${c}" stroke-width="0.5"/>`
            : ""),
      );
    case "diamonds":
      return tile(
        9,
        12,
        `<path d="M4.5,0.6 L8.4,6 L4.5,11.4 L0.6,6 Z" fill="${b}"/><path d="M4.5,${n(4 - w)} L${n(6 + w)},6 L4.5,${n(8 + w)} L${n(3 - w)},6 Z" fill="${c}"/>`,
        pattern.angle % 90 === 0 ? 0 : pattern.angle,
      );
  }
}

/** A regular polygon or, with inner < 1, a star. */
export function polygon(x: number, y: number, r: number, sides: number, inner = 1, turn = 0): string {
  const corners = inner < 1 ? sides * 2 : sides;
  const points: string[] = [];
  for (let k = 0; k < corners; k++) {
    const at = ((k / corners) * 360 + turn - 90) * (Math.PI / 180);
    const radius = inner < 1 && k % 2 ? r * inner : r;
    points.push(`${n(x + radius * Math.cos(at))},${n(y + radius * Math.sin(at))}`);
  }
  return `M${points.join("L")}Z`;
}
