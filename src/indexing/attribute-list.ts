/**
 * Magento's "k=v,k2=v2": a comma separates only before the next `name=`, so that values may hold commas. Doubled
 * quotes around a pair are dropped.
 */
export function attributeList(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const pair of text.split(/,(?="?[A-Za-z_][\w-]*=)/)) {
    const at = pair.indexOf("=");
    if (at < 1) continue;
    const name = pair.slice(0, at).trim().replace(/^"/, "");
    const value = pair
      .slice(at + 1)
      .trim()
      .replace(/"$/, "");
    if (value !== "") found[name] = value;
  }
  return found;
}

/** An attribute's name as filters can spell it: "Variant Price" is variant_price. */
export const attributeName = (column: string): string =>
  column
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "");
