import sharp, { type Sharp } from "sharp";
import { Random } from "./random.ts";

/** What sellers do to a picture before they list it as their own. */
export const CHANGES = [
  "reencoded",
  "scaled",
  "cropped",
  "bordered",
  "watermarked",
  "mirrored",
  "stickered",
  "bannered",
  "relit",
  "tilted",
] as const;
export type Change = (typeof CHANGES)[number];

/**
 * The same picture as another seller would list it: JPEG in, JPEG (one in five times WebP) out. How much is drawn from
 * the seed, the item's index and the change; the same bytes each time on one platform and lockfile.
 */
export async function changePicture(
  jpeg: Uint8Array,
  change: Change,
  seed: number,
  index: number,
): Promise<Uint8Array> {
  const random = new Random(seed, "change", index, change);
  const { data, info } = await sharp(jpeg).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const picture = () => sharp(data, { raw: { width, height, channels: 3 } });
  const over = (elements: string) => picture().composite([{ input: svg(width, height, elements) }]);
  if (change === "reencoded") return encode(picture(), random, 28 + random.int(30));
  if (change === "scaled") return encode(scaled(picture(), width, random), random);
  if (change === "cropped") return encode(cropped(picture(), width, height, random), random);
  if (change === "bordered") return encode(bordered(picture(), width, random), random);
  if (change === "watermarked") return encode(over(watermark(width, height, random)), random);
  if (change === "mirrored") return encode(picture().flop(), random);
  if (change === "stickered") return encode(over(sticker(width, height, random)), random);
  if (change === "bannered") return encode(over(banner(width, height, random)), random);
  if (change === "relit") return encode(relit(picture(), random), random);
  return encode(picture().rotate(signed(random, 1.5, 5), { background: "#ffffff" }), random);
}

function encode(picture: Sharp, random: Random, quality = 62 + random.int(32)): Promise<Buffer> {
  return (random.chance(0.2) ? picture.webp({ quality, effort: 2 }) : picture.jpeg({ quality })).toBuffer();
}

const signed = (random: Random, low: number, high: number): number =>
  random.between(low, high) * (random.chance(0.5) ? 1 : -1);

const svg = (width: number, height: number, elements: string): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${elements}</svg>`);

const scaled = (picture: Sharp, width: number, random: Random): Sharp =>
  picture.resize({
    width: Math.round(width * (random.chance(0.6) ? random.between(0.45, 0.85) : random.between(1.2, 1.8))),
  });

/** 2 to 10 % off each side. */
function cropped(picture: Sharp, width: number, height: number, random: Random): Sharp {
  const off = (side: number) => Math.round(side * random.between(0.02, 0.1));
  const [left, right, top, bottom] = [off(width), off(width), off(height), off(height)];
  return picture.extract({ left, top, width: width - left - right, height: height - top - bottom });
}

/** A frame of 3 to 10 % on all sides, or of twice that above and below. */
function bordered(picture: Sharp, width: number, random: Random): Sharp {
  const thick = Math.round(width * random.between(0.03, 0.1));
  const background = random.pick(["#ffffff", "#111111", "#c8102e", "#e8e8e8", "#f4c20a", "#1b4f9c"]);
  const side = random.chance(0.7) ? thick : 0;
  const end = side === 0 ? thick * 2 : thick;
  return picture.extend({ left: side, right: side, top: end, bottom: end, background });
}

/** Marks all over the picture, light, or one large mark across the middle. Marks are shapes: fonts differ by system. */
function watermark(width: number, height: number, random: Random): string {
  const colour = random.pick(["#ffffff", "#808080", "#303030", "#b03030"]);
  const strength = random.between(0.18, 0.42);
  const turn = random.between(-40, -15);
  const one = (x: number, y: number, size: number) =>
    `<g transform="translate(${x} ${y}) rotate(${turn}) scale(${size})"><rect x="-40" y="-5" width="80" height="4"/>` +
    `<circle cx="-28" cy="-14" r="8"/><path d="M-12-22h8l4 14 4-14h8l-8 20h-8zM18-22h16v5H24v4h8v5h-8v6h-6z"/></g>`;
  const marks: string[] = [];
  if (random.chance(0.4)) marks.push(one(width / 2, height / 2, (width / 100) * random.between(0.8, 1.2)));
  else {
    const step = Math.round(width * random.between(0.28, 0.4));
    for (let y = step / 2; y < height; y += step)
      for (let x = step / 2; x < width; x += step) marks.push(one(x, y, 0.8));
  }
  return `<g fill="${colour}" fill-opacity="${strength}">${marks.join("")}</g>`;
}

/** A seller's badge in a corner, up to a quarter of the width. */
function sticker(width: number, height: number, random: Random): string {
  const radius = width * random.between(0.07, 0.13);
  const inset = radius * random.between(1.05, 1.5);
  const x = random.chance(0.5) ? inset : width - inset;
  const y = random.chance(0.5) ? inset : height - inset;
  const colour = random.pick(["#e21d2a", "#f7b500", "#0a8f3c", "#1456c8", "#111111"]);
  const shape = random.chance(0.5)
    ? `<circle r="${radius}"/>`
    : `<rect x="${-radius}" y="${-radius * 0.7}" width="${radius * 2}" height="${radius * 1.4}" rx="${radius * 0.2}"/>`;
  const mark = `<path d="M-50 30 L-10-40 10-40 50 30 20 30 0-10-20 30Z" fill="#ffffff" transform="scale(${radius / 90})"/>`;
  return `<g transform="translate(${x} ${y}) rotate(${random.between(-20, 20)})" fill="${colour}">${shape}${mark}</g>`;
}

/** A strip with "lines of text" along the top or bottom, 8 to 16 % high. */
function banner(width: number, height: number, random: Random): string {
  const high = height * random.between(0.08, 0.16);
  const top = random.chance(0.3) ? 0 : height - high;
  const colour = random.pick(["#e21d2a", "#111111", "#ff7a00", "#1456c8", "#ffffff"]);
  const ink = colour === "#ffffff" ? "#202020" : "#ffffff";
  const words: string[] = [];
  for (let x = width * 0.04; x < width * 0.9; ) {
    const wide = width * random.between(0.03, 0.12);
    words.push(`<rect x="${x}" y="${top + high * 0.32}" width="${wide}" height="${high * 0.36}"/>`);
    x += wide + width * 0.025;
  }
  return `<rect x="0" y="${top}" width="${width}" height="${high}" fill="${colour}"/><g fill="${ink}">${words.join("")}</g>`;
}

/** Brighter or darker, more or less contrast, a little warmer or cooler, as an automatic improvement does it. */
function relit(picture: Sharp, random: Random): Sharp {
  const exposure = random.between(0.86, 1.16);
  const warm = random.between(-0.05, 0.05);
  const lift = random.between(-10, 10);
  const gains = [exposure * (1 + warm), exposure, exposure * (1 - warm)];
  return picture.linear(gains, [lift, lift, lift]).modulate({ saturation: random.between(0.85, 1.2) });
}
