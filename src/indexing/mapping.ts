import { LookseeError } from "../errors.ts";
import { editDistance } from "../search/index.ts";

/** Which column holds what. Shown to the person, editable, saved with the source. */
export type Mapping = {
  /** The shop's own id of what the row describes; null only where the group names the item. */
  id: string | null;
  /** Rows of one item name the same value here (item_group_id, parent_sku, handle); they are its variants. */
  group: string | null;
  title: string | null;
  description: string | null;
  url: string | null;
  price: string | null;
  currency: string | null;
  stock: string | null;
  category: string | null;
  /** Level of a category path, from 1; null: the last. */
  level: number | null;
  /** Columns that name pictures, in the order in which they are shown. */
  images: readonly string[];
  attributes: readonly string[];
  /**
   * `magento`: rows relate by product_type, configurable_variations and additional_attributes. `shopify`: the first row
   * of a handle speaks of the product, options are named there, and a picture is the product's unless it is a variant's.
   */
  shape: "rows" | "magento" | "shopify";
};

/**
 * A person's say over the guess: field to column, `images` and `attributes` to several (a list, or comma-separated);
 * "" for none. Fields may be called as people call them: sku, name, image, parent, link.
 */
export type MappingChoice = Readonly<Record<string, string | readonly string[] | number | null>>;

const SINGLE = ["id", "group", "title", "description", "url", "price", "currency", "stock", "category"] as const;
const LISTS = ["images", "attributes"] as const;
const FIELDS: readonly string[] = [...SINGLE, ...LISTS, "level"];
/** What people also call the fields. */
const ALIASES: Record<string, string> = {
  itemid: "id",
  sku: "id",
  name: "title",
  image: "images",
  picture: "images",
  pictures: "images",
  parent: "group",
  link: "url",
};

/** The guess with the choices laid over it. Throws MAPPING_COLUMN for a field or a column that does not exist. */
export function choose(guess: Mapping, choice: MappingChoice, columns: readonly string[], file: string): Mapping {
  const mapping: Record<string, unknown> = { ...guess };
  for (const [name, value] of Object.entries(choice)) {
    const field = ALIASES[name.toLowerCase()] ?? name;
    if (field === "level") {
      const level = value === null || value === "" ? null : Number(value);
      if (level !== null && !(Number.isInteger(level) && level >= 1)) throw badLevel(value);
      mapping.level = level;
    } else if ((SINGLE as readonly string[]).includes(field)) {
      const column = value === null || value === "" ? null : existing(String(value), columns, file);
      mapping[field] = column;
    } else if ((LISTS as readonly string[]).includes(field)) {
      const named = value === null || value === "" ? [] : Array.isArray(value) ? value : listed(String(value), columns);
      mapping[field] = named.map((column: string) => existing(column, columns, file));
    } else if (field !== "shape")
      throw new LookseeError(
        "MAPPING_COLUMN",
        `${JSON.stringify(name)} is no field of an item`,
        `Fields: ${FIELDS.join(", ")}`,
      );
  }
  const chosen = mapping as Mapping;
  const taken = new Set(columnsOf({ ...chosen, attributes: [] }));
  const attributes = chosen.attributes.filter((column) => !taken.has(column));
  return "attributes" in choice ? chosen : { ...chosen, attributes };
}

/** Columns that the mapping speaks of. */
export const columnsOf = (mapping: Mapping): string[] => [
  ...SINGLE.map((field) => mapping[field]).filter((column) => column !== null),
  ...mapping.images,
  ...mapping.attributes,
];

/** Throws MAPPING_COLUMN if an item could not come of it. */
export function refuseUseless(mapping: Mapping, columns: readonly string[], file: string): void {
  const missing =
    mapping.id === null && mapping.group === null ? "id" : mapping.images.length === 0 ? "images" : undefined;
  if (missing === undefined) return;
  const what = missing === "id" ? "the id of an item" : "pictures";
  throw new LookseeError(
    "MAPPING_COLUMN",
    `no column of ${file} seems to hold ${what} (columns: ${columns.slice(0, 40).join(", ")})`,
    `Name it with --map ${missing}=COLUMN`,
  );
}

function existing(name: string, columns: readonly string[], file: string): string {
  const wanted = name.trim();
  const found = columns.find((c) => c === wanted) ?? columns.find((c) => c.toLowerCase() === wanted.toLowerCase());
  if (found !== undefined) return found;
  const near = nearest(wanted, columns);
  throw new LookseeError(
    "MAPPING_COLUMN",
    `${file} has no column ${JSON.stringify(wanted)}`,
    near.length > 0 ? `Near it are: ${near.join(", ")}` : "It has no columns at all",
  );
}

/** A column's name may itself hold a comma. */
const listed = (text: string, columns: readonly string[]): string[] =>
  columns.includes(text) ? [text] : text.split(",").filter((part) => part.trim() !== "");

const badLevel = (value: unknown): LookseeError =>
  new LookseeError("MAPPING_COLUMN", `${JSON.stringify(value)} is no level of a category path`, "Give 1, 2, 3 ...");

/** Up to three columns nearest by edit distance without regard to case and signs; those that contain the text first. */
export function nearest(typed: string, columns: readonly string[]): string[] {
  const bare = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const wanted = bare(typed);
  return columns
    .map((column) => {
      const other = bare(column);
      const within = wanted !== "" && (other.includes(wanted) || (other !== "" && wanted.includes(other)));
      return { column, edits: within ? 0.5 : editDistance(wanted, other) };
    })
    .sort((a, b) => a.edits - b.edits)
    .slice(0, 3)
    .map(({ column }) => column);
}
