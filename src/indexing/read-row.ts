import type { Attributes } from "../catalog/index.ts";
import { LookseeError } from "../errors.ts";
import { attributeList, attributeName } from "./attribute-list.ts";
import { categoryOf } from "./category-path.ts";
import { cleanLine, cleanText } from "./clean-text.ts";
import type { RowFields } from "./draft.ts";
import type { Mapping } from "./mapping.ts";
import { splitPictures } from "./picture-list.ts";
import { currencyOf, parsePrice } from "./price.ts";
import { parseStock } from "./stock.ts";
import { type Cells, textOf } from "./table.ts";

const LONGEST_ID = 256;
const LONGEST_TITLE = 1000;
const LONGEST_ATTRIBUTE = 500;
const EMPTY = /^(?:n\/?a|null|none|nan|-|–|\?)$/i;
const MACHINERY = new Set(["has_options", "required_options"]);

/** The id of a row, or "". Throws ROW_BAD_VALUE for one that cannot be an id. */
export function idOf(cells: Cells, column: string | null): string {
  const id = column === null ? "" : textOf(cells[column]);
  if (id.length > LONGEST_ID || /\p{Cc}/u.test(id))
    throw badValue("id", id, `Ids are at most ${LONGEST_ID} characters on one line`);
  return id;
}

/** Reads one row by the mapping. `id` may be empty. Throws ROW_BAD_VALUE. */
export function readRow(cells: Cells, mapping: Mapping): RowFields {
  const text = (column: string | null) => (column === null ? "" : textOf(cells[column]));
  const price = readPrice(text(mapping.price));
  const picturesIn = (columns: readonly string[]) => [
    ...new Set(columns.flatMap((column) => (cells[column] === undefined ? [] : splitPictures(cells[column])))),
  ];
  const isShared = (column: string) => mapping.shape === "shopify" && !/variant/i.test(column);
  return {
    id: idOf(cells, mapping.id),
    title: readTitle(text(mapping.title)),
    description: cleanText(text(mapping.description)) || null,
    url: readUrl(text(mapping.url)),
    price: price?.amount ?? null,
    currency: readCurrency(text(mapping.currency)) ?? price?.currency ?? null,
    stock: readStock(text(mapping.stock)),
    category: categoryOf(text(mapping.category), mapping.level, mapping.shape === "magento"),
    attributes: readAttributes(cells, mapping),
    pictures: picturesIn(mapping.images.filter((column) => !isShared(column))),
    shared: picturesIn(mapping.images.filter(isShared)),
  };
}

export function readTitle(text: string): string | null {
  const title = cleanLine(text);
  if (title.length > LONGEST_TITLE)
    throw badValue("title", title, `Titles are at most ${LONGEST_TITLE} characters; is this another column?`);
  return title || null;
}

export function readPrice(text: string): { amount: number; currency: string | null } | undefined {
  if (text === "" || EMPTY.test(text)) return undefined;
  const price = parsePrice(text);
  if (price === undefined || !(price.amount < 1e12)) throw badValue("price", text, "Write it as 1299.00 or 1.299,00 €");
  return price;
}

export function readCurrency(text: string): string | null {
  if (text === "" || EMPTY.test(text)) return null;
  const currency = currencyOf(text);
  if (currency === undefined) throw badValue("currency", text, "Write three letters (ISO 4217), such as EUR");
  return currency;
}

export function readStock(text: string): number | null {
  if (text === "" || EMPTY.test(text)) return null;
  const stock = parseStock(text);
  if (stock === undefined) throw badValue("stock", text, "Write a number");
  return stock;
}

/** http(s) or a path on the shop: anything else (javascript:, data:) would run in a shopper's page. */
export function readUrl(text: string): string | null {
  if (text === "" || EMPTY.test(text)) return null;
  const scheme = /^[\s\p{Cc}]*([a-z][a-z0-9+.-]*):/iu.exec(text)?.[1]?.toLowerCase();
  const wrong = scheme !== undefined && scheme !== "http" && scheme !== "https";
  if (wrong || (scheme !== undefined && !URL.canParse(text)) || /[\s\p{Cc}]/u.test(text))
    throw badValue("url", text, "Write an http or https address, or a path on the shop");
  return text;
}

function readAttributes(cells: Cells, mapping: Mapping): Attributes {
  const attributes: Attributes = {};
  for (const column of mapping.attributes) {
    const text = textOf(cells[column]);
    if (text === "") continue;
    const pairs =
      mapping.shape === "magento"
        ? Object.entries(attributeList(text))
        : [[column.replace(/^attributes\./, ""), text] as const];
    for (const [name, value] of pairs) {
      if (mapping.shape === "magento" && MACHINERY.has(name)) continue;
      const clean = cleanLine(value);
      if (clean !== "" && clean.length <= LONGEST_ATTRIBUTE) attributes[attributeName(name)] = clean;
    }
  }
  return attributes;
}

export const badValue = (field: string, text: string, remedy: string): LookseeError =>
  new LookseeError(
    "ROW_BAD_VALUE",
    `${field} ${JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)} cannot be read`,
    remedy,
  );
