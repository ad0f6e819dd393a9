import { cleanLine, decodeEntities } from "./clean-text.ts";

/**
 * The category that a cell names. Several may be listed (`|` or `;`; with `lists`, as Magento writes them, `,`): the
 * first counts. A path ("Men/Tops/Tees", "Men > Tops > Tees", or one level a line) gives its `level`, counted from 1,
 * its last if it is shorter or `level` is null.
 */
export function categoryOf(cell: string, level: number | null, lists: boolean): string | null {
  const plain = decodeEntities(cell); // "&gt;" and "&amp;" hold separators of their own
  const first = plain.split(lists ? /[|;,]/ : /[|;]/).find((part) => part.trim() !== "");
  if (first === undefined) return null;
  const path = first
    .split(/[/>\n]|›|»/)
    .map(cleanLine)
    .filter(Boolean);
  return (level === null ? path.at(-1) : (path[level - 1] ?? path.at(-1))) ?? null;
}
