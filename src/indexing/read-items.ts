import { LookseeError } from "../errors.ts";
import type { Outcome } from "./draft.ts";
import type { Item } from "./item.ts";
import { readItem } from "./read-item.ts";

/** A program's items, or a JSONL file's, as outcomes; each is a row of its own. A LookseeError in their place is set aside. */
export async function* readItems(
  items: AsyncIterable<Item | LookseeError> | Iterable<Item | LookseeError>,
  taken = new Set<string>(),
): AsyncGenerator<Outcome> {
  let row = 0;
  for await (const given of items) {
    row++;
    try {
      if (given instanceof LookseeError) throw given;
      const draft = readItem(given, row);
      if (taken.has(draft.itemId))
        throw new LookseeError(
          "ROW_DUPLICATE_ID",
          `an earlier row has the id ${draft.itemId}`,
          "Give each item an id of its own",
        );
      taken.add(draft.itemId);
      yield { kind: "draft", draft };
    } catch (error) {
      if (!(error instanceof LookseeError)) throw error;
      const itemId = (given as Partial<Item> | null)?.itemId;
      yield {
        kind: "aside",
        aside: {
          row,
          itemId: typeof itemId === "string" && itemId !== "" ? itemId : null,
          code: error.code,
          reason: error.problem,
          remedy: error.remedy,
          raw: rawOf(given),
        },
      };
    }
  }
}

function rawOf(given: unknown): string {
  try {
    return (JSON.stringify(given, (_, value) => (value instanceof Uint8Array ? undefined : value)) ?? "").slice(
      0,
      10_000,
    );
  } catch {
    return "";
  }
}
