/** Pure measures of a list of answers. Definitions: KDD'18, section on metrics; methods of intervals are ours. */

/** Share of queries whose product stands among the first k items. `ranks`: 1-based, null if it was not found. */
export function recallAt(ranks: readonly (number | null)[], k: number): number {
  return ranks.filter((rank) => rank !== null && rank <= k).length / ranks.length;
}

const DRAWS = 10_000;
/** Products times draws: keeps the longest bootstrap near a second. */
const MOST_WORK = 1e8;

/**
 * 95 % interval of a mean over queries: percentile bootstrap that draws whole products with replacement, because
 * photos of one product succeed or fail together. `clusters` gives each query's product. Seeded, so it repeats.
 */
export function clusterInterval(
  values: readonly number[],
  clusters: readonly string[],
  seed: number,
): [lo: number, hi: number] {
  const at = new Map<string, number>();
  const sums: number[] = [];
  const counts: number[] = [];
  for (const [i, cluster] of clusters.entries()) {
    const c = at.get(cluster) ?? at.set(cluster, at.size).get(cluster)!;
    sums[c] = (sums[c] ?? 0) + values[i]!;
    counts[c] = (counts[c] ?? 0) + 1;
  }
  const random = mulberry32(seed);
  const draws = Math.max(1000, Math.min(DRAWS, Math.floor(MOST_WORK / Math.max(1, at.size))));
  const means = Float64Array.from({ length: draws }, () => {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < sums.length; i++) {
      const c = Math.floor(random() * sums.length);
      sum += sums[c]!;
      count += counts[c]!;
    }
    return sum / count;
  }).sort();
  return [quantile(means, 0.025), quantile(means, 0.975)];
}

/** Linear interpolation between order statistics of a sorted list; NaN for an empty one. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const at = q * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  return low + (at - Math.floor(at)) * ((sorted[Math.ceil(at)] ?? low) - low);
}

const BINS = 10;

/**
 * Expected calibration error, 0..1: the mean gap between what scores promise and how often they are right, over ten
 * bins of equal width, weighted by how many scores fall in each.
 */
export function calibrationError(scores: readonly number[], right: readonly boolean[]): number {
  const gaps = new Float64Array(BINS);
  for (const [i, score] of scores.entries()) {
    const bin = Math.min(BINS - 1, Math.floor(score * BINS));
    gaps[bin] = gaps[bin]! + score - (right[i] ? 1 : 0);
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / scores.length;
}

/** Seeded numbers in [0, 1). Source: Tommy Ettinger's mulberry32. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
