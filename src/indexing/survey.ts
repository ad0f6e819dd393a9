import { LookseeError } from "../errors.ts";
import { guessMapping } from "./guess-mapping.ts";
import { choose, columnsOf, type Mapping, type MappingChoice, refuseUseless } from "./mapping.ts";
import type { Cells, Table } from "./table.ts";

/** Rows that the mapping is guessed from. */
const SAMPLES = 300;

export type Survey = { columns: readonly string[]; rows: number; samples: readonly Cells[] };

/** Reads a table through once: its columns, how many records, and some of them. Throws SOURCE_EMPTY. */
export async function survey(table: Table, onRow: (rows: number) => void): Promise<Survey> {
  const columns = new Set(table.columns);
  const samples: Cells[] = [];
  let rows = 0;
  for await (const reading of table.read()) {
    rows++;
    if ("cells" in reading) {
      if (samples.length < SAMPLES) samples.push(reading.cells);
      if (table.columns.length === 0) for (const name of Object.keys(reading.cells)) columns.add(name);
    }
    onRow(rows);
  }
  if (rows === 0)
    throw new LookseeError("SOURCE_EMPTY", `${table.file} has no rows below its header`, "Export the table again");
  return { columns: [...columns], rows, samples };
}

/** A table and what it is read as; `samples`: some of its rows. */
export type ReadTable = { file: string; mapping: Mapping; samples: readonly Cells[] };

/** What is saved with a source: the mapping in use, and what a person chose of it. */
export type SavedMapping = { mapping: Mapping; choice: MappingChoice };

/**
 * The mapping of a source: the saved one while all its columns are there and nothing new was chosen, so that a
 * nightly import reads the same columns every night; else a new guess with every choice so far laid over it.
 * Throws MAPPING_COLUMN.
 */
export function mappingFor(
  { columns, samples }: Survey,
  file: string,
  given: MappingChoice | undefined,
  saved: SavedMapping | undefined,
): SavedMapping {
  const known = new Set(columns);
  if (given === undefined && saved && columnsOf(saved.mapping).every((column) => known.has(column))) return saved;
  const choice = { ...saved?.choice, ...given };
  const mapping = choose(guessMapping(columns, samples), choice, columns, file);
  refuseUseless(mapping, columns, file);
  return { mapping, choice };
}
