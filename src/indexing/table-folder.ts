import { readdir } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { LookseeError } from "../errors.ts";
import { guessMapping } from "./guess-mapping.ts";
import type { Mapping } from "./mapping.ts";
import { splitPictures } from "./picture-list.ts";
import { type Cells, type Table, textOf } from "./table.ts";

const TABLES = new Set(".csv .tsv .jsonl .ndjson .parquet .xml".split(" "));
/** Rows that tell what a table holds. */
const SAMPLES = 300;
/** A folder with more of them is no shop's export. */
const MOST_TABLES = 500;

type Known = { table: Table; name: string; columns: readonly string[]; samples: readonly Cells[]; mapping: Mapping };

/** The tables of a folder that hold products, in order of their names, and those that do not. */
export type TableFolder = { products: readonly Table[]; others: readonly string[] };

/**
 * A folder of tables, as a shop's software exports them: the products in some, their pictures perhaps in others
 * (`sku,image`, one a row), which are joined to the products by the column they share; links, reviews and orders are
 * passed over. Undefined if no table in it holds products. A table that cannot be opened holds none.
 */
export async function openTableFolder(
  given: string,
  root: string,
  open: (file: string, path: string) => Promise<Table>,
): Promise<TableFolder | undefined> {
  const names: string[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !TABLES.has(extname(entry.name).toLowerCase())) continue;
    const path = relative(root, join(entry.parentPath, entry.name)).split(sep);
    if (!path.some((part) => part.startsWith("."))) names.push(path.join("/"));
  }
  if (names.length === 0 || names.length > MOST_TABLES) return undefined;
  names.sort((a, b) => (a < b ? -1 : 1));
  const known: Known[] = [];
  const others: string[] = [];
  for (const name of names) {
    try {
      known.push(await look(await open(join(given, name), join(root, name)), name));
    } catch (error) {
      if (!(error instanceof LookseeError)) throw error;
      others.push(name);
    }
  }
  const pictures = known.filter(arePictures);
  const products: Table[] = [];
  const used = new Set<Known>();
  for (const one of known) {
    const { mapping, table, name } = one;
    if (used.has(one) || pictures.includes(one) || mapping.title === null) continue;
    const mine = pictures.filter(({ mapping: { id } }) => id !== null && id === mapping.id);
    if (mapping.images.length > 0) products.push({ ...table, name });
    // A review names a product, too, but not each its own.
    else if (mine.length > 0 && differ(one, mapping.id!))
      products.push({ ...(await joined(table, mapping.id!, mine)), name });
    else {
      others.push(name);
      continue;
    }
    used.add(one);
  }
  if (products.length === 0) return undefined;
  return { products, others: others.sort() };
}

async function look(table: Table, name: string): Promise<Known> {
  const columns = new Set(table.columns);
  const samples: Cells[] = [];
  for await (const reading of table.read()) {
    if (!("cells" in reading)) continue;
    if (table.columns.length === 0) for (const column of Object.keys(reading.cells)) columns.add(column);
    if (samples.push(reading.cells) >= SAMPLES) break;
  }
  return { table, name, columns: [...columns], samples, mapping: guessMapping([...columns], samples) };
}

/** Names an item and its pictures, and nothing that is sold. */
const arePictures = ({ mapping: { id, images, title, price, category } }: Known): boolean =>
  id !== null && images.length > 0 && title === null && price === null && category === null;

function differ({ samples }: Known, column: string): boolean {
  const ids = samples.map((cells) => textOf(cells[column])).filter((id) => id !== "");
  return ids.length > 0 && new Set(ids).size === ids.length;
}

/** The table with one column more, which lists the pictures that the other tables name for the row's id. */
async function joined(table: Table, id: string, from: readonly Known[]): Promise<Table> {
  const pictures = new Map<string, string[]>();
  for (const { table: other, mapping } of from)
    for await (const reading of other.read()) {
      if (!("cells" in reading)) continue;
      const key = textOf(reading.cells[mapping.id!]);
      const list = pictures.get(key) ?? [];
      for (const column of mapping.images) list.push(...splitPictures(reading.cells[column] ?? ""));
      if (key !== "") pictures.set(key, list);
    }
  const column = from[0]!.mapping.images[0]!;
  const name = table.columns.includes(column) ? `${column} 2` : column;
  return {
    file: table.file,
    columns: table.columns.length === 0 ? [] : [...table.columns, name],
    async *read() {
      for await (const reading of table.read()) {
        if (!("cells" in reading)) yield reading;
        else {
          const list = pictures.get(textOf(reading.cells[id]));
          yield list ? { ...reading, cells: { ...reading.cells, [name]: list } } : reading;
        }
      }
    },
  };
}
