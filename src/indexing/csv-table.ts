import { LookseeError } from "../errors.ts";
import { type CsvRecord, csvRecords, separatorOf } from "./csv.ts";
import { decodeFile, detectEncoding } from "./decode-file.ts";
import type { Cells, Reading, Table } from "./table.ts";

/** A CSV or TSV file: separator, encoding and byte order mark found, the first record names the columns. */
export async function openCsv(file: string, path: string): Promise<Table> {
  const encoding = await detectEncoding(path);
  let head = "";
  for await (const chunk of decodeFile(path, encoding)) {
    head += chunk;
    if (head.length > 1 << 16) break;
  }
  head = head.replace(/^\s+/, "");
  if (head === "")
    throw new LookseeError("SOURCE_EMPTY", `${file} is empty`, "Export the table again, with its header");
  if (head.slice(0, 4096).includes("\0"))
    throw new LookseeError(
      "SOURCE_FORMAT",
      `${file} is no text`,
      "Give a CSV, TSV, JSONL or Parquet file, or a folder",
    );
  // Excel's own word for the separator; what follows it is the table.
  const told = /^sep=(.)\r?\n/.exec(head);
  const separator = told?.[1] ?? separatorOf(head);
  const open = () => csvRecords(after(decodeFile(path, encoding), told?.[0].length ?? 0), separator);
  const columns = await headerOf(file, open());
  return { file, columns, read: () => read(open(), separator, columns) };
}

/** The text without its first `length` characters. */
async function* after(chunks: AsyncIterable<string>, length: number): AsyncGenerator<string> {
  let left = length;
  for await (const chunk of chunks) {
    if (left < chunk.length) yield left === 0 ? chunk : chunk.slice(left);
    left = Math.max(0, left - chunk.length);
  }
}

async function headerOf(file: string, records: AsyncIterable<CsvRecord>): Promise<string[]> {
  for await (const record of records) {
    if ("fault" in record)
      throw new LookseeError("SOURCE_FORMAT", `the header of ${file} cannot be read: ${record.fault}`, "Repair line 1");
    const seen = new Map<string, number>();
    return record.fields.map((field, i) => {
      const name = field.trim() || `column ${i + 1}`;
      const times = (seen.get(name) ?? 0) + 1;
      seen.set(name, times);
      return times === 1 ? name : `${name} ${times}`;
    });
  }
  throw new LookseeError("SOURCE_EMPTY", `${file} is empty`, "Export the table again, with its header");
}

async function* read(
  records: AsyncIterable<CsvRecord>,
  separator: string,
  columns: readonly string[],
): AsyncGenerator<Reading> {
  let row = -1; // the header comes first
  for await (const record of records) {
    if (++row === 0) continue;
    if ("fault" in record) {
      yield { row, fault: record.fault, raw: record.raw };
      continue;
    }
    const { fields } = record;
    while (fields.length > columns.length && fields.at(-1)!.trim() === "") fields.pop();
    if (fields.length !== columns.length) {
      const fault = `it has ${fields.length} fields where the header has ${columns.length}`;
      yield { row, fault, raw: fields.join(separator) };
      continue;
    }
    const cells: Record<string, string> = {};
    let broken = false;
    for (let i = 0; i < fields.length; i++)
      if (fields[i] !== "") {
        cells[columns[i]!] = fields[i]!;
        broken ||= fields[i]!.includes("\ufffd");
      }
    if (broken) yield { row, fault: "it holds bytes that are no UTF-8 text", raw: fields.join(separator) };
    else yield { row, cells: cells as Cells };
  }
}
