import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MallItem } from "./item.ts";
import { openMall } from "./mall.ts";
import { MALL_VERSION } from "./version.ts";

export type MallOptions = {
  items: number;
  seed: number;
  photosPerItem: number;
  /** How many items get photos: the best sellers, ties by lower index. Default: all. */
  photoItems?: number;
  onProgress?: (progress: MallProgress) => void;
};
/** `perSecond` counts pictures and photos since the start, `secondsLeft` covers both. */
export type MallProgress = {
  stage: string;
  done: number;
  total: number;
  perSecond: number;
  secondsLeft: number | null;
};
export type WrittenMall = { version: number; seed: number; items: number; photos: number };

/** Pictures drawn at a time: libvips uses its own threads, so a few keep two cores busy. */
const AT_A_TIME = 4;

/**
 * Writes a mall as files: catalog.csv, images/ITEM.jpg, photos/ITEM-N.jpg, photos.csv
 * (file,itemId,category,x1,y1,x2,y2; boxes are fractions) and mall.json. Existing files of these names are replaced.
 */
export async function writeMall(dir: string, options: MallOptions): Promise<WrittenMall> {
  const { items, seed, photosPerItem } = options;
  const mall = openMall({ items, seed });
  await mkdir(join(dir, "images"), { recursive: true });
  await mkdir(join(dir, "photos"), { recursive: true });
  const all = Array.from({ length: items }, (_, index) => mall.item(index));
  const photographed = all
    .map((item, index) => ({ index, sales: item.sales }))
    .sort((a, b) => b.sales - a.sales || a.index - b.index)
    .slice(0, options.photoItems ?? items)
    .map(({ index }) => index)
    .sort((a, b) => a - b);
  const takes = photographed.flatMap((index) => Array.from({ length: photosPerItem }, (_, take) => ({ index, take })));
  const total = items + takes.length;
  let done = 0;
  const start = performance.now();
  const step = (stage: string) => {
    const perSecond = (++done * 1000) / Math.max(1, performance.now() - start);
    options.onProgress?.({ stage, done, total, perSecond, secondsLeft: (total - done) / perSecond });
  };

  await each(all, async (item, index) => {
    await writeFile(join(dir, imageOf(item)), await mall.picture(index));
    step("pictures");
  });
  const photoRows: string[] = new Array(takes.length);
  await each(takes, async ({ index, take }, row) => {
    const item = all[index] as MallItem;
    const file = `photos/${item.itemId}-${take}.jpg`;
    const { jpeg, box } = await mall.photo(index, take);
    await writeFile(join(dir, file), jpeg);
    photoRows[row] = csv([file, item.itemId, item.category, ...box.map((side) => side.toFixed(5))]);
    step("photos");
  });

  const header = "id,title,description,category,brand,color,pattern,material,style,price,currency,sales,url,image";
  const rows = all.map((item) =>
    csv([
      item.itemId,
      item.title,
      item.description,
      item.category,
      item.brand,
      item.colors[0] ?? "",
      item.pattern,
      item.material,
      item.style,
      item.price.toFixed(2),
      item.currency,
      String(item.sales),
      item.url,
      imageOf(item),
    ]),
  );
  await writeFile(join(dir, "catalog.csv"), `${[header, ...rows].join("\n")}\n`);
  await writeFile(join(dir, "photos.csv"), `${["file,itemId,category,x1,y1,x2,y2", ...photoRows].join("\n")}\n`);
  const written = { version: MALL_VERSION, seed, items, photos: takes.length };
  await writeFile(join(dir, "mall.json"), `${JSON.stringify(written)}\n`);
  return written;
}

const imageOf = (item: MallItem): string => `images/${item.itemId}.jpg`;

/** One CSV record (RFC 4180), without the line end. */
function csv(fields: readonly string[]): string {
  return fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(",");
}

async function each<T>(list: readonly T[], work: (entry: T, at: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < list.length) {
      const at = next++;
      await work(list[at] as T, at);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}
