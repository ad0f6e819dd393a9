import { COLORS, type ColorName, shade } from "./palette.ts";
import type { Random } from "./random.ts";

const n = (value: number): string => String(Math.round(value * 10) / 10);
const NAMES = Object.keys(COLORS) as ColorName[];
const QUIET: readonly ColorName[] = [
  "beige",
  "cream",
  "grey",
  "charcoal",
  "camel",
  "brown",
  "silver",
  "white",
  "navy",
  "olive",
  "denim",
  "burgundy",
  "black",
];
const hex = (name: ColorName): string => `#${COLORS[name].toString(16).padStart(6, "0")}`;
const KINDS = ["planks", "tiles", "cloth", "shelf", "room", "bokeh", "carpet", "counter", "stone"] as const;

/** What lies behind the things in a photo, as SVG elements filling width x height. */
export function drawBackdrop(random: Random, width: number, height: number): string {
  // A third of the photos are taken on a plain table or before a wall.
  const kind = random.chance(0.33) ? "plain" : random.pick(KINDS);
  const a = shade(hex(random.chance(0.75) ? random.pick(QUIET) : random.pick(NAMES)), random.between(-0.25, 0.25));
  const b = shade(hex(random.pick(QUIET)), random.between(-0.3, 0.2));
  const fill = (color: string) => `<rect width="${width}" height="${height}" fill="${color}"/>`;
  const box = (x: number, y: number, w: number, h: number, color: string, extra = "") =>
    `<rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}" fill="${color}" ${extra}/>`;
  const reach = width + height;
  let out = fill(a);

  if (kind === "plain") {
    const edge = height * random.between(0.3, 1.4);
    out +=
      box(0, edge, width, height, shade(a, random.between(-0.18, 0.12))) +
      `<path d="M0,${n(edge)} H${width}" stroke="#000" stroke-opacity="0.25" stroke-width="2"/>`;
    for (let k = 0; k < 4; k++)
      out += `<ellipse cx="${n(random.between(0, width))}" cy="${n(random.between(0, height))}" rx="${n(random.between(60, 200))}" ry="${n(random.between(30, 120))}" fill="${random.chance(0.5) ? "#fff" : "#000"}" fill-opacity="0.05"/>`;
  } else if (kind === "planks" || kind === "counter") {
    const plank = random.between(34, 80);
    const turn = kind === "planks" ? random.between(-90, 90) : random.between(-6, 6);
    let boards = "";
    for (let y = -reach / 2; y < reach; y += plank) {
      boards += box(-reach / 2, y, reach * 2, plank - 1.5, shade(a, random.between(-0.16, 0.16)));
      for (let k = 0; k < 3; k++) {
        const at = y + random.between(3, plank - 4);
        boards += `<path d="M${n(-reach / 2)},${n(at)} q${n(reach / 3)},${n(random.between(-9, 9))} ${n(reach * 0.7)},0 t${n(reach)},0" fill="none" stroke="${shade(a, -0.4)}" stroke-opacity="0.35" stroke-width="${n(random.between(0.6, 2.2))}"/>`;
      }
      if (random.chance(0.6)) boards += box(random.between(0, width), y, 1.6, plank, shade(a, -0.5));
    }
    out = `${fill(shade(a, -0.5))}<g transform="rotate(${n(turn)},${n(width / 2)},${n(height / 2)})">${boards}</g>`;
  } else if (kind === "tiles") {
    const tile = random.between(38, 90);
    let tiles = "";
    for (let y = -reach / 2; y < reach; y += tile)
      for (let x = -reach / 2; x < reach; x += tile)
        tiles += box(x, y, tile - 2.5, tile - 2.5, shade(random.chance(0.14) ? b : a, random.between(-0.1, 0.1)));
    out = `${fill(shade(a, random.chance(0.5) ? -0.45 : 0.5))}<g transform="rotate(${n(random.between(-45, 45))},${n(width / 2)},${n(height / 2)}) skewX(${n(random.between(-18, 18))})">${tiles}</g>`;
  } else if (kind === "cloth") {
    for (let k = 0; k < 11; k++) {
      const x = random.between(-60, width);
      out += `<path d="M${n(x)},-10 q${n(random.between(-80, 120))},${n(height / 2)} ${n(random.between(-90, 90))},${n(height + 20)} l${n(random.between(12, 50))},0 q${n(random.between(-70, 90))},${n(-height / 2)} ${n(random.between(-40, 60))},${n(-height - 20)} Z" fill="${random.chance(0.5) ? "#000" : "#fff"}" fill-opacity="${n(random.between(0.1, 0.24))}"/>`;
    }
  } else if (kind === "shelf") {
    const board = random.between(90, 150);
    for (let y = -random.between(0, 60); y < height; y += board) {
      out += box(0, y, width, board, shade(a, -0.35));
      for (let x = -random.between(0, 30); x < width; ) {
        const w = random.between(16, 58);
        const h = board * random.between(0.5, 0.88);
        const color = hex(random.pick(NAMES));
        out +=
          box(x, y + board - h - 8, w, h, shade(color, -0.15), `rx="${random.int(8)}"`) +
          box(x + w * 0.15, y + board - h * 0.75 - 8, w * 0.7, h * 0.28, shade(hex(random.pick(NAMES)), 0.2));
        x += w + random.between(1, 9);
      }
      out += box(0, y + board - 8, width, 8, shade(a, 0.3));
    }
  } else if (kind === "room") {
    const floor = height * random.between(0.5, 0.8);
    out += box(0, floor, width, height - floor, shade(b, -0.1)) + box(0, floor - 7, width, 7, shade(a, 0.5));
    for (let k = 0; k < 3; k++) {
      const w = random.between(60, 140);
      const h = random.between(60, 160);
      const x = random.between(-30, width - 40);
      const y = random.between(-20, floor - h * 0.5);
      const color = hex(random.pick(NAMES));
      out +=
        box(x, y, w, h, shade(color, -0.3)) +
        box(x + 7, y + 7, w - 14, h - 14, shade(hex(random.pick(NAMES)), 0.25)) +
        `<circle cx="${n(x + w * 0.5)}" cy="${n(y + h * 0.5)}" r="${n(w * 0.22)}" fill="${color}"/>`;
    }
    for (let k = 0; k < 5; k++)
      out += `<path d="M${n(random.between(-100, width))},${height} L${n(random.between(0, width))},${n(floor)}" stroke="#000" stroke-opacity="0.2" stroke-width="2"/>`;
  } else if (kind === "bokeh") {
    out = fill(shade(a, -0.35));
    for (let k = 0; k < 26; k++)
      out += `<circle cx="${n(random.between(0, width))}" cy="${n(random.between(0, height))}" r="${n(random.between(10, 62))}" fill="${shade(hex(random.pick(NAMES)), random.between(-0.3, 0.3))}" fill-opacity="${n(random.between(0.25, 0.7))}"/>`;
  } else if (kind === "carpet") {
    const step = random.between(22, 54);
    const c = hex(random.pick(NAMES));
    let knots = "";
    for (let y = -reach / 2; y < reach; y += step)
      for (let x = -reach / 2; x < reach; x += step)
        knots += `<path d="M${n(x + step / 2)},${n(y)} l${n(step / 2)},${n(step / 2)} l${n(-step / 2)},${n(step / 2)} l${n(-step / 2)},${n(-step / 2)} Z" fill="${(Math.round((x + y) / step) & 1) === 0 ? b : c}" fill-opacity="0.75"/>`;
    out += `<g transform="rotate(${n(random.between(-60, 60))},${n(width / 2)},${n(height / 2)})">${knots}</g>`;
  } else {
    for (let k = 0; k < 60; k++)
      out += `<ellipse cx="${n(random.between(0, width))}" cy="${n(random.between(0, height))}" rx="${n(random.between(4, 46))}" ry="${n(random.between(2, 22))}" fill="${shade(random.chance(0.7) ? a : b, random.between(-0.35, 0.35))}" fill-opacity="0.6" transform="rotate(${random.int(180)},${n(width / 2)},${n(height / 2)})"/>`;
  }
  return out;
}
