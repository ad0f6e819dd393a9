import { type Stats, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { LookseeError } from "../errors.ts";
import { openCsv } from "./csv-table.ts";
import { folderItems } from "./folder-items.ts";
import type { Item } from "./item.ts";
import { openJsonArray, openJsonLines } from "./json-table.ts";
import { openParquet } from "./parquet-table.ts";
import type { Table } from "./table.ts";

/** What an import may be given: the path of a table or of a folder of pictures, or a program's own items. */
export type Source = string | AsyncIterable<Item> | Iterable<Item>;

/** Where rows come from; `base` is the folder that relative picture paths start from. */
export type OpenedSource =
  | { kind: "tables"; tables: readonly Table[]; file: string; name: string; base: string }
  | {
      kind: "items";
      items: AsyncIterable<Item> | Iterable<Item>;
      total: number | null;
      file: string;
      name: string;
      base: string;
    };

/**
 * Opens what the person named: a table by its extension (by its first bytes where that says nothing), a folder of
 * pictures, or a program's own items. `name` is what the source is remembered by: its path unless told otherwise.
 * Throws SOURCE_MISSING, SOURCE_EMPTY, SOURCE_FORMAT.
 */
export async function openSource(given: Source, options: { images?: string; name?: string }): Promise<OpenedSource> {
  if (typeof given !== "string") {
    const name = options.name ?? "items";
    return { kind: "items", items: given, total: null, file: name, name, base: resolve(options.images ?? ".") };
  }
  if (/^[a-z]+:\/\//i.test(given))
    throw new LookseeError("SOURCE_FORMAT", `${given} is an address`, "Download the table and import the file");
  const path = resolve(given);
  const stats = statsOf(path, given);
  const name = options.name ?? path;
  if (options.images !== undefined) refuseMissingFolder(options.images);
  if (stats.isDirectory()) {
    const items = await folderItems(given, path);
    return { kind: "items", items, total: items.length, file: given, name, base: resolve(options.images ?? path) };
  }
  if (stats.size === 0)
    throw new LookseeError("SOURCE_EMPTY", `${given} is empty`, "Export the table again, with its header");
  const table = await openTable(given, path);
  return { kind: "tables", tables: [table], file: given, name, base: resolve(options.images ?? dirname(path)) };
}

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
  if (text.startsWith("<"))
    throw new LookseeError(
      "SOURCE_FORMAT",
      `${file} is HTML or XML`,
      "Give a CSV, TSV, JSONL or Parquet file, or a folder",
    );
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
