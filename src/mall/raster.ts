import sharp from "sharp";

/** 8-bit pixels, row by row: 3 channels RGB, or 4 with alpha (not premultiplied). */
export type Raster = { data: Uint8Array; width: number; height: number; channels: 3 | 4 };

/** Rasterises SVG elements; `view` is the viewBox. */
export async function rasterise(
  elements: string,
  view: string,
  width: number,
  height: number,
  opaque = false,
): Promise<Raster> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${view}">${elements}</svg>`;
  const picture = sharp(Buffer.from(svg));
  const data = await (opaque ? picture.flatten({ background: "#ffffff" }) : picture.ensureAlpha()).raw().toBuffer();
  return { data, width, height, channels: opaque ? 3 : 4 };
}

export async function toJpeg(raster: Raster, quality: number, blur = 0): Promise<Uint8Array> {
  let picture = sharp(raster.data, { raw: { width: raster.width, height: raster.height, channels: raster.channels } });
  if (blur >= 0.3) picture = picture.blur(blur);
  return picture.jpeg({ quality }).toBuffer();
}

/** Alpha of a raster or a mask, box-blurred twice at a quarter of the size: a soft shadow, cheap to sample. */
export class SoftShadow {
  readonly #cells: Float32Array;
  readonly #width: number;
  readonly #height: number;
  static readonly STEP = 4;

  /** `alpha(i)` is 0 .. 255 at pixel i; `radius` in pixels. */
  constructor(alpha: (pixel: number) => number, width: number, height: number, radius: number) {
    const step = SoftShadow.STEP;
    this.#width = Math.ceil(width / step);
    this.#height = Math.ceil(height / step);
    let cells = new Float32Array(this.#width * this.#height);
    for (let y = 0; y < this.#height; y++)
      for (let x = 0; x < this.#width; x++)
        cells[y * this.#width + x] =
          alpha(Math.min(height - 1, y * step + 1) * width + Math.min(width - 1, x * step + 1)) / 255;
    const reach = Math.max(1, Math.round(radius / step));
    for (let pass = 0; pass < 2; pass++)
      cells = boxBlur(
        boxBlur(cells, this.#width, this.#height, reach, 1, this.#width),
        this.#height,
        this.#width,
        reach,
        this.#width,
        1,
      );
    this.#cells = cells;
  }

  /** 0 .. 1 at a point in pixels of the original; 0 outside. */
  at(x: number, y: number): number {
    const fx = x / SoftShadow.STEP - 0.5;
    const fy = y / SoftShadow.STEP - 0.5;
    const x0 = Math.floor(fx);
    const y0 = Math.floor(fy);
    if (x0 < 0 || y0 < 0 || x0 + 1 >= this.#width || y0 + 1 >= this.#height) return 0;
    const i = y0 * this.#width + x0;
    const c = this.#cells;
    const u = fx - x0;
    const v = fy - y0;
    const top = (c[i] as number) * (1 - u) + (c[i + 1] as number) * u;
    const low = (c[i + this.#width] as number) * (1 - u) + (c[i + this.#width + 1] as number) * u;
    return top * (1 - v) + low * v;
  }
}

/** Running mean along lines of `length` cells `along` apart, `lines` of them `across` apart; outside counts as 0. */
function boxBlur(
  cells: Float32Array,
  length: number,
  lines: number,
  reach: number,
  along: number,
  across: number,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(cells.length);
  const share = 1 / (2 * reach + 1);
  for (let line = 0; line < lines; line++) {
    let sum = 0;
    for (let k = 0; k < Math.min(reach, length); k++) sum += cells[line * across + k * along] as number;
    for (let k = 0; k < length; k++) {
      if (k + reach < length) sum += cells[line * across + (k + reach) * along] as number;
      if (k - reach - 1 >= 0) sum -= cells[line * across + (k - reach - 1) * along] as number;
      out[line * across + k * along] = sum * share;
    }
  }
  return out;
}
