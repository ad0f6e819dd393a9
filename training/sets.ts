import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Box } from "../src/vision/box.ts";
import { readCsv } from "./csv.ts";

/** One picture of a set and what is known of it; `group` is never divided between training and validation. */
export type Entry = {
  file: string;
  itemId: string;
  label: string; // the set's own category word
  role: "catalog" | "photo";
  group: string;
  split: "train" | "val";
  /** None: unknown. `pixels`: the labelled thing's own share of the picture, where the set says it. */
  boxes: { label: string; box: Box; pixels?: string }[];
};

/** How each training set is laid out on disk. */
export const SETS: Record<string, (folder: string) => Entry[]> = {
  groceries(folder) {
    const photos = (split: "train" | "val") =>
      readCsv(join(folder, `photos-${split}.csv`)).map(({ file, itemId, category }) =>
        entry({ file: file!, itemId: itemId!, label: category!, role: "photo", group: file!, split }),
      );
    const products = readCsv(join(folder, "products.csv")).map(({ id, category, image }) =>
      entry({ file: image!, itemId: id!, label: category!, role: "catalog", group: id!, split: "train" }),
    );
    return [...products, ...photos("train"), ...photos("val")];
  },
  clothing: (folder) =>
    readCsv(join(folder, "photos.csv")).map(({ file, sender, category }) =>
      entry({ file: file!, itemId: "", label: category!, role: "photo", group: sender!, split: "train" }),
    ),
  streets(folder) {
    const pictures = new Map<string, Entry>();
    for (const row of readCsv(join(folder, "boxes.csv"))) {
      const file = row.file!;
      const found =
        pictures.get(file) ?? entry({ file, itemId: "", label: "", role: "photo", group: file, split: "train" });
      pictures.set(file, found);
      found.boxes.push({ label: row.category!, box: boxOf(row), pixels: row.pixels! });
    }
    return [...pictures.values()];
  },
  mall(folder) {
    const items = readCsv(join(folder, "catalog.csv")).map((row) =>
      entry({
        file: row.image ?? row.images!,
        itemId: row.itemId ?? row.id!,
        label: row.category!,
        role: "catalog",
        group: row.itemId ?? row.id!,
        split: "train",
      }),
    );
    const photos = readCsv(join(folder, "photos.csv")).map((row) => ({
      ...entry({
        file: row.file!,
        itemId: row.itemId!,
        label: row.category!,
        role: "photo",
        group: row.itemId!,
        split: "train",
      }),
      boxes: [{ label: row.category!, box: boxOf(row) }],
    }));
    return [...items, ...photos];
  },
};

/** The box of the main object: of several labelled ones that which shows the most of itself. */
export function mainBox({ boxes }: Entry): Box | null {
  const share = ({ pixels = "0" }: Entry["boxes"][number]) => Number(pixels);
  return boxes.reduce((most, one) => (share(one) > share(most) ? one : most), boxes[0]!)?.box ?? null;
}

const entry = (known: Omit<Entry, "boxes">): Entry => ({ ...known, boxes: [] });
const boxOf = (row: Record<string, string>): Box => [Number(row.x1), Number(row.y1), Number(row.x2), Number(row.y2)];

/**
 * What is held out of training for internal validation, by the rules of looksee_training/sets.py: of clothing every tenth
 * sender by hash, of streets every tenth photo, of groceries the visits that looksee_training/visits.py chose. Throws Error
 * for another kind.
 */
function heldOut(entries: Entry[], kind: string): Entry[] {
  const photos = entries.filter(({ role, split }) => role === "photo" && split === "train");
  if (kind === "clothing")
    return photos.filter(({ group }) => BigInt(`0x${createHash("sha256").update(group).digest("hex")}`) % 10n === 0n);
  if (kind === "streets") return photos.filter((_, i) => i % 10 === 9);
  if (kind !== "groceries") throw new Error(`nothing of ${kind} is held out`);
  const files = new Set(readFileSync(new URL("configs/held-out.txt", import.meta.url), "utf8").split("\n"));
  return photos.filter(({ file }) => files.has(file));
}

const PARTS: Record<string, (entries: Entry[], kind: string) => Entry[]> = {
  catalog: (entries) => entries.filter(({ role }) => role === "catalog"),
  photos: (entries) => entries.filter(({ role, split }) => role === "photo" && split === "train"),
  "held-out": heldOut,
  val: (entries) => entries.filter(({ role, split }) => role === "photo" && split === "val"),
};

/** A part of a set: catalog, photos, held-out (see heldOut) or val. Throws Error for another name, and what heldOut throws. */
export function partOf(entries: Entry[], kind: string, part: string): Entry[] {
  const choose = PARTS[part];
  if (!choose) throw new Error(`PART is one of ${Object.keys(PARTS).join(", ")}`);
  return choose(entries, kind);
}
