import type { LookseeError } from "../errors.ts";
import type { Item } from "./item.ts";

/** A field as read; several values where the format has lists (JSONL, Parquet). Empty fields are left out of a row. */
export type Cell = string | readonly string[];
export type Cells = Readonly<Record<string, Cell>>;

/** A record, or why it is none. `row` counts records from 1; the header is none. */
export type Reading = { row: number; cells: Cells } | { row: number; fault: string; raw: string };

/** A source of rows that can be read again from the start. */
export type Table = {
  /** As the caller named it. */
  file: string;
  /** Its path within the folder of tables that was named; absent where the source is this table alone. */
  name?: string;
  /** From the header; empty where every record brings its own names. */
  columns: readonly string[];
  read(): AsyncGenerator<Reading>;
  /** The records as they stand in the file, for those that are items already (JSONL with an itemId). */
  records?(): AsyncGenerator<Item | LookseeError>;
};

export const textOf = (cell: Cell | undefined): string =>
  cell === undefined ? "" : typeof cell === "string" ? cell.trim() : cell.join("|").trim();
