import { type Brand, drawMark } from "../brand.ts";
import type { Finish } from "../material.ts";
import { lightness, shade } from "../palette.ts";
import { type Pattern, paintPattern } from "../pattern.ts";
import { rect } from "./outline.ts";

/** What a drawing needs of an item's latents. Colours are hex; shape values are 0 .. 1. */
export type Look = {
  shape: readonly number[];
  pattern: Pattern;
  hex: readonly [string, string, string];
  finish: Finish;
  brand: Brand;
};

/** A paint: the item's pattern, its plain colours, or a fixed hex colour. */
export type Paint = "main" | "first" | "second" | "third" | "dark" | "metal" | "trim" | `#${string}`;
export type Shading = "cloth" | "round" | "flat" | "ball" | "none";

const n = (value: number): string => String(Math.round(value * 100) / 100);

/** Draws one product into a square of 100 x 100 units. Every drawing in one SVG document needs its own `id`. */
export class Pen {
  readonly look: Look;
  #id: string;
  #out = "";
  #defs = "";
  #main: string;
  #uses = new Set<string>();

  constructor(look: Look, id: string) {
    this.look = look;
    this.#id = id;
    const { fill, defs } = paintPattern(look.pattern, look.hex, `${id}p`);
    this.#main = fill;
    this.#defs = defs;
  }

  /** Shape value k mapped to low .. high. */
  at(k: number, low: number, high: number): number {
    return low + (high - low) * (this.look.shape[k] ?? 0.5);
  }

  /** Shape value k as a choice of 0 .. count-1. */
  choice(k: number, count: number): number {
    return Math.min(count - 1, Math.floor((this.look.shape[k] ?? 0.5) * count));
  }

  /** A closed part: paint, light and shade, a fine outline. */
  body(d: string, paint: Paint = "main", shading: Shading = "cloth"): this {
    const fill = this.#paint(paint);
    this.#out += `<path d="${d}" fill="${fill}"/>`;
    if (paint === "main" && this.look.finish.texture !== "none")
      this.#out += `<path d="${d}" fill="${this.#texture()}"/>`;
    if (shading !== "none") this.#out += `<path d="${d}" fill="${this.#shading(shading)}"/>`;
    this.#out += `<path d="${d}" fill="none" stroke="${shade(this.#solid(paint), -0.45)}" stroke-opacity="0.6" stroke-width="0.45"/>`;
    return this;
  }

  /** Light and shade alone, over what is already drawn. */
  light(d: string, shading: Exclude<Shading, "none">): this {
    this.#out += `<path d="${d}" fill="${this.#shading(shading)}"/>`;
    return this;
  }

  /** A flat part without shading or outline. */
  part(d: string, paint: Paint, opacity = 1): this {
    this.#out += `<path d="${d}" fill="${this.#paint(paint)}"${opacity < 1 ? ` opacity="${n(opacity)}"` : ""}/>`;
    return this;
  }

  line(d: string, width: number, paint: Paint, opacity = 1): this {
    this.#out += `<path d="${d}" fill="none" stroke="${this.#paint(paint)}" stroke-width="${n(width)}" stroke-linecap="round" stroke-linejoin="round"${opacity < 1 ? ` opacity="${n(opacity)}"` : ""}/>`;
    return this;
  }

  /** A thick line with a dark rim and a light back: straps, handles, cables, legs. */
  tube(d: string, width: number, paint: Paint): this {
    const solid = this.#solid(paint);
    this.line(d, width, shade(solid, -0.4) as Paint).line(d, width * 0.84, paint === "main" ? "first" : paint);
    return this.line(d, width * 0.25, "#ffffff", 0.1 + 0.35 * this.look.finish.sheen);
  }

  /** A crease in cloth or a seam in leather. */
  fold(d: string, width = 1.4): this {
    return this.line(d, width, "#000000", 0.09).line(d, width * 0.35, "#000000", 0.14);
  }

  stitch(d: string): this {
    this.#out += `<path d="${d}" fill="none" stroke="${this.#solid("trim")}" stroke-opacity="0.75" stroke-width="0.4" stroke-dasharray="1.1 0.8"/>`;
    return this;
  }

  /** A streak of reflected light on the part; its strength is the material's sheen. */
  gleam(d: string, strength = 1): this {
    return this.part(d, "#ffffff", (0.12 + 0.5 * this.look.finish.sheen) * strength);
  }

  mark(x: number, y: number, r: number, ink: Paint, ground: Paint = "main"): this {
    this.#out += drawMark(this.look.brand.mark, x, y, r, this.#paint(ink), this.#solid(ground));
    return this;
  }

  /** Rounded bars where a real label has words. */
  bars(x: number, y: number, width: number, rows: number, gap: number, paint: Paint, opacity = 0.9): this {
    for (let row = 0; row < rows; row++) {
      const length = width * (0.55 + 0.45 * (this.look.shape[(row + 5) % 10] ?? 0.5));
      this.part(rect(x - length / 2, y + row * gap, length, gap * 0.45, gap * 0.2), paint, opacity);
    }
    return this;
  }

  /** Draws `inside` turned by degrees around a point. */
  turned(degrees: number, x: number, y: number, inside: () => void): this {
    this.#out += `<g transform="rotate(${n(degrees)},${n(x)},${n(y)})">`;
    inside();
    this.#out += "</g>";
    return this;
  }

  /** A copy of what `inside` draws, mirrored about x = 50. */
  mirrored(inside: () => void): this {
    inside();
    this.#out += `<g transform="translate(100,0) scale(-1,1)">`;
    inside();
    this.#out += "</g>";
    return this;
  }

