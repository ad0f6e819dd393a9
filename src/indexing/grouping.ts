import type { Attributes } from "../catalog/index.ts";
import { attributeList, attributeName } from "./attribute-list.ts";
import type { Mapping } from "./mapping.ts";
import { type Cells, type Table, textOf } from "./table.ts";

/** Where a row belongs. */
export type Place = {
  /** The item's id; "" if the row names none. */
  key: string;
  /** Null: the row is the item itself. Else it is a variant, with what its parent says of it. */
  variant: Attributes | null;
  /** The row describes no item: a translation, or an item that is switched off. */
  deselected: boolean;
};

export type Grouping = {
  place(cells: Cells): Place;
  /** How many rows of the source carry this key. */
  rowsOf(key: string): number;
};

/** Reads the source through to learn which rows belong together and how many they are. */
export function groupingOf(table: Table, mapping: Mapping): Promise<Grouping> {
  if (mapping.shape === "magento") return magentoGrouping(table, mapping);
  if (mapping.shape === "shopify") return shopifyGrouping(table, mapping);
  return columnGrouping(table, mapping);
}

/**
 * A Shopify export: the first row of a handle names the options ("Color", "Size") whose values the variants' rows give,
 * and says whether the product is shown; drafts, archived and unpublished ones are left out.
 */
async function shopifyGrouping(table: Table, mapping: Mapping): Promise<Grouping> {
  const group = mapping.group!;
  const named = (pattern: RegExp) => table.columns.filter((column) => pattern.test(column));
  const [names, values] = [named(/^option\s?[123] name$/i), named(/^option\s?[123] value$/i)];
  const [status, published] = [named(/^status$/i)[0], named(/^published( on online store)?$/i)[0]];
  const products = new Map<string, { rows: number; options: string[]; hidden: boolean }>();
  for await (const reading of table.read()) {
    if ("fault" in reading) continue;
    const { cells } = reading;
    const key = textOf(cells[group]);
    let product = products.get(key);
    if (!product) {
      const text = (column: string | undefined) => (column === undefined ? "" : textOf(cells[column]).toLowerCase());
      const hidden = /^(?:draft|archived)$/.test(text(status)) || text(published) === "false";
      product = { rows: 0, options: names.map((column) => attributeName(textOf(cells[column]))), hidden };
      products.set(key, product);
    }
    product.rows++;
  }
  const place = (cells: Cells): Place => {
    const key = textOf(cells[group]);
    const product = products.get(key);
    const options = values.map((column, i): [string, string] => [
      product?.options[i] || attributeName(column),
      textOf(cells[column]),
    ]);
    const told = options.filter(([, value]) => value !== "" && value !== "Default Title");
    return { key, variant: Object.fromEntries(told), deselected: product?.hidden ?? false };
  };
  return { place, rowsOf: (key) => products.get(key)?.rows ?? 1 };
}

/** Rows are variants of what their group column names; a row without a group is an item, or the parent of its id. */
async function columnGrouping(table: Table, mapping: Mapping): Promise<Grouping> {
  const { id, group } = mapping;
  const idIn = (cells: Cells) => (id === null ? "" : textOf(cells[id]));
  if (group === null)
    return { place: (cells) => ({ key: idIn(cells), variant: null, deselected: false }), rowsOf: () => 1 };
  const place = (cells: Cells): Place => {
    const named = textOf(cells[group]);
    return { key: named || idIn(cells), variant: named === "" ? null : {}, deselected: false };
  };
  const counts = await count(table, place);
  return { place, rowsOf: (key) => counts.get(key) ?? 1 };
}

/**
 * A Magento export: a `configurable` row lists its simple rows ("sku=A,size=S|sku=B,size=M"), which stand before or
 * after it. A simple row that no one lists is an item. Rows of a store view translate another row; product_online
 * other than 1 is switched off: neither becomes an item.
 */
async function magentoGrouping(table: Table, mapping: Mapping): Promise<Grouping> {
  const parents = new Map<string, { parent: string; attributes: Attributes }>();
  for await (const reading of table.read()) {
    if ("fault" in reading || isDeselected(reading.cells)) continue;
    const parent = textOf(reading.cells[mapping.id ?? "sku"]);
    const list = textOf(reading.cells.configurable_variations);
    if (parent === "" || list === "") continue;
    for (const variation of list.split("|")) {
      const { sku, ...rest } = attributeList(variation);
      if (sku === undefined || sku === parent || parents.has(sku)) continue;
      const attributes = Object.fromEntries(Object.entries(rest).map(([name, value]) => [attributeName(name), value]));
      parents.set(sku, { parent, attributes });
    }
  }
  const place = (cells: Cells): Place => {
    const sku = textOf(cells[mapping.id ?? "sku"]);
    const above = parents.get(sku);
    return { key: above?.parent ?? sku, variant: above?.attributes ?? null, deselected: isDeselected(cells) };
  };
  const counts = await count(table, place);
  return { place, rowsOf: (key) => counts.get(key) ?? 1 };
}

function isDeselected(cells: Cells): boolean {
  const online = textOf(cells.product_online);
  return textOf(cells.store_view_code) !== "" || (online !== "" && online !== "1");
}

async function count(table: Table, place: (cells: Cells) => Place): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const reading of table.read()) {
    if ("fault" in reading) continue;
    const { key, deselected } = place(reading.cells);
    if (key !== "" && !deselected) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
