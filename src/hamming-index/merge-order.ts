import { assign, type Centroids, sortByList } from "./coarse/index.ts";
import { Workbench } from "./coarse/kernel.ts";
import { runAt, spreadRuns } from "./groups.ts";
import { CODE_BYTES, FRAME_CODES } from "./layout.ts";
import { CODE_WORDS, type Copier, type Source, type Views } from "./merge-sources.ts";

/** Ids, and the places of their codes among all sources. */
type Pairs = { ids: Uint32Array; refs: Uint32Array };

/** What a segment will hold, slot by slot; see SegmentParts. */
export type Arranged = Pairs & { groups: Uint16Array | undefined; starts: Uint32Array; order: Uint32Array | undefined };

/** Codes whose lists are found together: 1 MB. */
const ASSIGNED = 16_384;

/** Ids and places of all that lives, by ascending id. */
export function living(sources: readonly Source[], bases: Uint32Array, { wordsOf }: Views): Pairs {
  const ids = new Uint32Array(bases.at(-1)!);
  const refs = new Uint32Array(ids.length);
  let n = 0;
  for (const [i, { frames, count, dead }] of sources.entries())
    for (const [f, frame] of frames.entries()) {
      const words = wordsOf(frame.memory);
      const bits = dead[f];
      const end = Math.min(FRAME_CODES, count - f * FRAME_CODES);
      for (let slot = 0; slot < end; slot++) {
        if (bits && ((bits[slot >>> 3]! >>> (slot & 7)) & 1) === 1) continue;
        ids[n] = words[(frame.side >>> 2) + slot]!;
        refs[n++] = bases[i]! + f * FRAME_CODES + slot;
      }
    }
  const pairs = { ids: ids.subarray(0, n), refs: refs.subarray(0, n) };
  sortById(pairs);
  return pairs;
}

/** Codes that come by ascending id, by list, then group, then id. */
export function arranged(
  { ids, refs }: Pairs,
  bases: Uint32Array,
  sources: readonly Source[],
  copier: Copier,
  centroids: Centroids | undefined,
): Arranged {
  const groups = groupsOf(refs, bases, sources);
  let starts = Uint32Array.of(0, ids.length);
  let places = groups && sortByList(Uint32Array.from(groups), 65_536).order; // slot by slot, where it comes by id
  if (centroids) {
    const lists = listsOf(refs, bases, sources, centroids, copier);
    const byList = sortByList(places ? taken(lists, places) : lists, centroids.lists.length / CODE_BYTES);
    starts = byList.starts.slice();
    places = places ? taken(places, byList.order) : byList.order;
  }
  if (!places) return { ids, refs, groups, starts, order: undefined };
  return {
    ids: taken(ids, places),
    refs: taken(refs, places),
    groups: groups && taken(groups, places),
    starts,
    order: inverse(places),
  };
}

/** The group of each code; undefined where all are 0. */
function groupsOf(refs: Uint32Array, bases: Uint32Array, sources: readonly Source[]): Uint16Array | undefined {
  if (!sources.some(({ groups }) => groups)) return undefined;
  const bySlot = new Uint16Array(bases.at(-1)!);
  for (const [i, { groups, count }] of sources.entries()) {
    const own = bySlot.subarray(bases[i]!, bases[i]! + count);
    if (groups instanceof Uint16Array) own.set(groups.subarray(0, count));
    else if (groups) spreadRuns(groups, own);
  }
  return Uint16Array.from(refs, (ref) => bySlot[ref]!);
}

/** What stands at each of the places, in their order. */
function taken<T extends Uint16Array | Uint32Array>(from: T, places: Uint32Array): T {
  const to = new (from.constructor as new (n: number) => T)(places.length);
  for (let i = 0; i < places.length; i++) to[i] = from[places[i]!]!;
  return to;
}

/** Undefined where all is in its place. */
function inverse(places: Uint32Array): Uint32Array | undefined {
  const slots = new Uint32Array(places.length);
  let moved = false;
  for (let slot = 0; slot < places.length; slot++) {
    slots[places[slot]!] = slot;
    moved ||= places[slot] !== slot;
  }
  return moved ? slots : undefined;
}

/** The list of each code: known where its source is sorted by these centroids, else found by comparing. */
function listsOf(
  refs: Uint32Array,
  bases: Uint32Array,
  sources: readonly Source[],
  centroids: Centroids,
  copier: Copier,
): Uint32Array {
  const lists = new Uint32Array(refs.length);
  const codes = new Uint32Array(ASSIGNED * CODE_WORDS);
  const asked = new Uint32Array(ASSIGNED);
  const bench = new Workbench();
  let n = 0;
  const flush = (): void => {
    const found = assign(new Uint8Array(codes.buffer, 0, n * CODE_BYTES), centroids, bench);
    for (let i = 0; i < n; i++) lists[asked[i]!] = found[i]!;
    n = 0;
  };
  for (let i = 0; i < refs.length; i++) {
    const source = copier.sourceOf(refs[i]!);
    const { starts } = sources[source]!;
    if (starts) {
      lists[i] = runAt(starts, refs[i]! - bases[source]!);
      continue;
    }
    copier.copy(refs[i]!, codes, n * CODE_WORDS);
    asked[n++] = i;
    if (n === ASSIGNED) flush();
  }
  flush();
  return lists;
}

/** Radix sort, least significant digit first, of ids with their places; nothing where they ascend already. */
function sortById({ ids, refs }: Pairs): void {
  const n = ids.length;
  let ascending = true;
  for (let i = 1; i < n && ascending; i++) ascending = ids[i - 1]! < ids[i]!;
  if (ascending) return;
  let [from, to]: [Pairs, Pairs] = [
    { ids, refs },
    { ids: new Uint32Array(n), refs: new Uint32Array(n) },
  ];
  for (let shift = 0; shift < 32; shift += 8) {
    const next = new Uint32Array(256);
    for (let i = 0; i < n; i++) next[(from.ids[i]! >>> shift) & 255]!++;
    for (let digit = 0, sum = 0; digit < 256; digit++) [next[digit], sum] = [sum, sum + next[digit]!];
    for (let i = 0; i < n; i++) {
      const at = next[(from.ids[i]! >>> shift) & 255]!++;
      to.ids[at] = from.ids[i]!;
      to.refs[at] = from.refs[i]!;
    }
    [from, to] = [to, from];
  }
}
