import { LookseeError } from "../errors.ts";
import type { Mapping, MappingChoice } from "../index.ts";

/** `field=column` as a person gives it on the command line; MAPPING_COLUMN if the text is none. */
export function mappingChoice(texts: readonly string[]): MappingChoice {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf("=");
      if (at < 1)
        throw new LookseeError("MAPPING_COLUMN", `${JSON.stringify(text)} names no field`, "Write --map field=column");
      return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    }),
  );
}

/** The mapping in use as rows of field and column, what is not mapped left out. */
export function mappingRows(mapping: Mapping): [field: string, column: string][] {
  return Object.entries(mapping)
    .map(([field, value]): [string, string] => [field, Array.isArray(value) ? value.join(", ") : String(value ?? "")])
    .filter(([, column]) => column !== "");
}
