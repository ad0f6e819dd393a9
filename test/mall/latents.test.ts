import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { CATEGORIES, openMall } from "../../src/mall/index.ts";
import { drawLatents } from "../../src/mall/latents.ts";

test("the same seed gives the same items, however many are asked for", () => {
  const small = openMall({ items: 1000, seed: 7 });
  const large = openMall({ items: 20_000, seed: 7 });
  for (const index of [0, 5, 77, 999]) expect(small.item(index)).toEqual(large.item(index));
  expect(openMall({ items: 10, seed: 8 }).item(5)).not.toEqual(small.item(5));
});

test("latents are those of MALL_VERSION: raise it when this literal must change", () => {
  const digest = createHash("sha256");
  for (let index = 0; index < 600; index++)
    digest.update(JSON.stringify(openMall({ items: 600, seed: 7 }).item(index)));
  const { category, kind, departs, family, member, material, style, palette, pattern, shape } = drawLatents(7, 5);
  expect({ category, kind, departs, family, member, material, style, palette, pattern, shape }).toMatchInlineSnapshot(`
    {
      "category": "toys",
      "departs": "color",
      "family": 1,
      "kind": "rings",
      "material": "rubber",
      "member": 2,
      "palette": {
        "hex": [
          "#2c61ae",
          "#cdd0d6",
          "#f59435",
        ],
        "names": [
          "blue",
          "silver",
          "orange",
        ],
      },
      "pattern": {
        "angle": 45,
        "name": "plaid",
        "scale": 0.84375,
        "seed": 1372967834,
        "weight": 0.90625,
      },
      "shape": [
        0.57421875,
        0.94140625,
        0.8359375,
        0.625,
        0.046875,
        0.265625,
        0.59375,
        0.40234375,
        0.5,
        0.32421875,
      ],
      "style": "vintage",
    }
  `);
  expect(digest.digest("hex")).toMatchInlineSnapshot(
    `"095171527a368b4e4fecdf7a82e2f8506f4abed8413cec7e306a66bb7df693ae"`,
  );
});

test("no two of 20,000 items look the same by their latents; families share brand, kind and category", () => {
  const looks = new Set<string>();
  const families = new Map<number, { brand: number; kind: string; category: string; size: number }>();
  for (let index = 0; index < 20_000; index++) {
    const { category, kind, shape, pattern, palette, material, brand, family } = drawLatents(7, index);
    looks.add(JSON.stringify([category, kind, shape, pattern, palette.hex, material, brand.id]));
    const first = families.get(family) ?? { brand: brand.id, kind, category, size: 0 };
    expect({ brand: brand.id, kind, category }).toEqual({
      brand: first.brand,
      kind: first.kind,
      category: first.category,
    });
    families.set(family, { ...first, size: first.size + 1 });
  }
  expect(looks.size).toBe(20_000);
  expect(families.size).toBe(5000); // the last block ends after eight of its twelve
});

test("every category has its share", () => {
  const counts = new Map<string, number>();
  for (let index = 0; index < 6000; index++) {
    const { category } = drawLatents(3, index);
    counts.set(category, (counts.get(category) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual([...CATEGORIES].sort());
  for (const count of counts.values()) expect(count).toBeGreaterThan(250);
});

test("sales fall as 1 / rank: the slope of log sales over log rank is near -1", () => {
  const mall = openMall({ items: 20_000, seed: 7 });
  const sales = Array.from({ length: mall.items }, (_, index) => mall.item(index).sales).sort((a, b) => b - a);
  const points: (readonly [number, number])[] = [];
  for (let rank = 20; rank <= 10_000; rank = Math.ceil(rank * 1.1))
    points.push([Math.log(rank), Math.log(sales[rank - 1] as number)] as const);
  const mean = (k: 0 | 1) => points.reduce((sum, point) => sum + point[k], 0) / points.length;
  const [mx, my] = [mean(0), mean(1)];
  const slope =
    points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  expect(slope).toBeGreaterThan(-1.1);
  expect(slope).toBeLessThan(-0.9);
});

test("titles vary and prices lie in their category's range", () => {
  const mall = openMall({ items: 500, seed: 7 });
  const items = Array.from({ length: 500 }, (_, index) => mall.item(index));
  expect(new Set(items.map((item) => item.title)).size).toBeGreaterThan(400);
  for (const item of items) {
    expect(item.price).toBeGreaterThanOrEqual(1);
    expect(item.price * 100).toBeCloseTo(Math.round(item.price * 100), 6);
    expect(item.itemId).toMatch(/^m7-\d{6}$/);
  }
});

test("a mall refuses what it cannot draw", () => {
  expect(() => openMall({ items: 0, seed: 7 })).toThrow(RangeError);
  expect(() => openMall({ items: 10, seed: -1 })).toThrow(RangeError);
  expect(() => openMall({ items: 10, seed: 7 }).item(10)).toThrow(RangeError);
});
