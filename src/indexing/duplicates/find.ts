import type { CatalogStore, Store } from "../../catalog/index.ts";
import { LookseeError } from "../../errors.ts";
import { HammingIndex } from "../../hamming-index/index.ts";
import { decode, type Picture } from "../../vision/index.ts";
import { asJob } from "../job-run.ts";
import type { Progress } from "../progress.ts";
import { CLOSE, type Glance, glanceOf, SMALL, shrunk } from "./glance.ts";
import { groupItems } from "./group-items.ts";
import { reliefOf } from "./place.ts";
import { firstLook, type Small, SURE, secondLook } from "./same-picture.ts";

/** Codes of one picture changed lie nearer than this, nearly always (bits of 512). */
const RADIUS = 150;
/** Nearest pictures that are looked at. */
const NEAREST = 48;
/** Of each set of same pictures the nearest, the head, and one more are laid over; the rest would say the same. */
const TRIES = 3;
/** Sets that are tried: of 795 changed pictures of mall 901, all but one had their own among the nearest four. */
const SETS = 4;
const BATCH = 64;
/** Pictures kept decoded: small ones of 80 kB, close ones of 1 MB. */
const [SMALL_KEPT, CLOSE_KEPT] = [2000, 100];

/** What a search for duplicates did. */
export type DuplicatesFound = { checked: number; compared: number; confirmed: number; groups: number };

/**
 * Compares the catalog's new pictures with all that came before them: code distance finds candidates, laying one over
 * the other confirms. Then groups the items anew. Pictures are taken by ascending id and compared with lower ids only,
 * so the outcome does not depend on how the pictures came in batches; killed, it goes on where it stopped.
 * A job of its own and no part of an import: a catalog of product families costs some 10 ms a picture.
 * Throws CATALOG_UNKNOWN, JOB_PAUSED, JOB_CANCELLED, DATA_*.
 */
export async function findDuplicates(
  store: Store,
  catalogName: string,
  modelId: string,
  options: { signal?: AbortSignal; onProgress?: (progress: Progress) => void } = {},
): Promise<DuplicatesFound> {
  const catalog = store.catalog(catalogName);
  const work = { kind: "dedup", sourceId: null, spec: null, what: "comparing pictures" };
  const tally = { counts: {} as Record<string, number>, failures: {} };
  return asJob(catalog, work, options, tally, async (job) => {
    const { duplicates } = catalog;
    duplicates.forgetGone();
    const found = { checked: 0, compared: 0, confirmed: 0, groups: 0 };
    tally.counts = found;
    if (duplicates.unchecked(0, 1).length > 0) {
      const heads = duplicates.heads();
      const fresh: [number, Uint8Array][] = [];
      const index = await HammingIndex.open();
      try {
        const known: [number, Uint8Array][] = [];
        for (const { imageId, code } of catalog.changes(modelId, 0))
          if (code) (heads.has(imageId) ? known : fresh).push([imageId, code]);
        await index.upsert(
          Uint32Array.from(known, ([imageId]) => imageId),
          Buffer.concat(known.map(([, code]) => code)),
        );
        const pictures = new Pictures(catalog);
        for (let from = 0; from < fresh.length; from += BATCH) {
          const compared: [number, number][] = [];
          const merged = new Map<number, number>();
          for (const [imageId, code] of fresh.slice(from, from + BATCH)) {
            job.signal.throwIfAborted();
            const same = await sameAs(imageId, code);
            const head = Math.min(imageId, ...same);
            // Two sets that this picture joins become one, under the earlier head.
            for (const other of same)
              if (other !== head) {
                merged.set(other, head);
                for (const [member, its] of heads) if (its === other) heads.set(member, head);
              }
            heads.set(imageId, head);
            compared.push([imageId, head]);
            await index.upsert(Uint32Array.of(imageId), code);
            found.checked++;
          }
          duplicates.record(
            compared.map(([imageId]) => [imageId, heads.get(imageId)!]),
            merged,
          );
          job.at("comparing", found.checked, fresh.length);
        }

        /** Heads of the sets that a picture belongs to. */
        async function sameAs(imageId: number, code: Uint8Array): Promise<Set<number>> {
          const sets = new Map<number, number[]>();
          for (const { id, distance } of await index.search(code, NEAREST)) {
            if (distance > RADIUS) break;
            const head = heads.get(id)!;
            const members = sets.get(head);
            if (members) members.push(id);
            else if (sets.size < SETS) sets.set(head, [id]);
          }
          const same = new Set<number>();
          const own = sets.size > 0 ? await pictures.small(imageId) : null;
          if (!own) return same;
          for (const [head, members] of sets) {
            const tries = [...new Set([members[0]!, head, ...members.slice(1)])].slice(0, TRIES);
            for (const other of tries) {
              const its = await pictures.small(other);
              if (!its) continue;
              found.compared++;
              const at = firstLook(its, own);
              const [a, b] = at ? [await pictures.close(other), await pictures.close(imageId)] : [];
              if (!at || !a || !b || secondLook(a, b, at) < SURE) continue;
              found.confirmed++;
              same.add(head);
              break;
            }
          }
          return same;
        }
      } finally {
        await index.close();
      }
    }
    found.groups = groupAnew(catalog);
    return found;
  });
}

/** Brings the groups in step with the items after an import, which compares no pictures. */
export function regroup(catalog: CatalogStore): void {
  catalog.duplicates.forgetGone();
  groupAnew(catalog);
}

/** Makes the items' groups of what is known of pictures and verdicts; returns how many. */
export function groupAnew(catalog: CatalogStore): number {
  const { duplicates } = catalog;
  const groups = groupItems(duplicates.candidates(), duplicates.verdicts());
  duplicates.saveGroups(
    groups.map((group) => ({
      leader: catalog.standsFor(group.map(({ item }) => item)),
      items: group.map(({ item }) => item),
    })),
  );
  return groups.length;
}

/** Pictures made ready for comparison. Null: the file is gone or cannot be read, so it has no duplicates. */
class Pictures {
  readonly #catalog: CatalogStore;
  readonly #small = new Latest<Small | null>(SMALL_KEPT);
  readonly #close = new Latest<Glance | null>(CLOSE_KEPT);

  constructor(catalog: CatalogStore) {
    this.#catalog = catalog;
  }

  async small(imageId: number): Promise<Small | null> {
    let small = this.#small.get(imageId);
    if (small === undefined) {
      const picture = await this.#decode(imageId);
      const glance = picture && glanceOf(shrunk(picture, SMALL));
      small = glance && { glance, relief: reliefOf(glance) };
      this.#small.set(imageId, small);
    }
    return small;
  }

  async close(imageId: number): Promise<Glance | null> {
    let close = this.#close.get(imageId);
    if (close === undefined) {
      const picture = await this.#decode(imageId);
      close = picture && glanceOf(picture);
      this.#close.set(imageId, close);
    }
    return close;
  }

  async #decode(imageId: number): Promise<Picture | null> {
    try {
      return await decode(this.#catalog.picture(imageId).bytes(), CLOSE);
    } catch (error) {
      if (error instanceof LookseeError && /^(?:PICTURE|IMAGE)_/.test(error.code)) return null;
      throw error;
    }
  }
}

/** The last `kept` used. */
class Latest<T> {
  readonly #values = new Map<number, T>();
  readonly #kept: number;

  constructor(kept: number) {
    this.#kept = kept;
  }

  get(key: number): T | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: number, value: T): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#kept) this.#values.delete(this.#values.keys().next().value!);
  }
}
