import type { Clusters } from "./clusters.ts";
import type { Filter } from "./filter.ts";
import type { GroupParts } from "./groups.ts";
import { MASK_BYTES } from "./layout.ts";
import { Pieces } from "./pieces.ts";
import { Segment } from "./segment.ts";
import type { Bits, Slots } from "./slots.ts";

/** A segment sorted by the lists: where the codes that may match lie in each, and how many they are. */
type Listed = { segment: Segment; parts: GroupParts; filtered: boolean };

/** One search through the lists of all segments; what is in no list is compared with the first lists asked for. */
export class ListSearch {
  /** Codes that may match in each list. */
  readonly sizes: Uint32Array;
  readonly #listed: readonly Listed[];
  readonly #filter: Filter;
  #others: readonly Slots[];

  /** Not while a search is in progress, other than the one it is for. */
  constructor(parts: readonly Slots[], clusters: Clusters, filter: Filter) {
    const inLists = (part: Slots): part is Segment => part instanceof Segment && clusters.hold(part);
    this.#filter = filter;
    this.#others = parts.filter((part) => !inLists(part));
    const listed = parts.filter(inLists).map((segment) => partsOf(segment, filter));
    this.#listed = listed;
    this.sizes = added(
      clusters,
      listed.map(({ sizes }) => sizes),
    );
  }

  /** What to compare for these lists, each asked for once. */
  pieces(lists: Uint32Array): Pieces {
    const pieces = new Pieces();
    for (const part of this.#others) part.addTo(pieces, this.#filter);
    this.#others = [];
    const ascending = lists.slice().sort();
    for (const { segment, parts, filtered } of this.#listed) {
      const { first, count } = parts;
      for (let i = 0; i < ascending.length; ) {
        const list = ascending[i]!;
        const from = first[list]!;
        let to = from + count[list]!;
        for (i++; i < ascending.length; i++) {
          const next = ascending[i]!;
          if (count[next]! === 0) continue;
          if (first[next] !== to) break; // neighbours are one run
          to += count[next]!;
        }
        if (from < to) pieces.add(segment, from, to, filtered);
      }
    }
    return pieces;
  }
}

/** The last sums of each clusters, and of what; a search mostly finds there what the one before it had. */
const sums = new WeakMap<Clusters, { of: readonly Uint32Array[]; sum: Uint32Array }[]>();
const REMEMBERED = 32;

function added(clusters: Clusters, sizes: readonly Uint32Array[]): Uint32Array {
  if (sizes.length === 1) return sizes[0]!;
  const known = sums.get(clusters) ?? [];
  const same = known.find(({ of }) => of.length === sizes.length && of.every((one, i) => one === sizes[i]));
  if (same) return same.sum;
  const sum = new Uint32Array(clusters.lists);
  for (const one of sizes) for (let list = 0; list < one.length; list++) sum[list]! += one[list]!;
  sums.set(clusters, [{ of: sizes, sum }, ...known].slice(0, REMEMBERED));
  return sum;
}

/** By segment, of all its codes. */
const whole = new WeakMap<Segment, GroupParts>();

function partsOf(segment: Segment, { allow, group }: Filter): Listed & { sizes: Uint32Array } {
  const parts = group === undefined || (group === 0 && !segment.groups) ? all(segment) : ofGroup(segment, group);
  const bits = allow && segment.place(allow);
  return { segment, parts, filtered: bits !== undefined, sizes: bits ? allowedSizes(parts, bits) : parts.count };
}

function all(segment: Segment): GroupParts {
  let parts = whole.get(segment);
  if (!parts) {
    const { starts } = segment.lists;
    const first = starts.subarray(0, -1);
    parts = { first, count: first.map((from, list) => starts[list + 1]! - from) };
    whole.set(segment, parts);
  }
  return parts;
}

function ofGroup(segment: Segment, group: number): GroupParts {
  if (segment.groups) return segment.groups.parts(group);
  const none = new Uint32Array(segment.lists.starts.length - 1);
  return { first: none, count: none };
}

const known = new WeakMap<Bits, WeakMap<GroupParts, Uint32Array>>();

/** Bits set in each list's part, counted once for a filter, a group and a segment. */
function allowedSizes(parts: GroupParts, bits: Bits): Uint32Array {
  const byParts = known.get(bits) ?? new WeakMap<GroupParts, Uint32Array>();
  known.set(bits, byParts);
  let sizes = byParts.get(parts);
  if (!sizes) {
    const { first, count } = parts;
    sizes = new Uint32Array(count.length);
    for (let list = 0; list < count.length; list++)
      sizes[list] = setBits(bits, first[list]!, first[list]! + count[list]!);
    byParts.set(parts, sizes);
  }
  return sizes;
}

function setBits(bits: Bits, from: number, to: number): number {
  let set = 0;
  for (let slot = from; slot < to; ) {
    const mask = bits[slot >>> 16];
    if (!mask) {
      slot = ((slot >>> 16) + 1) * 65_536;
      continue;
    }
    const byte = mask[(slot >>> 3) & (MASK_BYTES - 1)]!;
    if (byte === 0) slot = ((slot >>> 3) + 1) << 3;
    else set += (byte >>> (slot++ & 7)) & 1;
  }
  return set;
}
