import type { CatalogStore } from "../catalog/index.ts";
import { LookseeError } from "../errors.ts";
import { assemble } from "./assemble.ts";
import type { Outcome } from "./draft.ts";
import { groupingOf } from "./grouping.ts";
import type { MappingChoice } from "./mapping.ts";
import type { Teller } from "./progress.ts";
import { readItems } from "./read-items.ts";
import type { OpenedSource } from "./source.ts";
import { mappingFor, type ReadTable, type SavedMapping, type Survey, survey } from "./survey.ts";
import type { Table } from "./table.ts";

/** What comes of a row, and the table it stands in. */
export type Sourced = { outcome: Outcome; file: string };

/** A source that was read through once: what its rows mean, before anything is written. */
export type Prepared = {
  outcomes: AsyncIterable<Sourced>;
  /** Rows; null: nobody knows. */
  total: number | null;
  /** Tables with the mapping they are read by, in order; none for a program's own items. */
  tables: readonly ReadTable[];
  /** Keeps the mapping in use with the source, for the next time. */
  save(sourceId: number): void;
};

/** Throws SOURCE_EMPTY, MAPPING_COLUMN. */
export async function prepare(
  catalog: Pick<CatalogStore, "savedMapping" | "saveMapping">,
  source: OpenedSource,
  options: { map?: MappingChoice; signal?: AbortSignal },
  teller: Pick<Teller, "at">,
): Promise<Prepared> {
  const { map } = options;
  if (source.kind === "items") {
    if (map !== undefined)
      throw new LookseeError("MAPPING_COLUMN", `${source.file} has no columns to map`, "Leave the mapping out");
    const { file, items, total } = source;
    return { outcomes: sourced(file, readItems(items)), total, tables: [], save: () => {} };
  }
  const surveys: { table: Table; surveyed: Survey }[] = [];
  let total = 0;
  for (const table of source.tables) {
    const surveyed = await survey(table, (rows) => {
      options.signal?.throwIfAborted();
      teller.at("reading", total + rows, null);
    });
    total += surveyed.rows;
    surveys.push({ table, surveyed });
  }
  teller.at("reading", total, total);
  const read: ReadTable[] = [];
  const parts: Part[] = [];
  const before = savedMappings(catalog.savedMapping(source.name));
  const saved: Record<string, SavedMapping> = {};
  for (const { table, surveyed } of surveys) {
    const { file, name = "", records } = table;
    if (records && map === undefined && areItems(surveyed)) {
      parts.push({ file, open: (taken) => readItems(records(), taken) });
      continue;
    }
    const own = mappingFor(surveyed, file, choiceFor(surveyed, surveys, map), before[name]);
    saved[name] = own;
    read.push({ file, mapping: own.mapping, samples: surveyed.samples });
    const grouping = await groupingOf(table, own.mapping);
    parts.push({ file, open: (taken) => assemble(table.read(), own.mapping, grouping, taken) });
  }
  return {
    outcomes: allOf(parts),
    total,
    tables: read,
    save: (sourceId) => {
      if (read.length > 0) catalog.saveMapping(sourceId, JSON.stringify(saved));
    },
  };
}

type Part = { file: string; open(taken: Set<string>): AsyncIterable<Outcome> };

/** One table after the other; ids are taken once in all of them. */
async function* allOf(parts: readonly Part[]): AsyncGenerator<Sourced> {
  const taken = new Set<string>();
  for (const { file, open } of parts) yield* sourced(file, open(taken));
}

async function* sourced(file: string, outcomes: AsyncIterable<Outcome>): AsyncGenerator<Sourced> {
  for await (const outcome of outcomes) yield { outcome, file };
}

/** By the table's name within its folder; "" for a source that is one table. Before there were folders, that alone. */
function savedMappings(json: string | undefined): Record<string, SavedMapping> {
  if (json === undefined) return {};
  const saved = JSON.parse(json) as SavedMapping | Record<string, SavedMapping>;
  return "mapping" in saved && "choice" in saved ? { "": saved as SavedMapping } : saved;
}

/** Of several tables, each takes the choices that name a column it has; a column that none has is an error at the first. */
function choiceFor(
  { columns }: Survey,
  all: readonly { surveyed: Survey }[],
  map: MappingChoice | undefined,
): MappingChoice | undefined {
  if (map === undefined || all.length === 1) return map;
  const has = (list: readonly string[], names: readonly string[]) =>
    names.every((name) => list.some((column) => column.toLowerCase() === name.trim().toLowerCase()));
  return Object.fromEntries(
    Object.entries(map).filter(([field, value]) => {
      if (field === "level" || value === null || value === "" || typeof value === "number") return true;
      const names = typeof value === "string" ? [value] : value;
      return has(columns, names) || !all.some(({ surveyed }) => has(surveyed.columns, names));
    }),
  );
}

const ITEM_FIELDS = new Set(
  "itemId title description url price currency stock category attributes images variants".split(" "),
);

/** Records in an Item's own shape. With fields beside it they are a table, whose other columns become attributes. */
function areItems({ columns, samples }: Survey): boolean {
  const own = columns.includes("variants") || columns.every((column) => ITEM_FIELDS.has(column.split(".")[0]!));
  return own && samples.some(({ itemId, images }) => itemId !== undefined && Array.isArray(images));
}
