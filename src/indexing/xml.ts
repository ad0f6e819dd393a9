import { decodeEntities } from "./clean-text.ts";

/** An element of a record: `text` is its own text with entities decoded, `inner` what stands between its tags. */
export type Element = {
  /** As written, with its prefix: `g:image_link`. */
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: readonly Element[];
  text: string;
  inner: string;
};

/** A record of an XML file, or one that is not well formed, with the reason. */
export type XmlRecord = { element: Element } | { fault: string; raw: string };

/** A record longer than this was never closed (characters). */
const LONGEST_RECORD = 1 << 22;

/**
 * Every element `name` of an XML text, read as it streams. What is around them is passed over; a record that is not
 * well formed costs itself only. Document types and entities of the file's own are not expanded.
 */
export async function* xmlRecords(chunks: AsyncIterable<string>, name: string): AsyncGenerator<XmlRecord> {
  const finder = new Finder(name);
  let text = "";
  for await (const chunk of chunks) {
    text += chunk;
    for (;;) {
      const found = finder.next(text);
      text = text.slice(found.upTo);
      finder.moved(found.upTo);
      if (found.raw === null) break;
      yield read(found.raw);
    }
    if (text.length > LONGEST_RECORD) {
      yield { fault: `<${name}> is opened and never closed`, raw: text.slice(0, 1000) };
      text = "";
      finder.moved(Number.POSITIVE_INFINITY);
    }
  }
  if (finder.inside) yield { fault: `the file ends within a <${name}>`, raw: text };
}

/** Finds where records begin and end without parsing them: comments and CDATA are skipped, whatever they hold. */
class Finder {
  readonly #mark: RegExp;
  /** Where the record in hand begins; -1: between records. */
  #start = -1;
  #depth = 0;
  #at = 0;

  constructor(name: string) {
    const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    this.#mark = new RegExp(`<!--|<!\\[CDATA\\[|<(/?)${escaped}(?=[\\s>/])[^>]*?(/?)>`, "g");
  }

  get inside(): boolean {
    return this.#start >= 0;
  }

  /** The next whole record of `text`, and how much of it is done with. */
  next(text: string): { raw: string | null; upTo: number } {
    for (;;) {
      this.#mark.lastIndex = this.#at;
      const match = this.#mark.exec(text);
      if (!match) break;
      if (match[0].startsWith("<!")) {
        const close = match[0] === "<!--" ? "-->" : "]]>";
        const end = text.indexOf(close, match.index + match[0].length);
        if (end < 0) return this.#rest(match.index);
        this.#at = end + close.length;
        continue;
      }
      const end = match.index + match[0].length;
      this.#at = end;
      const [closing, empty] = [match[1] === "/", match[2] === "/"];
      if (this.#start < 0) {
        if (closing) continue;
        this.#start = match.index;
        this.#depth = 0;
      }
      if (!empty) this.#depth += closing ? -1 : 1;
      if (this.#depth <= 0) {
        const raw = text.slice(this.#start, end);
        this.#start = -1;
        return { raw, upTo: end };
      }
    }
    // A tag may be cut in two by the end of the chunk.
    const cut = text.lastIndexOf("<");
    return this.#rest(Math.max(this.#at, cut < 0 ? text.length : cut));
  }

  #rest(from: number): { raw: null; upTo: number } {
    this.#at = from;
    return { raw: null, upTo: this.#start >= 0 ? this.#start : from };
  }

  /** The text now begins `by` characters later. */
  moved(by: number): void {
    this.#at = Math.max(0, this.#at - by);
    if (this.#start >= 0) this.#start = by === Number.POSITIVE_INFINITY ? -1 : this.#start - by;
  }
}

type Open = { name: string; attributes: Record<string, string>; children: Element[]; text: string; from: number };

const TOKEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<\/([^\s>]+)\s*>|<([^\s<>/!?]+)((?:\s+[^\s=<>/]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)|</g;

function read(raw: string): XmlRecord {
  const stack: Open[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(raw); match; match = TOKEN.exec(raw)) {
    const [token, cdata, closing, opening, attributes, empty, text] = match;
    const top = stack.at(-1);
    if (cdata !== undefined && top) top.text += cdata;
    else if (text !== undefined && top) top.text += decodeEntities(text);
    else if (opening !== undefined) {
      const open: Open = {
        name: opening,
        attributes: attributesOf(attributes!),
        children: [],
        text: "",
        from: match.index + token.length,
      };
      if (empty !== "/") stack.push(open);
      else if (top) top.children.push({ ...open, inner: "" });
      else return { element: { ...open, inner: "" } };
    } else if (closing !== undefined) {
      if (top?.name !== closing)
        return { fault: `</${closing}> closes what ${top ? `<${top.name}>` : "nothing"} opened`, raw };
      stack.pop();
      const element: Element = { ...top, inner: raw.slice(top.from, match.index) };
      const above = stack.at(-1);
      if (!above) return { element };
      above.children.push(element);
    } else if (token === "<") return { fault: `a "<" that begins no tag stands in <${top?.name ?? ""}>`, raw };
  }
  return { fault: `<${stack.at(-1)?.name ?? ""}> is not closed`, raw };
}

function attributesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name, double, single] of text.matchAll(/([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g))
    found[name!] = decodeEntities(double ?? single ?? "");
  return found;
}
