/** HTML's names for U+00A0 to U+00FF, in order (html.spec.whatwg.org, named character references). */
const LATIN =
  "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro " +
  "para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil " +
  "Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave " +
  "Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml " +
  "igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute " +
  "thorn yuml";

const NAMED = new Map<string, string>([
  ...LATIN.split(" ").map((name, i): [string, string] => [name, String.fromCharCode(160 + i)]),
  ..."amp:& lt:< gt:> quot:\" apos:' bull:• ndash:– mdash:— lsquo:‘ rsquo:’ sbquo:‚ ldquo:“ rdquo:” bdquo:„ hellip:… trade:™ euro:€ prime:′ Prime:″ minus:− lsaquo:‹ rsaquo:› OElig:Œ oelig:œ Scaron:Š scaron:š ensp: emsp: thinsp: "
    .trim()
    .split(" ")
    .map((pair): [string, string] => [pair.slice(0, pair.indexOf(":")), pair.slice(pair.indexOf(":") + 1) || " "]),
]);

/** Entities to characters; what is no entity stays as it is. */
export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,8}));/g,
    (whole, dec, hex, name) => {
      if (name !== undefined) return NAMED.get(name) ?? whole;
      const code = dec === undefined ? Number.parseInt(hex, 16) : Number(dec);
      return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : "";
    },
  );
}

/** Plain text of what a shop's editor wrote: tags out (blocks become line ends), entities decoded, spaces folded. */
export function cleanText(html: string): string {
  let text = html;
  if (text.includes("<"))
    text = text
      .replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, " ")
      .replace(/<!--[\s\S]*?-->/g, " ")
      .replace(/<(?:br|\/?(?:p|div|li|ul|ol|tr|table|h[1-6]))\b[^>]*>/gi, "\n")
      .replace(/<\/?[A-Za-z][^<>]*>/g, "");
  return decodeEntities(text)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (c) => (c === "\n" ? "\n" : " "))
    .replace(/[^\S\n]+/g, " ")
    .replace(/ ?\n[ \n]*/g, "\n")
    .trim();
}

/** cleanText on one line, for titles and names. */
export const cleanLine = (html: string): string => cleanText(html).replaceAll("\n", " ");
