import { createReadStream } from "node:fs";

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/**
 * The encoding of a text file, read through once: by its byte order mark, else UTF-8, else windows-1252 where bytes
 * that are no UTF-8 outnumber its proper characters beyond ASCII. (A single broken byte in a long UTF-8 file must not
 * garble the rest: there it costs its own row only.)
 */
export async function detectEncoding(path: string): Promise<Encoding> {
  const decoder = new TextDecoder("utf-8");
  let [first, broken, proper] = [true, 0, 0];
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    if (first) {
      if (chunk[0] === 0xff && chunk[1] === 0xfe) return "utf-16le";
      if (chunk[0] === 0xfe && chunk[1] === 0xff) return "utf-16be";
      first = false;
    }
    const text = decoder.decode(chunk, { stream: true });
    for (const { 0: beyond } of text.matchAll(/[^\0-\x7f]+/g))
      for (const character of beyond) character === "\ufffd" ? broken++ : proper++;
  }
  return broken > proper ? "windows-1252" : "utf-8";
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
