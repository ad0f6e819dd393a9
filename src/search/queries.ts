import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { LookseeError } from "../errors.ts";
import type { Box } from "../vision/index.ts";

/** One row of a query file: a photo and what it truly shows. */
export type LabelledQuery = {
  /** 1-based record of the file, the header not counted. */
  row: number;
  /** As the row names it. */
  file: string;
  /** Absolute: relative names are looked up beside the query file. */
  path: string;
  /** The product in the photo; null if the catalog does not have it. */
  itemId: string | null;
  /** Null if the file has no such column or the cell is empty. */
  category: string | null;
  box: Box | null;
};

const BOX = ["x1", "y1", "x2", "y2"] as const;

/**
 * Reads `file,itemId[,category,x1,y1,x2,y2]` (comma, semicolon or tab; quotes, BOM and CRLF as usual).
 * Throws SOURCE_MISSING, SOURCE_EMPTY, and QUERIES_COLUMN naming the missing column or the row whose box is none.
 */
export async function readQueries(csvPath: string): Promise<LabelledQuery[]> {
  let text: string;
  try {
    text = await readFile(csvPath, "utf8");
  } catch (cause) {
    throw new LookseeError("SOURCE_MISSING", `${csvPath} cannot be read`, "Check the path", { cause });
  }
  const [header = [], ...records] = parseCsv(text);
  const names = header.map((name) => name.trim());
  for (const needed of ["file", "itemId"])
    if (!names.includes(needed))
      throw new LookseeError(
        "QUERIES_COLUMN",
        `${csvPath} has no column \`${needed}\` (it has ${names.filter(Boolean).join(", ") || "none"})`,
        "Name the columns file,itemId and, where known, category,x1,y1,x2,y2",
      );
  if (records.length === 0)
    throw new LookseeError("SOURCE_EMPTY", `${csvPath} holds no queries`, "Add one row a photo");
  const cell = (record: string[], name: string) => record[names.indexOf(name)]?.trim() ?? "";
  const boxed = BOX.every((name) => names.includes(name));
  return records.map((record, index) => ({
    row: index + 1,
    file: cell(record, "file"),
    path: resolve(dirname(csvPath), cell(record, "file")),
    itemId: cell(record, "itemId") || null,
    category: names.includes("category") ? cell(record, "category") || null : null,
    box: boxed
      ? boxOf(
          BOX.map((name) => cell(record, name)),
          index + 1,
          csvPath,
        )
      : null,
  }));
}

function boxOf(cells: string[], row: number, csvPath: string): Box | null {
  if (cells.every((text) => text === "")) return null;
  const [x1, y1, x2, y2] = cells.map((text) => (text === "" ? Number.NaN : Number(text))) as [
    number,
    number,
    number,
    number,
  ];
  if (x1 >= 0 && y1 >= 0 && x2 <= 1 && y2 <= 1 && x1 < x2 && y1 < y2) return [x1, y1, x2, y2];
  throw new LookseeError(
    "QUERIES_COLUMN",
    `${csvPath}, row ${row}: ${cells.join(",")} is no box`,
    "Give x1,y1,x2,y2 as fractions 0 to 1 of the upright picture, or leave all four empty",
  );
}

/** Records of a small table, RFC 4180 with the separator found in the header line. Blank lines are no records. */
export function parseCsv(text: string): string[][] {
  const source = text.replace(/^\uFEFF/, "");
  const firstLine = source.split(/\r?\n/, 1)[0]!;
  const separator = [",", ";", "\t"].reduce((a, b) => (firstLine.split(b).length > firstLine.split(a).length ? b : a));
  const records: string[][] = [];
  let record: string[] = [];
  let field = "";
  let quoted = false;
  const endRecord = () => {
    record.push(field);
    if (record.length > 1 || record[0] !== "") records.push(record);
    record = [];
    field = "";
  };
  for (let i = 0; i < source.length; i++) {
    const c = source[i]!;
    if (quoted) {
      if (c !== '"') field += c;
      else if (source[i + 1] === '"') field += source[++i];
      else quoted = false;
    } else if (c === '"' && field === "") quoted = true;
    else if (c === separator) {
      record.push(field);
      field = "";
    } else if (c === "\n" || c === "\r") {
      if (c === "\r" && source[i + 1] === "\n") i++;
      endRecord();
    } else field += c;
  }
  if (field !== "" || record.length > 0) endRecord();
  return records;
}
