import type { Attributes } from "../catalog/index.ts";
import { LookseeError } from "../errors.ts";
import { cleanLine, cleanText } from "./clean-text.ts";
import type { Draft, PictureSource, RowFields } from "./draft.ts";
import type { Item, Variant } from "./item.ts";
import { badValue, idOf, readCurrency, readPrice, readStock, readTitle, readUrl } from "./read-row.ts";

/** A program's item as a draft. Throws ROW_NO_ID, ROW_NO_PICTURE, ROW_DUPLICATE_ID (of a variant), ROW_BAD_VALUE. */
export function readItem(given: Item, row: number): Draft {
  if (typeof given !== "object" || given === null)
    throw new LookseeError("ROW_UNREADABLE", `item ${row} is no object`, "Give objects with itemId, title, images");
  const itemId = readId(given.itemId, "itemId");
  const item = fields(given, itemId, given.category === undefined ? null : cleanLine(String(given.category)) || null);
  const variants: RowFields[] = [];
  for (const variant of given.variants ?? []) {
    const variantId = readId(variant?.variantId, "variantId");
    if (variants.some(({ id }) => id === variantId))
      throw new LookseeError("ROW_DUPLICATE_ID", `item ${itemId} lists variant ${variantId} twice`, "Keep one of them");
    variants.push(fields(variant, variantId, null));
  }
  const pictures = [item, ...variants].flatMap((owner) =>
    owner.pictures.map((source) => ({ variantId: owner === item ? null : owner.id, source, row })),
  );
  if (pictures.length === 0) throw noPicture(itemId);
  const raw = () =>
    JSON.stringify(given, (_, value) => (value instanceof Uint8Array ? `${value.length} bytes` : value));
  return { itemId, item, variants, pictures, rows: [{ row, variantId: null, raw }] };
}

export const noPicture = (itemId: string): LookseeError =>
  new LookseeError("ROW_NO_PICTURE", `item ${itemId} names no picture`, "Add one, or leave the item out of the source");

function readId(value: unknown, field: string): string {
  if (typeof value !== "string" && typeof value !== "number")
    throw new LookseeError("ROW_NO_ID", `${field} is missing`, `Give every one its ${field}, a text`);
  const id = idOf({ id: String(value) }, "id");
  if (id === "") throw new LookseeError("ROW_NO_ID", `${field} is empty`, `Give every one its ${field}, a text`);
  return id;
}

function fields(given: Partial<Item & Variant>, id: string, category: string | null): RowFields {
  const price = readPrice(text(given.price, "price"));
  return {
    id,
    title: readTitle(text(given.title, "title")),
    description: cleanText(text(given.description, "description")) || null,
    url: readUrl(text(given.url, "url")),
    price: price?.amount ?? null,
    currency: readCurrency(text(given.currency, "currency")) ?? price?.currency ?? null,
    stock: readStock(text(given.stock, "stock")),
    category,
    attributes: attributesOf(given.attributes),
    pictures: picturesOf(given.images),
    shared: [],
  };
}

function text(value: unknown, field: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value.trim();
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return plain(value);
  throw badValue(field, String(value), "Give a text or a number from 0 up");
}

/** 0.125 must not be read as 125 thousandths: a number is written with its point and enough digits. */
const plain = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(6));

function attributesOf(given: unknown): Attributes {
  if (given === undefined || given === null) return {};
  if (typeof given !== "object" || Array.isArray(given))
    throw badValue("attributes", JSON.stringify(given), "Give an object of names and values");
  const attributes: Attributes = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === "") continue;
    if (
      typeof value !== "string" &&
      typeof value !== "boolean" &&
      !(typeof value === "number" && Number.isFinite(value))
    )
      throw badValue(`attribute ${name}`, JSON.stringify(value), "Give a text, a number, true or false");
    attributes[name] = typeof value === "string" ? cleanLine(value) : value;
  }
  return attributes;
}

function picturesOf(given: unknown): PictureSource[] {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) throw badValue("images", JSON.stringify(given), "Give an array of paths or addresses");
  const list = given.filter((entry) => !(typeof entry === "string" && entry.trim() === ""));
  for (const entry of list)
    if (typeof entry !== "string" && !(entry instanceof Uint8Array))
      throw badValue("images", JSON.stringify(entry) ?? "undefined", "Give paths, addresses, or bytes");
  return [...new Set(list.map((entry) => (typeof entry === "string" ? entry.trim() : entry) as PictureSource))];
}
