import { LookseeError } from "../errors.ts";
import type { Mapping, MappingChoice, ReadTable } from "../index.ts";
import { table } from "./table.ts";

/** `field=column` as a person gives it on the command line; MAPPING_COLUMN if the text is none. */
export function mappingChoice(texts: readonly string[]): MappingChoice {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf("=");
      if (at < 1)
        throw new LookseeError("MAPPING_COLUMN", `${JSON.stringify(text)} names no field`, "Write --map field=column");
      return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    }),
  );
}

/** How each table is read, with what its first rows say; tables that are read alike are named together. */
export function mappingText(tables: readonly ReadTable[], others: readonly string[]): string {
  const alike = Map.groupBy(tables, ({ mapping }) => JSON.stringify(mapping));
  const parts = [...alike.values()].map((group) => {
    const files = group.map(({ file }) => file).join(", ");
    return `${files}: columns read as\n${table(["field", "column", "for example"], mappingRows(group[0]!))}\n`;
  });
  const passed = others.length === 0 ? "" : `Passed over, without products: ${others.join(", ")}\n`;
  return `${parts.join("")}${passed}Another column for a field: --map field=column; none: --map field=\n`;
}

const LONGEST_EXAMPLE = 48;

function mappingRows({ mapping, samples }: ReadTable): [field: string, column: string, example: string][] {
  const exampleOf = (column: string): string => {
    const cell = samples.map((cells) => cells[column]).find((value) => value !== undefined);
    const line = (typeof cell === "string" ? cell : (cell ?? []).join(", ")).replace(/\s+/g, " ").trim();
    return line.length > LONGEST_EXAMPLE ? `${line.slice(0, LONGEST_EXAMPLE - 1)}…` : line;
  };
  return (Object.entries(mapping) as [keyof Mapping, Mapping[keyof Mapping]][]).flatMap(([field, value]) => {
    if (field === "level" || field === "shape")
      return value === null || value === "rows" ? [] : [[field, "", String(value)] as [string, string, string]];
    if (value === null) return [];
    const columns = Array.isArray(value) ? (value as string[]) : [value as string];
    return columns.map((column, at): [string, string, string] => [at === 0 ? field : "", column, exampleOf(column)]);
  });
}
