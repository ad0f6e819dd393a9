/** A record of a table, or the first line of one that cannot be read, with the reason. */
export type CsvRecord = { fields: string[] } | { fault: string; raw: string };

/** A quoted field longer than this is a quote that was never closed (characters). */
const LONGEST_RECORD = 1 << 20;

/**
 * Records of a CSV text (RFC 4180, any one-character separator; LF, CRLF or CR). Blank lines are none. A quote inside
 * an unquoted field is itself. Where a quote goes wrong, only the line it began on is given up: reading goes on with
 * the next line, so one bad quote never swallows the rest of a catalog.
 */
export async function* csvRecords(chunks: AsyncIterable<string>, separator: string): AsyncGenerator<CsvRecord> {
  let [text, at] = ["", 0];
  for await (const chunk of chunks) {
    text = text.slice(at) + chunk;
    at = 0;
    for (;;) {
      const found = recordAt(text, at, separator, false);
      if (found === "more") break;
      at = found.next;
      if (found.record) yield found.record;
    }
  }
  while (at < text.length) {
    const found = recordAt(text, at, separator, true);
    if (found === "more") break; // never at the end; keeps the type honest
    at = found.next;
    if (found.record) yield found.record;
  }
}

/** The separator of a table by its header: the one of `,` `;` tab `|` that it has most of, outside quotes. */
export function separatorOf(head: string): string {
  const line = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(head)![0].replace(/"(?:[^"]|"")*"/g, "");
  const counts = [",", ";", "\t", "|"].map((mark) => ({ mark, count: line.split(mark).length - 1 }));
  counts.sort((a, b) => b.count - a.count);
  return counts[0]!.count > 0 ? counts[0]!.mark : ",";
}

type Found = { record: CsvRecord | null; next: number } | "more";

const [QUOTE, CR, LF] = [34, 13, 10];

function recordAt(text: string, from: number, separator: string, end: boolean): Found {
  const mark = separator.charCodeAt(0);
  const fields: string[] = [];
  let at = from;
  for (;;) {
    let field: string;
    if (text.charCodeAt(at) === QUOTE) {
      const close = closingQuote(text, at + 1);
      if (close < 0) {
        if (!end && text.length - from < LONGEST_RECORD) return "more";
        return faulty(text, from, end, "a quote is opened and never closed");
      }
      // What follows the quote decides whether it closes the field: wait for it.
      if (close + 1 >= text.length && !end) return "more";
      const raw = text.slice(at + 1, close);
      field = raw.includes('"') ? raw.replaceAll('""', '"') : raw;
      at = close + 1;
      while (text.charCodeAt(at) === 32 && mark !== 32) at++;
      const follows = text.charCodeAt(at);
      if (at < text.length && follows !== mark && follows !== CR && follows !== LF)
        return faulty(text, from, end, "text follows a closing quote");
    } else {
      const start = at;
      for (let code = text.charCodeAt(at); at < text.length; code = text.charCodeAt(++at))
        if (code === mark || code === LF || code === CR) break;
      field = text.slice(start, at);
    }
    if (at >= text.length && !end) return "more";
    fields.push(field);
    if (text.charCodeAt(at) !== mark) break;
    at++;
  }
  if (text.charCodeAt(at) === CR) {
    if (at + 1 >= text.length && !end) return "more"; // CR or the first half of CRLF?
    at++;
  }
  if (text.charCodeAt(at) === LF) at++;
  const blank = fields.length === 1 && fields[0]!.trim() === "";
  return { record: blank ? null : { fields }, next: at };
}

/** Where a quoted field ends: a quote that is not doubled. -1 if the text ends first. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2))
    if (text.charCodeAt(at + 1) !== QUOTE) return at;
  return -1;
}

function faulty(text: string, from: number, end: boolean, fault: string): Found {
  const stop = /\r\n|\n|\r/g;
  stop.lastIndex = from;
  const match = stop.exec(text);
  if (!match) {
    if (!end && text.length - from < LONGEST_RECORD) return "more";
    return { record: { fault, raw: text.slice(from) }, next: text.length };
  }
  return { record: { fault, raw: text.slice(from, match.index) }, next: match.index + match[0].length };
}
