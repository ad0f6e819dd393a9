/** Rows as aligned columns; numbers to the right. An empty list gives an empty text. */
export function table(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  if (rows.length === 0) return "";
  const cells = [columns, ...rows.map((row) => row.map((cell) => String(cell)))];
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  return cells
    .map((row, index) =>
      row
        .map((cell, at) => {
          const right = index > 0 && typeof rows[index - 1]?.[at] === "number";
          return right ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** The one JSON document of `--json`. */
export function printJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}
