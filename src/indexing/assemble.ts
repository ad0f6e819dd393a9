import type { Attributes } from "../catalog/index.ts";
import { LookseeError } from "../errors.ts";
import type { Draft, DraftRow, Outcome, RowFields } from "./draft.ts";
import type { Grouping } from "./grouping.ts";
import type { Mapping } from "./mapping.ts";
import { noPicture } from "./read-item.ts";
import { readRow } from "./read-row.ts";
import type { Cells, Reading } from "./table.ts";

type Member = { fields: RowFields; row: number; raw: () => string; role: "item" | "variant" | "pictures" };
type Pending = { members: Member[]; left: number };

/**
 * Puts items together from rows. An item leaves as soon as its last row has passed (the grouping knows how many there
 * are), so only unfinished items are held, and the order is that in which items become complete. `taken`: the ids that
 * earlier tables of the same source have used; those of this one are added.
 */
export async function* assemble(
  rows: AsyncIterable<Reading>,
  mapping: Mapping,
  grouping: Grouping,
  taken = new Set<string>(),
): AsyncGenerator<Outcome> {
  const pending = new Map<string, Pending>();
  for await (const reading of rows) {
    const { row } = reading;
    if ("fault" in reading) {
      const remedy = "Repair the row and import again";
      yield aside(row, null, new LookseeError("ROW_UNREADABLE", reading.fault, remedy), reading.raw);
      continue;
    }
    const { cells } = reading;
    const raw = () => JSON.stringify(cells);
    const place = grouping.place(cells);
    if (place.deselected) {
      yield { kind: "deselected", row, itemId: null };
      continue;
    }
    const key = place.key;
    let member: Member | LookseeError;
    try {
      member = memberOf(cells, mapping, row, place.variant, key, pending.get(key));
      if (member.role !== "pictures") {
        // Ids of variants live within their item, ids of items within the source.
        const name = member.role === "variant" ? `${key}\0${member.fields.id}` : member.fields.id;
        if (taken.has(name))
          member = new LookseeError(
            "ROW_DUPLICATE_ID",
            `an earlier row has the id ${member.fields.id}`,
            "Give each row an id of its own; if they are variants of one item, name the group with --map group=COLUMN",
          );
        else taken.add(name);
      }
    } catch (error) {
      if (!(error instanceof LookseeError)) throw error;
      member = error;
    }
    if (member instanceof LookseeError) yield aside(row, key || null, member, raw());
    if (key === "") continue;
    let group = pending.get(key);
    if (!group) {
      group = { members: [], left: grouping.rowsOf(key) };
      pending.set(key, group);
    }
    if (!(member instanceof LookseeError)) group.members.push(member);
    if (--group.left > 0) continue;
    pending.delete(key);
    yield* complete(key, group.members, mapping);
  }
  for (const [key, { members }] of pending) yield* complete(key, members, mapping); // the source shrank between two readings
}

function memberOf(
  cells: Cells,
  mapping: Mapping,
  row: number,
  variant: Attributes | null,
  key: string,
  group: Pending | undefined,
): Member {
  if (key === "")
    throw new LookseeError("ROW_NO_ID", `column ${mapping.id ?? mapping.group} is empty`, "Give every row its id");
  const fields = readRow(cells, mapping);
  const raw = () => JSON.stringify(cells);
  if (variant === null) return { fields: { ...fields, id: key }, row, raw, role: "item" };
  const attributes = { ...fields.attributes, ...variant };
  if (fields.id !== "") return { fields: { ...fields, attributes }, row, raw, role: "variant" };
  // A row of a group without an id of its own: one more picture of the item (Shopify), or a variant nobody numbered.
  const bare = group !== undefined && group.members.length > 0 && fields.price === null && fields.title === null;
  if (bare) return { fields, row, raw, role: "pictures" };
  // By what tells it from the others, if the source says so: its place may change.
  const id = `${key}#${Object.values(variant).join("/") || 1 + (group?.members.length ?? 0)}`;
  return { fields: { ...fields, attributes, id }, row, raw, role: "variant" };
}

function* complete(itemId: string, members: readonly Member[], { shape }: Mapping): Generator<Outcome> {
  if (members.length === 0) return; // every row of it was set aside
  const parent = members.find(({ role }) => role === "item");
  const variants = members.filter(({ role }) => role === "variant").map(({ fields }) => fields);
  const pictures = members.flatMap(({ role, fields, row }) => [
    ...fields.shared.map((source) => ({ variantId: null, source, row })),
    ...fields.pictures.map((source) => ({ variantId: role === "variant" ? fields.id : null, source, row })),
  ]);
  if (pictures.length === 0) {
    for (const { row, raw } of members) yield aside(row, itemId, noPicture(itemId), raw());
    return;
  }
  // The item's own pictures come first, then those of its variants as listed.
  pictures.sort((a, b) => Number(a.variantId !== null) - Number(b.variantId !== null));
  const rows = members.map(({ row, raw, role, fields }): DraftRow => {
    return { row, variantId: role === "variant" ? fields.id : null, raw };
  });
  const speakers = variants.length > 0 ? variants : members.map((member) => member.fields);
  const item = parent?.fields ?? summaryOf(itemId, speakers, shape === "shopify");
  const draft: Draft = { itemId, item, variants, pictures, rows };
  yield { kind: "draft", draft };
}

/**
 * An item that has no row of its own: what its first variant says, and the attributes they all share; `once`: those of
 * the item stand in one row only.
 */
function summaryOf(itemId: string, variants: readonly RowFields[], once: boolean): RowFields {
  const first = <Field extends keyof RowFields>(field: Field) =>
    (variants.find((variant) => variant[field] !== null) ?? variants[0]!)[field];
  const shared = Object.entries(variants[0]!.attributes).filter(([name, value]) =>
    variants.every(({ attributes }) => attributes[name] === value || (once && attributes[name] === undefined)),
  );
  return {
    id: itemId,
    title: first("title"),
    description: first("description"),
    url: first("url"),
    price: first("price"),
    currency: first("currency"),
    stock: null,
    category: first("category"),
    attributes: Object.fromEntries(shared),
    pictures: [],
    shared: [],
  };
}

const aside = (row: number, itemId: string | null, error: LookseeError, raw: string): Outcome => {
  const { code, problem: reason, remedy } = error;
  return { kind: "aside", aside: { row, itemId, code, reason, remedy, raw: raw.slice(0, 10_000) } };
};
