/**
 * How many are left: a number, or the words of product feeds. "in stock" without a number is null. Undefined for
 * anything else.
 */
export function parseStock(text: string): number | null | undefined {
  const words = text
    .trim()
    .toLowerCase()
    .replace(/(?<=\p{L})[_-]+/gu, " ");
  if (/^-?\d{1,12}([.,]\d+)?$/.test(words)) return Number(words.replace(",", "."));
  if (/^(out of stock|sold out|no|false|unavailable|discontinued)$/.test(words)) return 0;
  if (/^(in stock|yes|true|available|preorder|pre order|backorder|limited availability)$/.test(words)) return null;
  return undefined;
}
