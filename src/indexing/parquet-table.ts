import { LookseeError } from "../errors.ts";
import type { Cell, Reading, Table } from "./table.ts";

/** Between the values of a list on their way out of DuckDB; no shop writes it. */
const UNIT = "\u001f";

/** A Parquet file, every column as text, read through DuckDB, which is loaded only here. */
export async function openParquet(file: string, path: string): Promise<Table> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const literal = `'${path.replaceAll("'", "''")}'`;
  const connect = async () => (await DuckDBInstance.create(":memory:", { threads: "2" })).connect();
  let described: { name: string; type: string }[];
  try {
    const connection = await connect();
    const rows = await (await connection.run(`DESCRIBE SELECT * FROM read_parquet(${literal})`)).getRowsJson();
    described = rows.map((row) => ({ name: String(row[0]), type: String(row[1]) }));
    connection.closeSync();
  } catch (error) {
    throw new LookseeError(
      "SOURCE_FORMAT",
      `${file} is no Parquet file (${(error as Error).message})`,
      "Export it again",
      {
        cause: error,
      },
    );
  }
  const columns = described.map(({ name }) => name);
  const lists = described.map(({ type }) => type.endsWith("[]") && !type.startsWith("STRUCT"));
  const selected = columns.map((name, i) => {
    const column = `"${name.replaceAll('"', '""')}"`;
    return lists[i] ? `array_to_string(${column}::VARCHAR[], chr(31))` : `${column}::VARCHAR`;
  });
  return { file, columns, read };

  async function* read(): AsyncGenerator<Reading> {
    const connection = await connect();
    try {
      const result = await connection.stream(`SELECT ${selected.join(", ")} FROM read_parquet(${literal})`);
      let row = 0;
      for (;;) {
        const chunk = await result.fetchChunk();
        if (!chunk || chunk.rowCount === 0) return;
        for (const values of chunk.getRows()) {
          const cells: Record<string, Cell> = {};
          values.forEach((value, i) => {
            if (typeof value === "string" && value !== "") cells[columns[i]!] = lists[i] ? value.split(UNIT) : value;
          });
          yield { row: ++row, cells };
        }
      }
    } finally {
      connection.closeSync();
    }
  }
}
