import { createReadStream } from "node:fs";

/** A label that TextDecoder knows: "utf-8", "windows-1252", "shift_jis" ... */
export type Encoding = string;

/** Tried where a text is no UTF-8, with the characters beyond ASCII that a shop's text in it is made of. */
const CANDIDATES: readonly [Encoding, RegExp][] = [
  ["windows-1252", /[À-ÖØ-öø-ÿŒœŠšŽžŸ€£©®°´·–—‘’“”…™•«»]/u],
  ["windows-1251", /[А-Яа-яЁёІіЇїЄєҐґ№«»–—]/u],
  ["windows-1250", /[ĄąĆćĘęŁłŃńŚśŹźŻżČčĎďĚěŇňŘřŠšŤťŮůŽžŐőŰűĂăŞşŢţÁáÄäÇçÉéËëÍíÎîÓóÔôÖöÚúÜüÝýß€–—„”…]/u],
  ["shift_jis", /[\p{sc=Hiragana}\p{sc=Katakana}ー々\p{sc=Han}、。「」・]/u],
  ["euc-kr", /[\p{sc=Hangul}]/u],
  ["gb18030", /[\p{sc=Han}，。、；：（）！？]/u],
];
/** Bytes beyond ASCII that are enough to tell encodings apart. */
const ENOUGH = 1 << 16;

/**
 * The encoding of a text file, read through once: by its byte order mark or XML declaration, else UTF-8; where bytes
 * that are no UTF-8 outnumber its proper characters beyond ASCII, the one in which the most of them are letters, if
 * any is clearly better than windows-1252. (A single broken byte in a long UTF-8 file must not garble the rest: there
 * it costs its own row only.)
 */
export async function detectEncoding(path: string): Promise<Encoding> {
  const decoder = new TextDecoder("utf-8");
  let [first, broken, proper] = [true, 0, 0];
  const odd: Buffer[] = [];
  let kept = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    if (first) {
      const told = declared(chunk);
      if (told !== undefined) return told;
      first = false;
    }
    const text = decoder.decode(chunk, { stream: true });
    const before = broken;
    for (const { 0: beyond } of text.matchAll(/[^\0-\x7f]+/g))
      for (const character of beyond) character === "\ufffd" ? broken++ : proper++;
    if (broken > before && kept < ENOUGH) {
      odd.push(chunk);
      kept += broken - before;
    }
  }
  return broken > proper ? likeliest(Buffer.concat(odd)) : "utf-8";
}

/** By the first bytes: a byte order mark, UTF-16 without one, or what an XML declaration says. */
function declared(head: Buffer): Encoding | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  // ASCII text in UTF-16 has a zero in every second byte.
  const pairs = Math.min(64, head.length >> 1);
  let [even, uneven] = [0, 0];
  for (let i = 0; i < pairs; i++) {
    if (head[2 * i] === 0) even++;
    if (head[2 * i + 1] === 0) uneven++;
  }
  if (pairs >= 8 && uneven > 0.8 * pairs && even === 0) return "utf-16le";
  if (pairs >= 8 && even > 0.8 * pairs && uneven === 0) return "utf-16be";
  const label = /^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']/.exec(head.toString("latin1"))?.[1];
  if (label === undefined || /^utf-?8$/i.test(label)) return undefined;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined; // nobody knows it: the bytes tell
  }
}

/** The one in which the most of what is beyond ASCII are letters; of equal ones the first. */
function likeliest(bytes: Buffer): Encoding {
  const share = (label: Encoding, letters: RegExp): number => {
    const beyond = new TextDecoder(label).decode(bytes).match(/[^\0-\x7f]/gu) ?? [];
    const good = beyond.filter((character) => letters.test(character)).length;
    // A broken byte pair speaks against a multi-byte encoding louder than an odd letter.
    const bad = beyond.filter((character) => character === "\ufffd").length;
    return beyond.length === 0 ? 0 : (good - 5 * bad) / beyond.length;
  };
  // Cyrillic reads as accented letters too, but no western word is made of nothing else.
  const words = bytes.toString("latin1").match(/[\xc0-\xff]+/g) ?? [];
  const cyrillic = words.reduce((sum, word) => sum + word.length, 0) > 2.5 * words.length;
  const shares = CANDIDATES.map(([label, letters]) => ({ label, share: share(label, letters) }));
  const [western, ...others] = shares.filter(({ label }) => label !== "windows-1251" || cyrillic);
  const best = others.reduce((a, b) => (b.share > a.share ? b : a));
  const better = best.share > western!.share || (best.label === "windows-1251" && best.share === western!.share);
  return better && best.share > 0.9 ? best.label : "windows-1252";
}

/** The file's text in chunks, without a byte order mark. Bytes that do not decode become U+FFFD. */
export async function* decodeFile(path: string, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== "") yield text;
  }
  const rest = decoder.decode();
  if (rest !== "") yield rest;
}

/** Lines without their ends (LF or CRLF). */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
  }
  if (rest !== "") yield rest.endsWith("\r") ? rest.slice(0, -1) : rest;
}
