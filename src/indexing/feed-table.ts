import { LookseeError } from "../errors.ts";
import { decodeFile, detectEncoding } from "./decode-file.ts";
import type { Cell, Table } from "./table.ts";
import { type Element, xmlRecords } from "./xml.ts";

/** What feeds call a product: RSS and Atom (Google Merchant), YML, Heureka and plain exports. */
const RECORD = /<((?:[\w-]+:)?(?:item|entry|product|offer|shopitem|article|row|record))(?=[\s>/])/i;

/** Tags that a shop's editor leaves in a text without escaping them. */
const HTML = /^(?:p|br|b|i|u|em|strong|span|div|ul|ol|li|a|h[1-6]|table|tr|td|font|small|sup|sub)$/i;

/** A product feed in XML, Google Merchant's above all: one record an `<item>` or `<entry>`. Throws SOURCE_FORMAT. */
export async function openFeed(file: string, path: string): Promise<Table> {
  const encoding = await detectEncoding(path);
  let head = "";
  for await (const chunk of decodeFile(path, encoding)) {
    head += chunk;
    if (head.length > 1 << 20 || RECORD.test(head)) break;
  }
  const record = RECORD.exec(head.replace(/<!--[\s\S]*?-->/g, ""))?.[1];
  if (record === undefined)
    throw new LookseeError(
      "SOURCE_FORMAT",
      `${file} is HTML or XML without <item>, <entry> or <product>`,
      "Give a product feed, or a CSV, TSV, JSONL or Parquet file",
    );
  return {
    file,
    columns: [],
    async *read() {
      let row = 0;
      for await (const found of xmlRecords(decodeFile(path, encoding), record)) {
        row++;
        if ("fault" in found) yield { row, fault: `its XML is not well formed: ${found.fault}`, raw: found.raw };
        else yield { row, cells: cellsOf(found.element) };
      }
    },
  };
}

/** A column for each element, without its prefix; repeated elements are a list. */
function cellsOf(record: Element): Record<string, Cell> {
  const columns = new Map<string, { prefixed: boolean; values: string[] }>();
  const add = (element: Element, within: string): void => {
    const { name, attributes, children } = element;
    const local = name.slice(name.indexOf(":") + 1);
    // <images><image>: the inner name says it; <shipping><country>: both do.
    const key = attributes.name ?? (within === "" || within === `${local}s` ? local : `${within}.${local}`);
    if (children.length > 0 && !children.every((child) => HTML.test(child.name))) {
      for (const child of children) add(child, within === "" ? local : `${within}.${local}`);
      return;
    }
    const text = children.length > 0 ? element.inner : element.text;
    const value = (text.trim() || (attributes.href ?? attributes.url ?? attributes.src ?? "")).trim();
    if (value === "") return;
    const column = columns.get(key) ?? { prefixed: false, values: [] };
    const prefixed = name.includes(":");
    // RSS has a title and Google a g:title: what is written for the feed's reader counts, once.
    if (prefixed && !column.prefixed) column.values = [];
    if (prefixed || !column.prefixed) column.values.push(value);
    column.prefixed ||= prefixed;
    columns.set(key, column);
  };
  for (const child of record.children) add(child, "");
  const cells: Record<string, Cell> = {};
  for (const [key, { values }] of columns) cells[key] = values.length === 1 ? values[0]! : values;
  const { id } = record.attributes;
  if (id !== undefined && cells.id === undefined) cells.id = id;
  return cells;
}
