import type { CatalogStore } from "../../catalog/index.ts";
import { HammingIndex } from "../../hamming-index/index.ts";
import { inOrder } from "../gate.ts";
import type { JobRun } from "../job-run.ts";
import type { FoundDuplicates } from "../report.ts";
import { groupItems } from "./group-items.ts";
import { Ready } from "./ready.ts";
import { firstLook, SURE, secondLook } from "./same-picture.ts";

/** Codes of one picture changed lie nearer than this, nearly always (bits of 512). */
const RADIUS = 130;
/** Nearest pictures that are looked at. */
const NEAREST = 48;
/** Of each set of same pictures the nearest, the head, and one more are laid over; the rest would say the same. */
const TRIES = 3;
/** Sets that are tried: of 795 changed pictures of mall 901, all but one had their own among the nearest four. */
const SETS = 4;
/** Pictures whose outcome is written down at a time; a kill costs no more. */
const BATCH = 256;
/** Pictures decoded ahead of the one that is compared. */
const AHEAD = 8;

/**
 * Compares the pictures that are new since the last time with all that came before them: code distance finds
 * candidates, laying one over the other confirms. Then groups the items anew. Only items' first pictures are looked
 * at, since they alone make a group. They are taken by ascending id and compared with what was compared before, so the
 * outcome does not depend on how they came in batches; killed, it goes on where it stopped. More than `most` new ones are
 * left for another time, all of them.
 */
export async function findDuplicates(
  catalog: CatalogStore,
  modelId: string,
  job: Pick<JobRun, "signal" | "at">,
  most = Number.POSITIVE_INFINITY,
): Promise<FoundDuplicates> {
  catalog.duplicates.forgetGone();
  const unchecked = new Set(catalog.duplicates.unchecked());
  const waiting = unchecked.size > most ? unchecked.size : 0;
  const compared = waiting > 0 ? 0 : await compareNew(catalog, modelId, unchecked, job);
  return { compared, waiting, groups: groupAnew(catalog) };
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

/** Returns how many pictures were new. */
async function compareNew(
  catalog: CatalogStore,
  modelId: string,
  unchecked: ReadonlySet<number>,
  job: Pick<JobRun, "signal" | "at">,
): Promise<number> {
  if (unchecked.size === 0) return 0;
  const heads = catalog.duplicates.heads();
  const [known, fresh] = [new Map<number, Uint8Array>(), new Map<number, Uint8Array>()];
  for (const { imageId, code } of catalog.changes(modelId, 0))
    if (code && heads.has(imageId)) known.set(imageId, code);
    else if (code && unchecked.has(imageId)) fresh.set(imageId, code);
  const index = await HammingIndex.open();
  const comparison = new Comparison(catalog, index, heads);
  async function* ids() {
    yield* fresh.keys();
  }
  let compared = 0;
  try {
    await index.upsert(Uint32Array.from(known.keys()), Buffer.concat([...known.values()]));
    const candidates = (imageId: number) => comparison.candidates(imageId, fresh.get(imageId)!);
    for await (const { imageId, near } of inOrder(ids(), AHEAD, candidates)) {
      job.signal.throwIfAborted();
      await comparison.settle(imageId, near);
      job.at("comparing", ++compared, fresh.size);
    }
  } finally {
    comparison.end(); // also when stopped: what is done is done
    await index.close();
  }
  return compared;
}

/** Pictures one after the other, each put into the set of those that are the same, or into one of its own. */
class Comparison {
  readonly #catalog: CatalogStore;
  readonly #index: HammingIndex;
  readonly #ready: Ready;
  /** Of each picture compared, the first of its set. */
  readonly #heads: Map<number, number>;
  #turn: Promise<unknown> = Promise.resolve();
  /** Not written down yet. */
  #settled: number[] = [];
  #merged = new Map<number, number>();

  constructor(catalog: CatalogStore, index: HammingIndex, heads: Map<number, number>) {
    this.#catalog = catalog;
    this.#index = index;
    this.#heads = heads;
    this.#ready = new Ready(catalog);
  }

  /** The nearest of the pictures before this one; the pixels that it takes to compare them are got meanwhile. */
  async candidates(imageId: number, code: Uint8Array): Promise<{ imageId: number; near: number[] }> {
    const searched = this.#turn.then(async () => {
      const hits = await this.#index.search(code, NEAREST);
      await this.#index.upsert(Uint32Array.of(imageId), code);
      return hits.filter(({ distance }) => distance <= RADIUS).map(({ id }) => id);
    });
    this.#turn = searched.catch(() => {}); // one after the other: each must meet those before it
    const near = await searched;
    if (near.length > 0) await Promise.all([imageId, ...near.slice(0, SETS)].map((id) => this.#ready.ahead(id)));
    return { imageId, near };
  }

  async settle(imageId: number, near: readonly number[]): Promise<void> {
    const same = await this.#sameAs(imageId, near);
    const head = Math.min(imageId, ...same);
    // Two sets that this picture joins become one, under the earlier head.
    for (const other of same)
      if (other !== head) {
        this.#merged.set(other, head);
        for (const [member, its] of this.#heads) if (its === other) this.#heads.set(member, head);
      }
    this.#heads.set(imageId, head);
    this.#settled.push(imageId);
    if (this.#settled.length >= BATCH) this.#save();
  }

  end(): void {
    this.#ready.end();
    this.#save();
  }

  #save(): void {
    this.#catalog.duplicates.record(
      this.#settled.map((imageId) => [imageId, this.#heads.get(imageId)!]),
      this.#merged,
    );
    this.#settled = [];
    this.#merged = new Map();
  }

  /** Heads of the sets that a picture belongs to. */
  async #sameAs(imageId: number, near: readonly number[]): Promise<Set<number>> {
    const sets = new Map<number, number[]>();
    for (const id of near) {
      const head = this.#heads.get(id)!;
      const members = sets.get(head);
      if (members) members.push(id);
      else if (sets.size < SETS) sets.set(head, [id]);
    }
    const same = new Set<number>();
    for (const [head, members] of sets) {
      const tries = [...new Set([members[0]!, head, ...members.slice(1)])].slice(0, TRIES);
      for (const other of tries) {
        if (!(await this.#areSame(other, imageId))) continue;
        same.add(head);
        break;
      }
    }
    return same;
  }

  /** Two small pictures tell nearly all that are not the same apart; only the rest are looked at closely. */
  async #areSame(other: number, imageId: number): Promise<boolean> {
    const [its, own] = [await this.#ready.small(other), await this.#ready.small(imageId)];
    const at = its && own && firstLook(its, own);
    if (!at) return false;
    const [a, b] = [await this.#ready.close(other), await this.#ready.close(imageId)];
    return a !== null && b !== null && secondLook(a, b, at) >= SURE;
  }
}
