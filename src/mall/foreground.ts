import { COLORS, type ColorName, shade } from "./palette.ts";
import type { Random } from "./random.ts";

const n = (value: number): string => String(Math.round(value * 10) / 10);
const SKINS = ["#f1c9a8", "#e0ac85", "#c58c62", "#9a6741", "#6b452c"] as const;
const NAMES = Object.keys(COLORS) as ColorName[];

/** Where the product lies in the photo, in pixels: the middle of its outline and half its extent. */
export type Place = { x: number; y: number; reach: number };

/** Fingers that hold the product from one side, as SVG elements. */
export function drawHand(random: Random, place: Place): string {
  const skin = shade(random.pick(SKINS), random.between(-0.1, 0.1));
  const size = place.reach * random.between(0.15, 0.21);
  const turn = random.pick([0, 90, 180, 270]) + random.between(-35, 35);
  const from = place.reach * 1.35;
  let fingers = "";
  for (let k = 0; k < 4; k++) {
    const x = (k - 1.5) * size * 1.06;
    const tip = from - place.reach * random.between(0.62, 0.86) - (k === 1 || k === 2 ? size * 0.5 : 0);
    const d = `M${n(x)},${n(from * 1.5)} Q${n(x + size * 0.2)},${n((from + tip) / 2)} ${n(x + random.between(-3, 3))},${n(tip)}`;
    fingers += `<path d="${d}" stroke="${shade(skin, -0.35)}" stroke-width="${n(size * 1.06)}"/><path d="${d}" stroke="${skin}" stroke-width="${n(size * 0.96)}"/><path d="${d}" stroke="#fff" stroke-opacity="0.14" stroke-width="${n(size * 0.35)}"/>`;
    fingers += `<ellipse cx="${n(x)}" cy="${n(tip + size * 0.02)}" rx="${n(size * 0.26)}" ry="${n(size * 0.32)}" fill="${shade(skin, 0.35)}" stroke="none"/>`;
  }
  return `<g transform="translate(${n(place.x)},${n(place.y)}) rotate(${n(turn)})" fill="none" stroke-linecap="round">${fingers}</g>`;
}

/** A price tag, a sticker, a strap, a leaf or a block that covers a corner of the product. */
export function drawCover(random: Random, place: Place): string {
  const turn = random.between(0, 360);
  const away = place.reach * random.between(0.5, 0.95);
  const s = place.reach * random.between(0.2, 0.4);
  const color = shade(`#${COLORS[random.pick(NAMES)].toString(16).padStart(6, "0")}`, random.between(-0.2, 0.2));
  let inside = "";
  switch (random.int(5)) {
    case 0: // tag on a string
      inside = `<path d="M0,${n(-s)} L${n(s * 0.7)},${n(-s * 0.5)} V${n(s)} H${n(-s * 0.7)} V${n(-s * 0.5)} Z" fill="#f4efe2" stroke="#8d8678"/><circle cy="${n(-s * 0.6)}" r="${n(s * 0.13)}" fill="#5d574c"/><path d="M0,${n(-s * 0.6)} q${n(s)},${n(-s)} ${n(s * 0.3)},${n(-s * 2)}" fill="none" stroke="#c9b27c" stroke-width="2"/>`;
      for (let k = 0; k < 3; k++)
        inside += `<rect x="${n(-s * 0.45)}" y="${n(-s * 0.2 + k * s * 0.35)}" width="${n(s * random.between(0.4, 0.9))}" height="${n(s * 0.14)}" fill="#3a3a40"/>`;
      break;
    case 1: // round sticker
      inside = `<circle r="${n(s * 0.7)}" fill="${color}"/><circle r="${n(s * 0.55)}" fill="none" stroke="#fff" stroke-width="2"/><rect x="${n(-s * 0.35)}" y="${n(-s * 0.1)}" width="${n(s * 0.7)}" height="${n(s * 0.2)}" fill="#fff"/>`;
      break;
    case 2: // strap or cable
      inside = `<path d="M${n(-s * 4)},${n(s)} Q0,${n(-s)} ${n(s * 4)},${n(s * 0.5)}" fill="none" stroke="${shade(color, -0.4)}" stroke-width="${n(s * 0.42)}"/><path d="M${n(-s * 4)},${n(s)} Q0,${n(-s)} ${n(s * 4)},${n(s * 0.5)}" fill="none" stroke="${color}" stroke-width="${n(s * 0.32)}"/>`;
      break;
    case 3: // leaves
      for (let k = 0; k < 3; k++)
        inside += `<path d="M0,0 Q${n(s * 0.7)},${n(-s)} 0,${n(-s * 2)} Q${n(-s * 0.7)},${n(-s)} 0,0 Z" fill="${shade("#3d7f45", random.between(-0.3, 0.3))}" transform="rotate(${n(k * 45 - 45 + random.between(-15, 15))})"/>`;
      break;
    default: // the edge of another thing
      inside = `<rect x="${n(-s)}" y="${n(-s * 0.9)}" width="${n(s * 2.4)}" height="${n(s * 3)}" rx="6" fill="${color}"/><rect x="${n(-s)}" y="${n(-s * 0.9)}" width="${n(s * 2.4)}" height="${n(s * 0.5)}" fill="#fff" fill-opacity="0.25"/>`;
  }
  // Drawn so that it reaches outwards from the product's rim.
  return `<g transform="translate(${n(place.x)},${n(place.y)}) rotate(${n(turn)}) translate(0,${n(away)}) rotate(${n(random.between(-40, 40))})">${inside}</g>`;
}

/** A soft bar of shade or light across the picture (a window, a passer-by): too thin to count as covering. */
export function drawShade(random: Random, width: number, height: number): string {
  const x = random.between(-0.2, 0.9) * width;
  const w = random.between(0.12, 0.5) * width;
  const light = random.chance(0.4);
  return `<g transform="rotate(${n(random.between(-50, 50))},${n(width / 2)},${n(height / 2)})"><rect x="${n(x)}" y="${-height}" width="${n(w)}" height="${height * 3}" fill="${light ? "#fff6dd" : "#000"}" fill-opacity="${n(random.between(0.12, light ? 0.22 : 0.38))}"/></g>`;
}
