import { readFileSync } from "node:fs";

/** Rows of a small CSV with a header line, quotes as in RFC 4180; for the training sets, not for shops' files. */
export function readCsv(file: string): Record<string, string>[] {
  const [header, ...rows] = parse(readFileSync(file, "utf8"));
  return rows.map((row) => Object.fromEntries(header!.map((name, i) => [name, row[i] ?? ""])));
}

function parse(text: string): string[][] {
  const rows: string[][] = [];
  for (const line of text.matchAll(/(?:"(?:[^"]|"")*"|[^"\r\n])+/g)) {
    const cells = [...line[0].matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)];
    rows.push(cells.map(([, quoted, plain]) => (quoted !== undefined ? quoted.replaceAll('""', '"') : (plain ?? ""))));
  }
  return rows;
}
