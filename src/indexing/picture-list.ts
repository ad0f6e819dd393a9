import type { Cell } from "./table.ts";

const EXTENSION = /\.(?:jpe?g|png|webp|gif|tiff?|avif|heic|heif|bmp|svg)(?:[?#]\S*)?$/i;
const ADDRESS = /^https?:\/\//i;

/** Whether a cell looks as if it named pictures; used to guess columns. */
export const looksLikePictures = (text: string): boolean =>
  text !== "" && splitPictures(text).some((p) => EXTENSION.test(p));

/**
 * The pictures that a cell names, in order, each once. They may be separated by `,` `;` `|`, line ends or spaces; a
 * separator inside a name stays: after an address only another address begins a new picture
 * ("https://x/w_100,h_200/a.jpg" is one), after a path only what follows a picture's extension ("my photo.jpg").
 */
export function splitPictures(cell: Cell): string[] {
  if (typeof cell !== "string") return unique(cell);
  const text = cell.trim();
  if (text.startsWith("[") && text.endsWith("]"))
    try {
      const list: unknown = JSON.parse(text);
      if (Array.isArray(list)) return unique(list.filter((entry) => typeof entry === "string"));
    } catch {}
  const pieces = text.split(/([,;|\s]+)/); // piece, separator, piece, ...
  const found: string[] = [];
  const addresses = ADDRESS.test(text);
  const named = addresses || pieces.some((piece) => EXTENSION.test(piece));
  for (let i = 0; i < pieces.length; i += 2) {
    const [separator, piece] = [pieces[i - 1] ?? "", pieces[i]!];
    if (piece === "") continue;
    const last = found.at(-1);
    const begins =
      last === undefined ||
      (named ? (addresses ? ADDRESS.test(piece) : EXTENSION.test(last)) : /[,;|\n]/.test(separator));
    if (begins) found.push(piece);
    else found[found.length - 1] = `${last}${separator}${piece}`;
  }
  return unique(found);
}

const unique = (list: readonly string[]): string[] => [...new Set(list.map((entry) => entry.trim()).filter(Boolean))];
