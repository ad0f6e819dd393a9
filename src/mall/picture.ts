import { drawProduct } from "./draw/index.ts";
import type { Latents } from "./latents.ts";
import { Random } from "./random.ts";
import { rasterise, SoftShadow, toJpeg } from "./raster.ts";

/** Pixels of a catalogue picture, square. */
export const PICTURE_SIDE = 336;

/** The clean catalogue picture: the product on a white or nearly white ground with a soft shadow. JPEG. */
export async function drawPicture(seed: number, latents: Latents): Promise<Uint8Array> {
  const random = new Random(seed, "studio", latents.index);
  const side = PICTURE_SIDE;
  const zoom = random.between(0.98, 1.08);
  const edge = (100 - 100 / zoom) / 2;
  const view = 100 / zoom;
  const product = await rasterise(drawProduct(latents, "a"), `${edge} ${edge} ${view} ${view}`, side, side);
  const ground = random.chance(0.65)
    ? [255, 255, 255]
    : random.pick([
        [246, 246, 247],
        [250, 247, 241],
        [243, 246, 249],
      ]);
  const vignette = random.chance(0.5) ? 9 : 0;
  const source = product.data;
  const shadow = new SoftShadow((pixel) => source[pixel * 4 + 3] as number, side, side, 15);
  const out = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    const dy = y / side - 0.5;
    for (let x = 0; x < side; x++) {
      const i = y * side + x;
      const dx = x / side - 0.5;
      const alpha = (source[i * 4 + 3] as number) / 255;
      const dim = alpha < 1 ? (1 - 0.34 * shadow.at(x - 4, y - 7)) * (1 - ((dx * dx + dy * dy) * vignette) / 128) : 1;
      for (let c = 0; c < 3; c++)
        out[i * 3 + c] = (source[i * 4 + c] as number) * alpha + (ground[c] as number) * dim * (1 - alpha) + 0.5;
    }
  }
  return toJpeg({ data: out, width: side, height: side, channels: 3 }, 88);
}
