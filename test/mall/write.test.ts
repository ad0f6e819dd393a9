import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MALL_VERSION, openMall, writeMall } from "../../src/mall/index.ts";

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "mall-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** RFC 4180 for a text without line breaks in fields. */
function parse(text: string): Record<string, string>[] {
  const [header = [], ...rows] = text
    .trimEnd()
    .split("\n")
    .map((line) =>
      [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
        .slice(0, -1)
        .map((m) => (m[1] ?? "").replace(/^"(.*)"$/, "$1").replaceAll('""', '"')),
    );
  return rows.map((row) => {
    expect(row.length).toBe(header.length);
    return Object.fromEntries(header.map((name, k) => [name, row[k] ?? ""]));
  });
}

test("writeMall's files hold what the mall says", async () => {
  const seen: number[] = [];
  const written = await writeMall(dir, {
    items: 20,
    seed: 7,
    photosPerItem: 2,
    photoItems: 4,
    onProgress: ({ done, total }) => seen.push(done / total),
  });
  expect(written).toEqual({ version: MALL_VERSION, seed: 7, items: 20, photos: 8 });
  expect(JSON.parse(await readFile(join(dir, "mall.json"), "utf8"))).toEqual(written);
  expect(seen.length).toBe(28);
  expect(seen.at(-1)).toBe(1);

  const mall = openMall({ items: 20, seed: 7 });
  const rows = parse(await readFile(join(dir, "catalog.csv"), "utf8"));
  expect(rows.length).toBe(20);
  for (const [index, row] of rows.entries()) {
    const item = mall.item(index);
    expect(row).toMatchObject({
      id: item.itemId,
      title: item.title,
      description: item.description,
      category: item.category,
      brand: item.brand,
      currency: "EUR",
      image: `images/${item.itemId}.jpg`,
    });
    expect(Number(row.price)).toBe(item.price);
    expect(Number(row.sales)).toBe(item.sales);
    const meta = await sharp(join(dir, row.image ?? "")).metadata();
    expect(meta.format).toBe("jpeg");
    expect(Math.max(meta.width, meta.height)).toBeGreaterThanOrEqual(320);
  }

  const photos = parse(await readFile(join(dir, "photos.csv"), "utf8"));
  expect(photos.length).toBe(8);
  const best = rows
    .toSorted((a, b) => Number(b.sales) - Number(a.sales))
    .slice(0, 4)
    .map((row) => row.id);
  expect(new Set(photos.map((photo) => photo.itemId))).toEqual(new Set(best));
  for (const photo of photos) {
    expect(rows.find((row) => row.id === photo.itemId)?.category).toBe(photo.category);
    const [x1, y1, x2, y2] = [photo.x1, photo.y1, photo.x2, photo.y2].map(Number) as [number, number, number, number];
    expect(0 <= x1 && x1 < x2 && x2 <= 1 && 0 <= y1 && y1 < y2 && y2 <= 1).toBe(true);
    expect((await sharp(join(dir, photo.file ?? "")).metadata()).format).toBe("jpeg");
  }
});