  /** Black or white, whichever reads on the paint. */
  ink(on: Paint): Paint {
    return lightness(this.#solid(on)) > 0.55 ? "#26262b" : "#f7f5f0";
  }

  /** SVG elements; the caller wraps them. */
  svg(): string {
    return `<defs>${this.#defs}</defs>${this.#out}`;
  }

  #solid(paint: Paint): string {
    const [a, b, c] = this.look.hex;
    if (paint === "main" || paint === "first") return a;
    if (paint === "second") return b;
    if (paint === "third") return c;
    if (paint === "dark") return "#2c2c31";
    if (paint === "metal") return "#c2c5ca";
    if (paint === "trim") return shade(a, lightness(a) > 0.5 ? -0.35 : 0.4);
    return paint;
  }

  #paint(paint: Paint): string {
    if (paint === "main") return this.#main;
    if (paint === "metal") return this.#metal();
    return this.#solid(paint);
  }

  #define(name: string, svg: (id: string) => string): string {
    const id = `${this.#id}${name}`;
    if (!this.#uses.has(name)) {
      this.#uses.add(name);
      this.#defs += svg(id);
    }
    return `url(#${id})`;
  }

  #metal(): string {
    return this.#define("m", (id) =>
      gradient(id, "x2='1' y2='0.3'", [
        [0, "#8d9096", 1],
        [0.3, "#f4f5f7", 1],
        [0.5, "#b4b7bd", 1],
        [0.75, "#e6e8ea", 1],
        [1, "#85888e", 1],
      ]),
    );
  }

  #texture(): string {
    const { texture } = this.look.finish;
    return this.#define(
      "t",
      (id) => `<pattern id="${id}" patternUnits="userSpaceOnUse" ${TEXTURES[texture] ?? TEXTURES.canvas}</pattern>`,
    );
  }

  #shading(kind: Exclude<Shading, "none">): string {
    const s = this.look.finish.sheen;
    const k = "#000000";
    const w = "#ffffff";
    return this.#define(kind, (id) => {
      if (kind === "cloth")
        return gradient(id, "x2='1' y2='0.25'", [
          [0, k, 0.2],
          [0.2, k, 0],
          [0.36, w, 0.1 + 0.25 * s],
          [0.55, k, 0.02],
          [0.8, k, 0.06],
          [1, k, 0.26],
        ]);
      if (kind === "round")
        return gradient(id, "x2='1' y2='0'", [
          [0, k, 0.38],
          [0.16, k, 0.08],
          [0.27, w, 0.2 + 0.5 * s],
          [0.4, w, 0.02],
          [0.65, k, 0.04],
          [0.9, k, 0.32],
          [1, k, 0.42],
        ]);
      if (kind === "flat")
        return gradient(id, "x2='0.6' y2='1'", [
          [0, w, 0.16 + 0.25 * s],
          [0.45, w, 0],
          [0.6, k, 0],
          [1, k, 0.2],
        ]);
      return `<radialGradient id="${id}" cx="0.36" cy="0.3" r="0.78">${stops([
        [0, w, 0.3 + 0.5 * s],
        [0.3, w, 0.08],
        [0.6, k, 0.04],
        [1, k, 0.42],
      ])}</radialGradient>`;
    });
  }
}

const TEXTURES: Record<string, string> = {
  knit: 'width="2.2" height="1.8"><path d="M0,0.2 L1.1,1.2 L2.2,0.2" fill="none" stroke="#000" stroke-opacity="0.2" stroke-width="0.45"/>',
  twill:
    'width="1.6" height="1.6" patternTransform="rotate(35)"><rect width="1.6" height="0.55" fill="#000" fill-opacity="0.13"/><rect y="0.8" width="1.6" height="0.3" fill="#fff" fill-opacity="0.12"/>',
  canvas:
    'width="1.5" height="1.5"><rect width="1.5" height="0.4" fill="#000" fill-opacity="0.09"/><rect width="0.4" height="1.5" fill="#000" fill-opacity="0.09"/>',
  grain:
    'width="5" height="4"><circle cx="1" cy="1" r="0.3" fill="#000" fill-opacity="0.2"/><circle cx="3.4" cy="0.7" r="0.24" fill="#fff" fill-opacity="0.2"/><circle cx="2.3" cy="2.6" r="0.34" fill="#000" fill-opacity="0.16"/><circle cx="4.4" cy="3.1" r="0.28" fill="#000" fill-opacity="0.18"/>',
  wood: 'width="26" height="5" patternTransform="rotate(4)"><path d="M0,1.2 Q7,0.2 13,1.2 T26,1.2 M0,3.4 Q9,4.4 15,3.2 T26,3.4" fill="none" stroke="#3a1f08" stroke-opacity="0.3" stroke-width="0.45"/>',
  ribbed:
    'width="1.9" height="4"><rect width="0.6" height="4" fill="#000" fill-opacity="0.15"/><rect x="1" width="0.4" height="4" fill="#fff" fill-opacity="0.13"/>',
  plush:
    'width="3" height="3"><path d="M0.4,1 q0.4,-0.8 0.9,-0.3 M1.9,2.4 q0.3,-0.8 0.8,-0.4 M2.2,0.8 q0.4,-0.5 0.7,0.1" fill="none" stroke="#000" stroke-opacity="0.22" stroke-width="0.35"/>',
};

type Stop = readonly [offset: number, color: string, opacity: number];

function stops(list: readonly Stop[]): string {
  return list
    .map(([at, color, opacity]) => `<stop offset="${at}" stop-color="${color}" stop-opacity="${n(opacity)}"/>`)
    .join("");
}

function gradient(id: string, direction: string, list: readonly Stop[]): string {
  return `<linearGradient id="${id}" x1="0" y1="0" ${direction.replaceAll("'", '"')}>${stops(list)}</linearGradient>`;
}
