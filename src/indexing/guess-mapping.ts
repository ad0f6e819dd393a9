import { attributeName } from "./attribute-list.ts";
import type { Mapping } from "./mapping.ts";
import { looksLikePictures } from "./picture-list.ts";
import { parsePrice } from "./price.ts";
import { parseStock } from "./stock.ts";
import { type Cells, textOf } from "./table.ts";

/** Names of columns by field, the surest first, bare of case and signs. */
const NAMES = {
  id: "id itemid productid articleid sku variantsku itemsku productsku articlenumber artikelnummer itemnumber itemno productnumber productcode itemcode articlecode code offerid ref reference mpn asin ean gtin upc barcode uuid handle key",
  group:
    "itemgroupid parentsku parentid parentitemid groupid productgroup productgroupid parentproductid styleid stylecode masterid mastersku variantof handle urlhandle parent",
  title:
    "title name productname itemname producttitle itemtitle articlename displayname productdisplayname bezeichnung label heading",
  description:
    "description shortdescription longdescription productdescription bodyhtml body descriptionhtml text beschreibung details",
  url: "url link productlink producturl itemurl permalink canonicalurl pageurl weburl href deeplink",
  price:
    "price itemprice productprice sellprice sellingprice currentprice regularprice variantprice listprice retailprice unitprice priceeur priceusd amount preis saleprice",
  currency: "currency currencycode pricecurrency currencyid waehrung",
  stock:
    "stock qty quantity stockquantity stockqty inventory inventoryquantity variantinventoryqty instock availability available bestand",
  category:
    "category categories categoryname categorypath categorypaths productcategory producttype type department section mastercategory maincategory subcategory articletype googleproductcategory kind class kategorie",
} as const;

/** A column whose name says that it holds a picture's place, not its caption or size. */
const PICTURE_NAME =
  /^(?:(?:product|item|main|base|primary|default|front|cover|featured|variant|additional|extra|other|more|all|gallery)*)(?:image|img|picture|photo|pic|bild|gallery|media)s?(?:url|link|src|path|file|filename|location|uri|gallery)?s?\d*$/;
const SMALLER = /small|thumb|swatch|icon|label|alt|width|height|count|position|title|caption/;
const FIRST = /^(?:base|main|primary|default|featured|front|cover)/;
const LATER = /additional|extra|other|more|gallery|all/;

/** Longest text that still counts as an attribute, on average over the sample (characters). */
const ATTRIBUTE_LENGTH = 40;
const MOST_ATTRIBUTES = 40;
/** Where a column's name already says what it holds, half of its values are enough; the others are its broken rows. */
const BY_NAME = 0.5;

/** Guesses which column holds what, from the columns' names and some rows. Fields it cannot find are null or empty. */
export function guessMapping(columns: readonly string[], samples: readonly Cells[]): Mapping {
  const bare = new Map(columns.map((column) => [column, column.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "")]));
  const values = (column: string) => samples.map((cells) => textOf(cells[column])).filter((text) => text !== "");
  const named = (field: keyof typeof NAMES, fits: (column: string) => boolean = () => true): string | null => {
    for (const name of NAMES[field].split(" ")) {
      const found = columns.find((column) => bare.get(column) === name && fits(column));
      if (found !== undefined) return found;
    }
    return null;
  };
  const mostly = (column: string, fits: (text: string) => boolean, share = 0.8): boolean => {
    const texts = values(column);
    return texts.length === 0 || texts.filter(fits).length >= share * texts.length;
  };

  const shopify = SHOPIFY.every((sign) => [...bare.values()].some((name) => sign.test(name)));
  const magento = columns.includes("sku") && columns.includes("product_type") && columns.some((c) => MAGENTO.has(c));
  let group = magento ? null : named("group", (c) => values(c).length > 0);
  let id = magento ? "sku" : named("id", (c) => c !== group && (values(c).length > 0 || samples.length === 0));
  // Every row has a handle of its own: then it is the item's id, not the name of a group.
  if (id === null && group !== null && new Set(values(group)).size === samples.length) [id, group] = [group, null];
  if (id === null && group === null) id = uniqueColumn();
  const images = magento
    ? ["base_image", "additional_images"].filter((column) => columns.includes(column))
    : pictureColumns();
  const mapping = {
    id,
    group,
    title: named("title"),
    description: named("description"),
    url: named("url", (c) => !images.includes(c)),
    price: named("price", (c) => mostly(c, (text) => parsePrice(text) !== undefined, BY_NAME)),
    currency: named("currency"),
    stock: named("stock", (c) => mostly(c, (text) => parseStock(text) !== undefined, BY_NAME)),
    category: magento && columns.includes("categories") ? "categories" : named("category"),
  };
  return {
    ...mapping,
    level: levelOf(mapping.category),
    images,
    attributes: magento ? ["additional_attributes"].filter((c) => columns.includes(c)) : attributeColumns(),
    shape: magento ? "magento" : shopify ? "shopify" : "rows",
  };

  /** One level a line, and then those of further categories: the depth that every row has belongs to the first. */
  function levelOf(category: string | null): number | null {
    const depths = (category === null ? [] : values(category)).map((text) => text.split("\n").length);
    const [least, most] = [Math.min(...depths), Math.max(...depths)];
    return least > 1 && most > least ? least : null;
  }

  function pictureColumns(): string[] {
    const byName = columns.filter((column) => {
      const name = bare.get(column)!;
      return PICTURE_NAME.test(name) && !SMALLER.test(name) && !/^\d+$/.test(values(column)[0] ?? "");
    });
    const rank = (column: string) => (FIRST.test(bare.get(column)!) ? 0 : LATER.test(bare.get(column)!) ? 2 : 1);
    if (byName.length > 0) return byName.sort((a, b) => rank(a) - rank(b) || columns.indexOf(a) - columns.indexOf(b));
    const byValue = columns.filter((column) => values(column).length > 0 && mostly(column, looksLikePictures));
    return byValue.slice(0, 1);
  }

  /** The first column whose values all differ; where no name helps. */
  function uniqueColumn(): string | null {
    if (samples.length < 2) return null;
    const fits = columns.find((column) => {
      const texts = values(column);
      return (
        texts.length === samples.length && new Set(texts).size === texts.length && texts.every((t) => t.length < 80)
      );
    });
    return fits !== undefined && !mostly(fits, looksLikePictures) ? fits : null;
  }

  function attributeColumns(): string[] {
    const taken = new Set<string | null>([...Object.values(mapping), ...images]);
    return columns
      .filter((column) => {
        const texts = values(column);
        if (shopify && !SHOPIFY_ATTRIBUTES.test(column)) return false;
        if (taken.has(column) || texts.length === 0 || attributeName(column) === "") return false;
        if (PICTURE_NAME.test(bare.get(column)!) || mostly(column, looksLikePictures)) return false;
        const length = texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
        return length <= ATTRIBUTE_LENGTH && !texts.some((text) => /^https?:\/\//i.test(text));
      })
      .slice(0, MOST_ATTRIBUTES);
  }
}

/** A handle, an option and its value: what every product export of Shopify has, old and new. */
const SHOPIFY = [/^(?:url)?handle$/, /^option1name$/, /^option1value$/];
const SHOPIFY_ATTRIBUTES = /^(?:vendor|type|product type|tags)$|metafields/i;
const MAGENTO = new Set(["configurable_variations", "additional_attributes", "attribute_set_code", "base_image"]);
