export type Price = { amount: number; currency: string | null };

const SYMBOLS: Record<string, string | null> = {
  "€": "EUR",
  $: "USD",
  US$: "USD",
  $US: "USD",
  "£": "GBP",
  "¥": "JPY",
  "₹": "INR",
  "₽": "RUB",
  "₩": "KRW",
  "₺": "TRY",
  "₴": "UAH",
  "₫": "VND",
  R$: "BRL",
  A$: "AUD",
  C$: "CAD",
  CA$: "CAD",
  $CA: "CAD",
  zł: "PLN",
  zl: "PLN",
  Kč: "CZK",
  Ft: "HUF",
  kr: null, // Danish, Norwegian or Swedish: the shop must say which
};

/**
 * Reads a price as shops write it: "1.299,00 €", "$1,299.00", "EUR 12", "1 299,5", "1'299.00", "12,-".
 * The last of two different separators is the decimal one; a lone one before exactly three digits separates thousands
 * ("1.299" is 1299), except after a leading zero. Returns undefined for anything else: words, ranges, negatives.
 */
export function parsePrice(text: string): Price | undefined {
  const match = /^([^\d\s.,+-]{0,6})\s*([\d][\d.,'’\s]*)(?:[.,]?\s?(?:-|–|—){1,2})?\s*([^\d\s.,-]{0,6})\.?$/u.exec(
    text.replace(/[\u00a0\u202f\u2009]/g, " ").trim(),
  );
  if (!match) return undefined;
  const [, before = "", digits = "", after = ""] = match;
  if (before && after && before !== after) return undefined;
  const sign = before || after;
  const currency = sign === "" ? null : currencyOf(sign);
  if (currency === undefined) return undefined;
  const amount = parseAmount(digits.trim());
  return amount === undefined ? undefined : { amount, currency };
}

/** "EUR", "eur" or "€" to "EUR"; null for a sign of several currencies; undefined for what is none. */
export function currencyOf(text: string): string | null | undefined {
  const sign = text.trim();
  if (Object.hasOwn(SYMBOLS, sign)) return SYMBOLS[sign]!;
  if (sign.toLowerCase() === "kr") return null;
  return /^[A-Za-z]{3}$/.test(sign) ? sign.toUpperCase() : undefined;
}

function parseAmount(text: string): number | undefined {
  const marks = [...text.matchAll(/[.,'’\s]+/g)].map((match) => ({ mark: match[0].trim() || " ", at: match.index }));
  if (marks.some(({ mark }) => mark.length > 1)) return undefined;
  const parts = text.split(/[.,'’\s]+/);
  if (parts.some((part) => part === "") && !(parts.at(-1) === "" && marks.length === 1)) return undefined;
  const last = marks.at(-1)?.mark;
  if (last === undefined) return Number(text);
  const others = new Set(marks.slice(0, -1).map(({ mark }) => mark));
  if (others.size > 1) return undefined;
  const lastDecimal =
    (last === "." || last === ",") &&
    !others.has(last) &&
    (others.size === 1 || parts.at(-1)!.length !== 3 || /^0/.test(parts[0]!) || parts[0]!.length > 3);
  const whole = lastDecimal ? parts.slice(0, -1) : parts;
  const grouped = whole.length === 1 || (whole[0]!.length <= 3 && whole.slice(1).every((part) => part.length === 3));
  if (!grouped) return undefined;
  return Number(`${whole.join("")}${lastDecimal ? `.${parts.at(-1) || "0"}` : ""}`);
}
