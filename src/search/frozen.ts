import { randomBytes } from "node:crypto";
import { LookseeError } from "../errors.ts";
import type { ItemGroups } from "../ranking/index.ts";
import type { Box } from "../vision/index.ts";
import type { Guess, SeenObject } from "./result.ts";

/** An answer as it was when first given: its later pages neither repeat nor skip, whatever the catalog does meanwhile. */
export type FrozenList = {
  searchId: string;
  modelVersion: string;
  /** Of the model that gave it, which may have been replaced since. */
  modelId: string;
  imageId: string | null;
  itemId: string | null;
  category: string | null;
  box: Box | null;
  objects: SeenObject[];
  categories: Guess[];
  noGoodMatch: boolean;
  limit: number;
  /** How likely a hit of a likeness is the very product, the others being there: 0..1. */
  scoreOf: (likeness: number) => number;
  /** The pictures found, in their final order; grouped into items as far down as pages have been asked for. */
  groups: ItemGroups;
};

const KEPT_MS = 15 * 60 * 1000;
/** 1,200 pictures each, about 100 kB: some 40 MB when full. */
const KEPT_LISTS = 400;

/** Lists by unguessable id, for 15 minutes after their last use; when there is no room the longest unused goes. */
export class FrozenLists {
  readonly #lists = new Map<string, { list: FrozenList; until: number }>();
  readonly #now: () => number;
  readonly #kept: number;

  constructor(now: () => number = Date.now, kept = KEPT_LISTS) {
    this.#now = now;
    this.#kept = kept;
  }

  /** Returns the cursor of entry `offset` of the list. */
  freeze(list: FrozenList, offset: number): string {
    const id = randomBytes(12).toString("base64url");
    this.#lists.set(id, { list, until: this.#now() + KEPT_MS });
    this.#makeRoom();
    return cursorOf(id, offset);
  }

  /** The list and the place that a cursor stands for, and how to name another place in it. CURSOR_EXPIRED. */
  at(cursor: string): { list: FrozenList; offset: number; cursorAt(offset: number): string } {
    const [, id = "", offset = ""] = /^([\w-]{16})\.(\d{1,6})$/.exec(cursor) ?? [];
    const kept = this.#lists.get(id);
    if (!kept || kept.until < this.#now())
      throw new LookseeError(
        "CURSOR_EXPIRED",
        "the list behind this cursor is gone",
        "Search again without the cursor",
      );
    this.#lists.delete(id); // to the end of the queue
    this.#lists.set(id, { list: kept.list, until: this.#now() + KEPT_MS });
    return { list: kept.list, offset: Number(offset), cursorAt: (other) => cursorOf(id, other) };
  }

  #makeRoom(): void {
    for (const [id, { until }] of this.#lists) {
      if (until >= this.#now() && this.#lists.size <= this.#kept) return;
      this.#lists.delete(id);
    }
  }
}

const cursorOf = (id: string, offset: number) => `${id}.${offset}`;
