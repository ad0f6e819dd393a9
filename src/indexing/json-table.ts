import { readFile } from "node:fs/promises";
import { LookseeError } from "../errors.ts";
import { decodeFile, linesOf } from "./decode-file.ts";
import type { Item } from "./item.ts";
import type { Cell, Reading, Table } from "./table.ts";

/** One JSON object a line (JSONL, NDJSON); blank lines are none. */
export function openJsonLines(file: string, path: string): Table {
  return tableOf(file, async function* () {
    for await (const line of linesOf(decodeFile(path, "utf-8"))) {
      if (line.trim() === "") continue;
      try {
        yield { record: JSON.parse(line) as unknown, raw: line };
      } catch (error) {
        yield { fault: `it is no JSON (${(error as Error).message})`, raw: line };
      }
    }
  });
}

/** A `.json` file that holds one array of objects. */
export async function openJsonArray(file: string, path: string): Promise<Table> {
  let records: unknown;
  try {
    records = JSON.parse((await readFile(path, "utf8")).replace(/^\ufeff/, ""));
  } catch (error) {
    throw new LookseeError(
      "SOURCE_FORMAT",
      `${file} is no JSON (${(error as Error).message})`,
      "Give an array of objects, or one object a line",
      { cause: error },
    );
  }
  if (!Array.isArray(records))
    throw new LookseeError("SOURCE_FORMAT", `${file} holds no array`, "Give an array of objects, or one object a line");
  const list: unknown[] = records;
  return tableOf(file, async function* () {
    for (const record of list) yield { record, raw: JSON.stringify(record) };
  });
}

type Parsed = { record: unknown; raw: string } | { fault: string; raw: string };

function tableOf(file: string, parse: () => AsyncGenerator<Parsed>): Table {
  return {
    file,
    columns: [],
    async *read() {
      let row = 0;
      for await (const parsed of parse()) {
        row++;
        if ("fault" in parsed) yield { row, ...parsed };
        else yield readingOf(row, parsed.record, parsed.raw);
      }
    },
    async *records() {
      for await (const parsed of parse())
        if ("fault" in parsed)
          yield new LookseeError("ROW_UNREADABLE", parsed.fault, "Repair the row and import again");
        else yield parsed.record as Item;
    },
  };
}

function readingOf(row: number, record: unknown, raw: string): Reading {
  if (typeof record !== "object" || record === null || Array.isArray(record))
    return { row, fault: "it is no JSON object", raw };
  const cells: Record<string, Cell> = {};
  flatten("", record as Record<string, unknown>, cells, 0);
  return { row, cells };
}

/** Objects within become `outer.inner`; a list keeps its texts, and the addresses of the objects in it. */
function flatten(prefix: string, record: Record<string, unknown>, cells: Record<string, Cell>, depth: number): void {
  for (const [name, value] of Object.entries(record)) {
    const key = prefix + name;
    if (value === null || value === undefined || value === "") continue;
    if (Array.isArray(value)) {
      const list = value.map(listed).filter((entry) => entry !== "");
      if (list.length > 0) cells[key] = list;
    } else if (typeof value === "object") {
      if (depth < 2) flatten(`${key}.`, value as Record<string, unknown>, cells, depth + 1);
    } else cells[key] = String(value);
  }
}

function listed(entry: unknown): string {
  if (entry === null || typeof entry !== "object") return entry === null ? "" : String(entry);
  const { url, src, href, path, file, name } = entry as Record<string, unknown>;
  const address = [url, src, href, path, file, name].find((value) => typeof value === "string");
  return (address as string | undefined) ?? JSON.stringify(entry);
}
