import { polygon } from "./pattern.ts";
import { Random } from "./random.ts";

/** An invented brand: a name for titles and a geometric mark for the product. No fonts are ever drawn. */
export type Brand = { id: number; name: string; mark: Mark };
/** `count` copies of a form around the centre, perhaps in a ring or on a disc. */
export type Mark = { form: number; count: number; turn: number; inner: number; frame: number; slim: number };

export const BRANDS = 160;

const HEADS = [
  "Al",
  "Bo",
  "Cas",
  "Del",
  "Er",
  "Fen",
  "Gal",
  "Hol",
  "Is",
  "Jun",
  "Kor",
  "Lum",
  "Mir",
  "Nor",
  "Or",
  "Pel",
  "Quo",
  "Riv",
  "Sol",
  "Tal",
  "Ul",
  "Ver",
  "Wil",
  "Yar",
  "Zem",
];
const MIDDLES = ["a", "e", "i", "o", "u", "ari", "eno", "ila", "osa", "ume"];
const TAILS = ["ra", "va", "no", "lis", "dor", "ne", "ta", "vik", "mo", "sse", "bel", "ko", "rin", "zo"];

export function drawBrand(seed: number, id: number): Brand {
  const random = new Random(seed, "brand", id);
  // The head and the tail come from the id, so that two brands never share a name.
  const head = HEADS[id % HEADS.length] ?? "";
  const tail = TAILS[Math.floor(id / HEADS.length) % TAILS.length] ?? "";
  return {
    id,
    name: head + random.pick(MIDDLES) + tail,
    mark: {
      form: random.int(7),
      count: 1 + random.int(6),
      turn: random.int(8) * 15,
      inner: Math.round(random.between(0.3, 0.7) * 32) / 32,
      frame: random.int(5),
      slim: Math.round(random.between(0.25, 0.6) * 32) / 32,
    },
  };
}

const n = (value: number): string => String(Math.round(value * 100) / 100);

/** The mark as SVG, centred on (x, y), within radius r; `ink` and `ground` are paints. */
export function drawMark(mark: Mark, x: number, y: number, r: number, ink: string, ground: string): string {
  let out = "";
  let color = ink;
  let reach = r;
  if (mark.frame === 1) {
    out += `<circle cx="${n(x)}" cy="${n(y)}" r="${n(r)}" fill="${ink}"/>`;
    color = ground;
    reach = r * 0.78;
  } else if (mark.frame === 2) {
    out += `<circle cx="${n(x)}" cy="${n(y)}" r="${n(r * 0.92)}" fill="none" stroke="${ink}" stroke-width="${n(r * 0.14)}"/>`;
    reach = r * 0.7;
  } else if (mark.frame === 3) {
    out += `<rect x="${n(x - r * 0.9)}" y="${n(y - r * 0.9)}" width="${n(r * 1.8)}" height="${n(r * 1.8)}" rx="${n(r * 0.3)}" fill="${ink}"/>`;
    color = ground;
    reach = r * 0.72;
  }
  const single = mark.count === 1;
  const size = single ? reach : reach * mark.slim;
  for (let k = 0; k < mark.count; k++) {
    const at = single ? 0 : reach - size;
    out += `<g transform="translate(${n(x)},${n(y)}) rotate(${n(mark.turn + (k * 360) / mark.count)}) translate(0,${n(-at)})">${form(mark, size, color)}</g>`;
  }
  return out;
}

function form(mark: Mark, r: number, color: string): string {
  const fill = (d: string) => `<path d="${d}" fill="${color}"/>`;
  switch (mark.form) {
    case 0:
      return `<circle r="${n(r)}" fill="${color}"/>`;
    case 1:
      return fill(polygon(0, 0, r, 3));
    case 2:
      return fill(polygon(0, 0, r, 5, mark.inner));
    case 3:
      return fill(`M0,${n(-r)}Q${n(r * 0.8)},0 0,${n(r)}Q${n(-r * 0.8)},0 0,${n(-r)}Z`);
    case 4:
      return fill(
        `M${n(-r)},${n(-r * 0.3)}L0,${n(-r)}L${n(r)},${n(-r * 0.3)}V${n(r * 0.4)}L0,${n(-r * 0.3)}L${n(-r)},${n(r * 0.4)}Z`,
      );
    case 5:
      return `<circle r="${n(r * 0.75)}" fill="none" stroke="${color}" stroke-width="${n(r * 0.45)}"/>`;
    default:
      return fill(`M${n(-r * mark.inner)},${n(-r)}H${n(r * mark.inner)}V${n(r)}H${n(-r * mark.inner)}Z`);
  }
}
