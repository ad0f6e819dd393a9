import type { Clusters } from "./clusters.ts";
import {
  ANSWER_K,
  type Measured,
  type Measures,
  measure,
  nearestOf,
  type Ranking,
  type Sample,
  type SampledCodes,
} from "./coarse/index.ts";
import { NO_LIMIT } from "./crew.ts";
import type { Hit } from "./every-distance.ts";
import { ANY, type Filter } from "./filter.ts";
import { runAt } from "./groups.ts";
import type { Held, Holdings } from "./holdings.ts";
import { sampledCodes } from "./list-sample.ts";
import { ListSearch } from "./list-search.ts";
import type { Searches } from "./searches.ts";
import { Segment } from "./segment.ts";

/** Own codes asked as queries, half to learn from, half to measure: so many, or fewer where there are few codes. */
const SAMPLES = { most: 200, least: 40, share: 1 / 500 };

/**
 * A stranger's photo lies farther from its neighbours than an own code does. So half the samples are made strangers: the
 * lists nearest to them are left out until they have such a share of all codes, as if the catalog had no such thing.
 */
const LEFT_OUT = [0, 1 / 50, 0, 1 / 200, 0, 1 / 1000, 0, 1 / 10];

/** Codes that strangers are compared with in turns: 512 MB. */
const SLICE_CODES = 2 ** 23;

/** A held code asked as a query, and the share of all codes in the lists around it that are left out. */
type Asking = Held & { filter: Filter; leftOut: number };
/** `sizes`: codes that it could find in each list. */
type Sized = Asking & { sizes: Uint32Array };
type Asked = Sample & { filter: Filter };

/** Measures on the index's own codes how far queries must look, among all and within groups. */
export async function measureClusters(holdings: Holdings, searches: Searches, clusters: Clusters): Promise<Measured> {
  const wanted = Math.min(SAMPLES.most, Math.max(SAMPLES.least, holdings.size * SAMPLES.share));
  const held = holdings.spread(wanted);
  const sampled = sampledCodes(holdings.segments.filter((segment) => clusters.hold(segment)));
  const measured = (asking: readonly Asking[]): Promise<Measures> =>
    measuredOf(asking, sampled, holdings, searches, clusters);
  const among = held.map((one, i) => ({ ...one, filter: ANY, leftOut: LEFT_OUT[(i >>> 1) % LEFT_OUT.length]! }));
  const all = await measured(among);
  const codes = holdings.size;
  if (held.every(({ group }) => group === 0)) return { codes, all };
  // In its own group, as when a shopper's photo shows what it is, and in one where it is a stranger.
  const within = held.flatMap((one, i) => {
    const other = held[(i + (held.length >> 1)) % held.length]!.group;
    const groups = [...new Set([one.group, other])];
    return groups.map((group) => ({ ...one, filter: { allow: undefined, group }, leftOut: 0 }));
  });
  return { codes, all, groups: await measured(within) };
}

async function measuredOf(
  asking: readonly Asking[],
  sampled: SampledCodes,
  holdings: Holdings,
  searches: Searches,
  clusters: Clusters,
): Promise<Measures> {
  const whole = new Map<number | undefined, Uint32Array>(); // the same array for the same group
  const sized = asking.map((one): Sized => {
    const { group } = one.filter;
    if (!whole.has(group)) whole.set(group, new ListSearch(holdings.parts, clusters, one.filter).sizes);
    const all = whole.get(group)!;
    return { ...one, sizes: one.leftOut > 0 ? without(clusters.ranker.rank(one.code), all, one.leftOut) : all };
  });
  const truths = await truthsOf(sized, searches, clusters);
  const samples = sized.map(({ id, code, filter, sizes }, i): Asked => {
    const placed = truths[i]!.flatMap((hit) => {
      const held = holdings.locate(hit.id);
      const starts = held?.part instanceof Segment && clusters.hold(held.part) && held.part.lists.starts;
      // What is in no list is compared in any case.
      return starts ? [{ distance: hit.distance, list: runAt(starts, held.slot) }] : [];
    });
    return {
      query: code,
      self: id,
      ids: Uint32Array.from(truths[i]!, (hit) => hit.id),
      distances: Uint16Array.from(placed, ({ distance }) => distance),
      lists: Uint32Array.from(placed, ({ list }) => list),
      sizes,
      group: filter.group,
      filter,
    };
  });
  return measure(samples, clusters.ranker, sampled, ({ query, filter }, k) =>
    searches.comparing(clusters, query, k, filter),
  );
}

/** The exact ANSWER_K nearest of each, without itself and without the lists left out for it. */
async function truthsOf(sized: readonly Sized[], searches: Searches, clusters: Clusters): Promise<Hit[][]> {
  // Asked for together, they share passes over the codes.
  const truths = await Promise.all(
    sized.map(async ({ id, code, filter, leftOut }) => {
      if (leftOut > 0) return [];
      const { hits } = await searches.nearest(code, ANSWER_K + 1, filter);
      return hits.filter((hit) => hit.id !== id);
    }),
  );
  const strangers = sized.flatMap(({ leftOut, code, filter, sizes }, i) =>
    leftOut > 0 ? [{ i, sizes, compare: searches.comparing(clusters, code, ANSWER_K, filter) }] : [],
  );
  // These read different lists. What one has read from a file the next ones find in the machine's cache, if they come soon.
  for (const lists of slices(strangers[0]?.sizes ?? new Uint32Array()))
    for (const { i, sizes, compare } of strangers) {
      const farthest = truths[i]![ANSWER_K - 1]?.distance;
      const { hits } = await compare(
        lists.filter((list) => sizes[list]! > 0),
        farthest ?? NO_LIMIT,
      );
      truths[i] = nearestOf(truths[i]!, hits, ANSWER_K);
    }
  return truths;
}

/** All lists, in runs of some SLICE_CODES codes. */
function* slices(sizes: Uint32Array): Generator<Uint32Array> {
  for (let from = 0, to = 0; from < sizes.length; from = to) {
    for (let codes = 0; to < sizes.length && codes < SLICE_CODES; to++) codes += sizes[to]!;
    yield Uint32Array.from({ length: to - from }, (_, i) => from + i);
  }
}

/** The sizes of lists, but for the nearest, which are left out until they have a `share` of all codes. */
function without({ order }: Ranking, sizes: Uint32Array, share: number): Uint32Array {
  const left = sizes.slice();
  let due = share * sizes.reduce((sum, size) => sum + size, 0);
  for (let i = 0; due > 0 && i < order.length; i++) {
    due -= left[order[i]!]!;
    left[order[i]!] = 0;
  }
  return left;
}
