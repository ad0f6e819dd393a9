import { hash } from "node:crypto";
import { type Stats, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { LookseeError } from "../errors.ts";
import { openCsv } from "./csv-table.ts";
import { downloadSource } from "./download-source.ts";
import { openFeed } from "./feed-table.ts";
import type { FetchOptions } from "./fetch-picture.ts";
import { folderItems } from "./folder-items.ts";
import type { Item } from "./item.ts";
import { openJsonArray, openJsonLines } from "./json-table.ts";
import { openParquet } from "./parquet-table.ts";
import type { Table } from "./table.ts";
import { openTableFolder } from "./table-folder.ts";

/** What an import may be given: the path of a table or of a folder of pictures, or a program's own items. */
export type Source = string | AsyncIterable<Item> | Iterable<Item>;

/**
 * Where rows come from; `base` is the folder, or the address, that relative picture paths start from. `close` when the
 * rows are read.
 */
export type OpenedSource = { file: string; name: string; base: string; close(): Promise<void> } & (
  | { kind: "tables"; tables: readonly Table[]; others: readonly string[] }
  | { kind: "items"; items: AsyncIterable<Item> | Iterable<Item>; total: number | null }
);

/**
 * Opens what the person named: a table by its extension (by its first bytes where that says nothing), a folder of
 * tables or of pictures, the address of a table, or a program's own items. `name` is what the source is remembered by:
 * its path unless told otherwise. Throws SOURCE_MISSING, SOURCE_EMPTY, SOURCE_FORMAT, URL_*.
 */
export async function openSource(
  given: Source,
  options: { images?: string; name?: string; fetch?: FetchOptions },
): Promise<OpenedSource> {
  const close = async () => {};
  if (typeof given !== "string") {
    const name = options.name ?? "items";
    return { kind: "items", items: given, total: null, file: name, name, base: resolve(options.images ?? "."), close };
  }
  if (options.images !== undefined) refuseMissingFolder(options.images);
  if (/^[a-z]+:\/\//i.test(given)) return openAddress(given, options);
  const path = resolve(given);
  const stats = statsOf(path, given);
  const name = options.name ?? path;
  if (stats.isDirectory()) {
    const base = resolve(options.images ?? path);
    const folder = await openTableFolder(given, path, openTable);
    if (folder) {
      const { products: tables, others } = folder;
      return { kind: "tables", tables, others, file: given, name, base, close };
    }
    const items = await folderItems(given, path);
    return { kind: "items", items, total: items.length, file: given, name, base, close };
  }
  if (stats.size === 0) throw empty(given);
  const table = await openTable(given, path);
  const base = resolve(options.images ?? dirname(path));
  return { kind: "tables", tables: [table], others: [], file: given, name, base, close };
}

/**
 * A table at an address; pictures that it names without a host are looked up beside it there. What follows the `?` may
 * be a key, so it is shown nowhere: a mark of it tells two such addresses apart.
 */
async function openAddress(
  given: string,
  options: { images?: string; name?: string; fetch?: FetchOptions },
): Promise<OpenedSource> {
  const { path, remove } = await downloadSource(given, options.fetch ?? {});
  try {
    const { origin, pathname, search, username } = new URL(given);
    const file = origin + pathname;
    const mark = search + username === "" ? "" : `?${hash("sha256", search + username, "hex").slice(0, 8)}`;
    const name = options.name ?? file + mark;
    if (statSync(path).size === 0) throw empty(file);
    const base = options.images === undefined ? given : resolve(options.images);
    const table = await openTable(file, path);
    return { kind: "tables", tables: [table], others: [], file, name, base, close: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

const empty = (file: string): LookseeError =>
  new LookseeError("SOURCE_EMPTY", `${file} is empty`, "Export the table again, with its header");

/** Files that people take for tables: zipped ones (Excel's too), old Excel, gzip, PDF, pictures. */
const BINARY = ["504b0304", "d0cf11e0", "1f8b", "255044462d", "ffd8ff", "89504e47"].map((hex) =>
  Buffer.from(hex, "hex"),
);

async function openTable(file: string, path: string): Promise<Table> {
  const head = await headOf(path);
  const extension = extname(path).toLowerCase();
  if (head.subarray(0, 4).toString("latin1") === "PAR1") return openParquet(file, path);
  if (extension === ".parquet")
    throw new LookseeError("SOURCE_FORMAT", `${file} is no Parquet file`, "Export the table again");
  if (BINARY.some((magic) => head.subarray(0, magic.length).equals(magic)))
    throw new LookseeError(
      "SOURCE_FORMAT",
      `${file} is no text`,
      "Give a CSV, TSV, JSONL or Parquet file, or a folder",
    );
  const text = head
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .trimStart();
  if ([".jsonl", ".ndjson"].includes(extension) || (extension !== ".csv" && /^\{\s*"/.test(text)))
    return openJsonLines(file, path);
  if (extension === ".json" || (extension !== ".csv" && /^\[\s*\{/.test(text))) return openJsonArray(file, path);
  if (text.startsWith("<")) return openFeed(file, path);
  return openCsv(file, path);
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const head = Buffer.alloc(4096);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function statsOf(path: string, given: string): Stats {
  try {
    const stats = statSync(path);
    if (stats.isDirectory() || stats.isFile()) return stats;
  } catch (cause) {
    throw new LookseeError("SOURCE_MISSING", `there is no ${given} (${(cause as Error).message})`, "Check the path", {
      cause,
    });
  }
  throw new LookseeError("SOURCE_FORMAT", `${given} is neither a file nor a folder`, "Give a table or a folder");
}

function refuseMissingFolder(folder: string): void {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new LookseeError("SOURCE_MISSING", `--images ${folder} is no folder`, "Check the path");
}
