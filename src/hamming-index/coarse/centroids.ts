import { CODE_BITS, CODE_BYTES } from "../layout.ts";
import { Workbench } from "./kernel.ts";

/**
 * Where codes are sorted to: each list has a centroid, each run of lists a head, the centroid of those centroids, so that
 * a code finds its list by comparing with the heads and with the lists of a few of them instead of with all.
 */
export type Centroids = {
  /** heads x 64 bytes. */
  readonly heads: Uint8Array;
  /** First list of each head, ascending, and the number of lists at the end. */
  readonly starts: Uint32Array;
  /** lists x 64 bytes. */
  readonly lists: Uint8Array;
};

/** Heads a code looks behind. */
const TRIES = 6;
const ROUNDS = 6;
const REFINING = 2;
/** Codes that heads are trained on, each. */
const PER_HEAD = 256;
/** Codes assigned at once: 1 MB. */
const RUN = 16384;

/** Codes to train on for `lists` lists: as many as this or all, evenly spread over the catalog. */
export const trainingCodes = (lists: number): number => lists * 32;

/**
 * Binary k-means (k-majority) in two levels: heads over a part of `sample` (n x 64 bytes, n ≥ 1), then the lists of each
 * head over its own codes, as many as are its share; then rounds over all. `lists` (1 … 2^20) is what comes out, some of
 * them empty if there are fewer different codes. The same seed gives the same centroids.
 */
export function trainCentroids(sample: Uint8Array, lists: number, seed = 1): Centroids {
  const n = sample.length / CODE_BYTES;
  const random = mulberry32(seed);
  const bench = new Workbench();
  const headCount = Math.max(1, Math.min(Math.round(Math.sqrt(lists)), n));
  const heads = kMajority(spread(sample, Math.min(n, headCount * PER_HEAD)), headCount, random, bench);
  const byHead = sortByList(assign(sample, { heads, starts: oneEach(headCount), lists: heads }, bench), headCount);
  const starts = shares(byHead.starts, lists);
  const centroids = new Uint8Array(lists * CODE_BYTES);
  for (let head = 0; head < headCount; head++) {
    const own = gather(sample, byHead.order.subarray(byHead.starts[head]!, byHead.starts[head + 1]!));
    const wanted = starts[head + 1]! - starts[head]!;
    const seeds = own.length > 0 ? own : heads.subarray(head * CODE_BYTES, (head + 1) * CODE_BYTES);
    centroids.set(kMajority(seeds, wanted, random, bench), starts[head]! * CODE_BYTES);
  }
  const made = { heads, starts, lists: centroids };
  for (let round = 0; round < REFINING; round++)
    centroids.set(majority(sample, assign(sample, made, bench), centroids, bench));
  return made;
}

/** The list of each of the codes (n x 64 bytes). */
export function assign(codes: Uint8Array, { heads, starts, lists }: Centroids, bench = new Workbench()): Uint32Array {
  const n = codes.length / CODE_BYTES;
  bench.reset();
  const [headsAt, startsAt, listsAt] = [bench.put(heads), bench.put(starts), bench.put(lists)];
  const [best, codesAt, out] = [bench.take(64), bench.take(RUN * CODE_BYTES), bench.take(RUN * 4)];
  const found = new Uint32Array(n);
  const headCount = starts.length - 1;
  for (let from = 0; from < n; from += RUN) {
    const some = Math.min(RUN, n - from);
    bench.bytes(codesAt, some * CODE_BYTES).set(codes.subarray(from * CODE_BYTES, (from + some) * CODE_BYTES));
    bench.kernel.assign(codesAt, some, headsAt, headCount, startsAt, listsAt, Math.min(TRIES, headCount), best, out);
    found.set(bench.words(out, some), from);
  }
  return found;
}

