import fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { KINDS } from "../../src/mall/categories.ts";
import { drawProduct } from "../../src/mall/draw/index.ts";
import { fromUnitSquare, type Homography, invert, type Point } from "../../src/mall/homography.ts";
import { openMall } from "../../src/mall/index.ts";
import { drawLatents, type Latents } from "../../src/mall/latents.ts";
import { PATTERNS } from "../../src/mall/pattern.ts";
import { composePhoto, drawPhoto, tightBox } from "../../src/mall/photo.ts";
import { rasterise } from "../../src/mall/raster.ts";

test("the same seed draws the same bytes; another seed or take draws others", async () => {
  const first = openMall({ items: 1000, seed: 7 });
  const again = openMall({ items: 20_000, seed: 7 });
  expect(Buffer.from(await first.picture(5)).equals(await again.picture(5))).toBe(true);
  const [a, b] = [await first.photo(5, 2), await again.photo(5, 2)];
  expect(Buffer.from(a.jpeg).equals(b.jpeg)).toBe(true);
  expect(a.box).toEqual(b.box);
  expect(Buffer.from(a.jpeg).equals((await first.photo(5, 3)).jpeg)).toBe(false);
  expect(Buffer.from(await first.picture(5)).equals(await openMall({ items: 1000, seed: 8 }).picture(5))).toBe(false);
});

test("every kind is drawn, at the ends of its shape values too, and without fonts", async () => {
  const base = drawLatents(7, 0);
  for (const [category, kinds] of Object.entries(KINDS))
    for (const kind of Object.keys(kinds))
      for (const value of [0, 0.5, 1]) {
        const name = PATTERNS[(kind.length + value * 4) % PATTERNS.length] ?? "plain";
        const latents = {
          ...base,
          category,
          kind,
          shape: new Array(10).fill(value),
          pattern: { ...base.pattern, name },
        } as Latents;
        const svg = drawProduct(latents, "t");
        expect(svg, `${category} ${kind}`).not.toMatch(/NaN|undefined|Infinity|<text|font/);
        const { data } = await rasterise(svg, "0 0 100 100", 50, 50);
        const inked = data.filter((alpha, i) => i % 4 === 3 && alpha > 128).length;
        expect(inked / 2500, `${category} ${kind} covers its square`).toBeGreaterThan(0.03);
      }
});

test("sisters of a family can be told apart by their pixels", async () => {
  const byFamily = new Map<number, Uint8Array[]>();
  for (let index = 0; index < 240; index++) {
    const latents = drawLatents(7, index);
    const { data } = await rasterise(drawProduct(latents, "t"), "0 0 100 100", 64, 64, true);
    byFamily.set(latents.family, [...(byFamily.get(latents.family) ?? []), data]);
  }
  for (const [family, pictures] of byFamily)
    for (const [k, picture] of pictures.entries())
      for (const other of pictures.slice(k + 1)) {
        const changed = picture.filter((value, i) => Math.abs(value - (other[i] as number)) > 16).length;
        expect(changed, `family ${family}`).toBeGreaterThan(20);
      }
});

test("the box is tight: each edge touches the product, nothing of it lies outside", async () => {
  for (let index = 0; index < 18; index++) {
    const latents = drawLatents(11, index);
    const { mask, width, height } = await composePhoto(11, latents, index % 3);
    const { box, jpeg } = await drawPhoto(11, latents, index % 3);
    const meta = await sharp(jpeg).metadata();
    expect([meta.width, meta.height]).toEqual([width, height]);
    const [x1, y1, x2, y2] = [box[0] * width, box[1] * height, box[2] * width, box[3] * height].map(Math.round) as [
      number,
      number,
      number,
      number,
    ];
    const edges = { left: 0, right: 0, top: 0, bottom: 0, outside: 0, seen: 0 };
    mask.forEach((alpha, i) => {
      if (alpha < 128) return;
      const [x, y] = [i % width, Math.floor(i / width)];
      edges.seen++;
      if (x < x1 || x >= x2 || y < y1 || y >= y2) edges.outside++;
      if (x === x1) edges.left++;
      if (x === x2 - 1) edges.right++;
      if (y === y1) edges.top++;
      if (y === y2 - 1) edges.bottom++;
    });
    expect(edges.outside).toBe(0);
    for (const side of ["left", "right", "top", "bottom"] as const)
      expect(edges[side], `item ${index} ${side}`).toBeGreaterThan(0);
    expect(edges.seen / (width * height), `item ${index} is seen`).toBeGreaterThan(0.01);
  }
});

test("the mask shows the product: painting it another colour changes those pixels and no uncovered background", async () => {
  for (const index of [3, 30, 300]) {
    const latents = drawLatents(7, index);
    const turned = {
      ...latents,
      palette: { ...latents.palette, hex: ["#ff00ff", "#00ff00", "#ff00ff"] as [string, string, string] },
    };
    const [a, b] = [await composePhoto(7, latents, 0), await composePhoto(7, turned, 0)];
    let [inside, outside] = [0, 0];
    const [x1, y1, x2, y2] = tightBox(a.mask, a.width, a.height);
    for (let i = 0; i < a.mask.length; i++) {
      const changed = [0, 1, 2].some((c) => Math.abs((a.rgb[i * 3 + c] as number) - (b.rgb[i * 3 + c] as number)) > 40);
      if (!changed) continue;
      const [x, y] = [(i % a.width) / a.width, Math.floor(i / a.width) / a.height];
      // Soft edge pixels just outside the box show less than half of the product.
      const rim = 2 / Math.min(a.width, a.height);
      if (x >= x1 - rim && x < x2 + rim && y >= y1 - rim && y < y2 + rim) inside++;
      else outside++;
    }
    expect(inside).toBeGreaterThan(300);
    expect(outside).toBeLessThan(inside * 0.01); // half-seen pixels at the rim of what covers the product
  }
});

test("tightBox holds one lone pixel", () => {
  const mask = new Uint8Array(20);
  mask[7] = 128;
  expect(tightBox(mask, 5, 4)).toEqual([0.4, 0.25, 0.6, 0.5]);
});

test("a homography takes the unit square to its corners and back", () => {
  const through = (m: Homography, [x, y]: Point): Point => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = m;
    const w = g * x + h * y + i;
    return [(a * x + b * y + c) / w, (d * x + e * y + f) / w];
  };
  const shift = fc.tuple(fc.double({ min: -8, max: 8, noNaN: true }), fc.double({ min: -8, max: 8, noNaN: true }));
  fc.assert(
    fc.property(shift, shift, shift, shift, (p, q, r, s) => {
      const corners: [Point, Point, Point, Point] = [
        [p[0], p[1]],
        [40 + q[0], q[1]],
        [40 + r[0], 40 + r[1]],
        [s[0], 40 + s[1]],
      ];
      const map = fromUnitSquare(corners);
      const unit: Point[] = [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ];
      for (const [k, point] of unit.entries()) {
        const there = through(map, point);
        expect(there[0]).toBeCloseTo((corners[k] as Point)[0], 6);
        expect(there[1]).toBeCloseTo((corners[k] as Point)[1], 6);
        const back = through(invert(map), there);
        expect(back[0]).toBeCloseTo(point[0], 6);
        expect(back[1]).toBeCloseTo(point[1], 6);
      }
    }),
    { seed: 7, numRuns: 60 },
  );
});
