import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import type { Item } from "../../src/index.ts";
import { mulberry32 } from "../ranking/random.ts";

export function scratch(): { dir: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), "looksee-models-"));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** Patches of colour in a grid of four by four; the same seed is the same picture, and `shade` a photo of it. */
export async function patches(seed: number, shade = 0): Promise<Uint8Array> {
  const random = mulberry32(seed * 7919 + 1);
  const noise = mulberry32(seed + 1000 * shade + 3);
  const colours = Array.from({ length: 48 }, () => random() * 255);
  const side = 64;
  const pixels = Buffer.alloc(side * side * 3);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let c = 0; c < 3; c++) {
        const colour = colours[((y >> 4) * 4 + (x >> 4)) * 3 + c]!;
        pixels[(y * side + x) * 3 + c] = Math.max(0, Math.min(255, colour + shade * (noise() - 0.5)));
      }
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer();
}

const KINDS = ["bags", "shoes", "toys"];

/** `count` items of one picture each, from number `from` on. */
export async function* items(count: number, from = 0): AsyncGenerator<Item> {
  for (let n = from; n < from + count; n++)
    yield { itemId: `i${n}`, title: `item ${n}`, category: KINDS[n % 3]!, images: [await patches(n)] };
}
