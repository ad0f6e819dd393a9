import type { FastifyRequest } from "fastify";
import { LookseeError } from "../errors.ts";

const FIELDS = "Send the picture as a file in the field `image`, and box, category, limit, cursor as text";

/** The picture and the text fields of a search form; box and limit become numbers, whatever they hold is checked later. */
export async function readForm(
  request: FastifyRequest,
): Promise<{ image: Uint8Array; fields: Record<string, unknown> }> {
  let image: Uint8Array | undefined;
  const fields: Record<string, unknown> = {};
  for await (const part of request.parts({ limits: { files: 1, fields: 8, fieldSize: 4096 } })) {
    if (part.type === "file") {
      if (part.fieldname !== "image") {
        part.file.resume();
        throw new LookseeError("SEARCH_BAD_INPUT", `there is no file field \`${part.fieldname.slice(0, 60)}\``, FIELDS);
      }
      image = await part.toBuffer();
    } else if (part.fieldname in fields) {
      throw new LookseeError("SEARCH_BAD_INPUT", `the field \`${part.fieldname.slice(0, 60)}\` was sent twice`, FIELDS);
    } else fields[part.fieldname] = read(part.fieldname, String(part.value));
  }
  if (!image) throw new LookseeError("SEARCH_BAD_INPUT", "the form has no file field `image`", FIELDS);
  return { image, fields };
}

function read(name: string, text: string): unknown {
  if (name === "limit") return Number(text);
  if (name === "box")
    return text
      .replace(/^\[|\]$/g, "")
      .split(",")
      .map(fraction);
  return text;
}

/** An empty place between commas is no zero. */
function fraction(text: string): number | string {
  return text.trim() === "" ? text : Number(text);
}