/** Places by ascending list, then as they came; list i has those from `starts[i]` to `starts[i + 1]` - 1 of `order`. */
export function sortByList(listOf: Uint32Array, lists: number): { order: Uint32Array; starts: Uint32Array } {
  const starts = new Uint32Array(lists + 2);
  for (const list of listOf) starts[list + 2]!++;
  for (let list = 1; list < starts.length; list++) starts[list]! += starts[list - 1]!;
  const order = new Uint32Array(listOf.length);
  for (let i = 0; i < listOf.length; i++) order[starts[listOf[i]! + 1]!++] = i;
  return { order, starts: starts.subarray(0, lists + 1) };
}

function kMajority(codes: Uint8Array, wanted: number, random: () => number, bench: Workbench): Uint8Array {
  const n = codes.length / CODE_BYTES;
  const centroids = new Uint8Array(wanted * CODE_BYTES);
  for (let i = 0; i < wanted; i++) {
    // One from each stretch of the codes: distinct places, and any order of the catalog is spread over.
    const at = Math.min(n - 1, Math.floor(((i + random()) * n) / wanted));
    centroids.set(codes.subarray(at * CODE_BYTES, (at + 1) * CODE_BYTES), i * CODE_BYTES);
  }
  if (wanted === 1) return majority(codes, new Uint32Array(n), centroids, bench);
  const flat = { heads: centroids.subarray(0, CODE_BYTES), starts: Uint32Array.of(0, wanted), lists: centroids };
  for (let round = 0; round < ROUNDS; round++)
    centroids.set(majority(codes, assign(codes, flat, bench), centroids, bench));
  return centroids;
}

/** Each list's majority code; an even vote, and a list without codes, keeps the bit that `before` has. */
function majority(codes: Uint8Array, listOf: Uint32Array, before: Uint8Array, bench: Workbench): Uint8Array {
  const lists = before.length / CODE_BYTES;
  bench.reset();
  const [counts, codesAt, listsAt] = [
    bench.take(lists * CODE_BITS * 4),
    bench.take(RUN * CODE_BYTES),
    bench.take(RUN * 4),
  ];
  bench.words(counts, lists * CODE_BITS).fill(0);
  const sizes = new Uint32Array(lists);
  for (const list of listOf) sizes[list]!++;
  for (let from = 0; from < listOf.length; from += RUN) {
    const some = Math.min(RUN, listOf.length - from);
    bench.bytes(codesAt, some * CODE_BYTES).set(codes.subarray(from * CODE_BYTES, (from + some) * CODE_BYTES));
    bench.words(listsAt, some).set(listOf.subarray(from, from + some));
    bench.kernel.vote(codesAt, some, listsAt, counts);
  }
  const votes = bench.words(counts, lists * CODE_BITS);
  const after = before.slice();
  for (let list = 0; list < lists; list++)
    for (let bit = 0; bit < CODE_BITS; bit++) {
      const twice = votes[list * CODE_BITS + bit]! * 2;
      if (twice === sizes[list]) continue;
      const at = list * CODE_BYTES + (bit >>> 3);
      if (twice > sizes[list]!) after[at]! |= 1 << (bit & 7);
      else after[at]! &= ~(1 << (bit & 7));
    }
  return after;
}

/** `lists` handed out to heads in proportion to their codes, each at least one. */
function shares(codes: Uint32Array, lists: number): Uint32Array {
  const heads = codes.length - 1;
  const total = codes[heads]!;
  // Head i gets what lies between these bounds, one list a head set aside.
  return Uint32Array.from(codes, (before, head) => head + Math.round(((lists - heads) * before) / Math.max(1, total)));
}

function spread(codes: Uint8Array, wanted: number): Uint8Array {
  const n = codes.length / CODE_BYTES;
  return gather(
    codes,
    Uint32Array.from({ length: wanted }, (_, i) => Math.floor((i * n) / wanted)),
  );
}

function gather(codes: Uint8Array, places: Uint32Array): Uint8Array {
  const some = new Uint8Array(places.length * CODE_BYTES);
  for (const [i, place] of places.entries())
    some.set(codes.subarray(place * CODE_BYTES, (place + 1) * CODE_BYTES), i * CODE_BYTES);
  return some;
}

const oneEach = (n: number): Uint32Array => Uint32Array.from({ length: n + 1 }, (_, i) => i);

/** Numbers from 0 to 1, the same for the same seed. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
