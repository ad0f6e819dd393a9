import { readdir } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { LookseeError } from "../errors.ts";
import type { Item } from "./item.ts";

const PICTURES = new Set(".jpg .jpeg .png .webp .gif .tif .tiff .avif .heic .heif .bmp".split(" "));

/**
 * One item a picture: itemId is the path within the folder without its extension, the category is the first folder
 * on the way, if any. Sorted by path; hidden files, and files that are no pictures by name, are passed over.
 * Throws SOURCE_EMPTY.
 */
export async function folderItems(file: string, root: string): Promise<Item[]> {
  const found: string[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !PICTURES.has(extname(entry.name).toLowerCase())) continue;
    const path = relative(root, join(entry.parentPath, entry.name)).split(sep);
    if (!path.some((part) => part.startsWith("."))) found.push(path.join("/"));
  }
  if (found.length === 0)
    throw new LookseeError(
      "SOURCE_EMPTY",
      `the folder ${file} holds no pictures`,
      "Name a folder of pictures, or a table",
    );
  found.sort((a, b) => (a < b ? -1 : 1));
  return found.map((path) => {
    const itemId = path.slice(0, path.length - extname(path).length);
    const name = itemId.slice(itemId.lastIndexOf("/") + 1);
    return {
      itemId,
      title: name.replace(/[-_]+/g, " ").trim() || name,
      images: [path],
      ...(path.includes("/") ? { category: path.slice(0, path.indexOf("/")) } : {}),
    };
  });
}
