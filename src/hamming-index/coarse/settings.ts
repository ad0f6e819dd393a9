import type { Hit } from "../every-distance.ts";
import type { Ranker } from "./ranker.ts";
import { type Answered, Reach } from "./reach.ts";
import type { SampledCodes } from "./sampled.ts";
import type { Compare } from "./search.ts";
import { type CoarseAnswer, searchLists, type Walkable } from "./search.ts";

/** The largest k that is measured, and so the largest that is searched coarsely. */
export const COARSE_K_MAX = 1200;
const KS = [1, 10, 60, COARSE_K_MAX] as const;
const TARGETS = [0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999, 0.99999];
/** Nearest codes that a sample query's exact answer has: beyond the largest k, so that t is known well past it. */
export const ANSWER_K = 2000;

/** Sample queries without which nothing can be said. */
const LEAST = 10;

/** What a target gave on sample queries. */
export type Setting = {
  readonly k: number;
  readonly target: number;
  /** Mean share of the true k found, by id, and its standard error. */
  readonly recall: number;
  readonly error: number;
  /** Mean over the third of the queries whose k-th is farthest: a stranger's photo lies farther off than an own code. */
  readonly recallFar: number;
  /** Recall of the query that only 5 % do worse than. */
  readonly recallP5: number;
  /** Median share of all codes that were compared. */
  readonly compared: number;
  readonly msP50: number;
};

/** An own code asked as a query: the exact ANSWER_K nearest without itself, and the list of each. */
export type Sample = Answered & { readonly ids: Uint32Array; readonly self: number };

/** How codes lie among lists, and what each target gave. */
export type Measures = { reach: Reach; settings: Setting[] };

/** Of searches among all codes, and, where there are groups, of searches within one; `codes`: held at that time. */
export type Measured = { codes: number; all: Measures; groups?: Measures };

/**
 * Learns from half of `samples` how codes lie among lists, and measures on the other half what each target gives. Every
 * sample's own code is in the lists and is not counted as found. `sampled`: see Reach.of.
 */
export async function measure<S extends Sample>(
  samples: readonly S[],
  ranker: Ranker,
  sampled: SampledCodes | undefined,
  compare: (sample: S, k: number) => Compare,
): Promise<Measures> {
  const reach = Reach.of(
    samples.filter((_, i) => i % 2 === 0),
    (query) => ranker.rank(query),
    sampled,
  );
  const asked = samples.filter((_, i) => i % 2 === 1);
  const walkable: Walkable = { ranker, reach };
  const codes = new Map([...new Set(asked.map(({ sizes }) => sizes))].map((sizes) => [sizes, total(sizes)]));
  const settings: Setting[] = [];
  for (const k of KS) {
    const some = asked.filter(({ sizes }) => codes.get(sizes)! > k);
    if (some.length < LEAST) continue;
    for (const target of TARGETS) {
      const answers: Answer[] = [];
      for (const sample of some) {
        const started = performance.now();
        // One more is asked for, since the code itself is found too.
        const { query, sizes } = sample;
        const answer = await searchLists(query, k + 1, target, walkable, sizes, compare(sample, k + 1));
        const ms = performance.now() - started;
        const distance = sample.distances[Math.min(k, sample.distances.length) - 1]!;
        answers.push({
          recall: recallOf(answer, sample, k),
          compared: answer.compared / codes.get(sizes)!,
          ms,
          distance,
        });
      }
      settings.push(summary(k, target, answers));
      if (settings.at(-1)!.recall >= 1) break;
    }
  }
  return { reach, settings };
}

const total = (sizes: Uint32Array): number => sizes.reduce((sum, size) => sum + size, 0);

function recallOf({ hits }: CoarseAnswer, { ids, self }: Sample, k: number): number {
  const truth = new Set(ids.subarray(0, k));
  let found = 0;
  for (const { id } of withoutSelf(hits, self, k)) if (truth.has(id)) found++;
  return found / truth.size;
}

const withoutSelf = (hits: readonly Hit[], self: number, k: number): Hit[] =>
  hits.filter(({ id }) => id !== self).slice(0, k);

/** `distance`: of the true k-th. */
type Answer = { recall: number; compared: number; ms: number; distance: number };

function summary(k: number, target: number, answers: readonly Answer[]): Setting {
  const n = answers.length;
  const recalls = answers.map(({ recall }) => recall).sort((a, b) => a - b);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const recall = mean(recalls);
  const far = answers.toSorted((a, b) => b.distance - a.distance).slice(0, Math.ceil(n / 3));
  const spread = recalls.reduce((sum, value) => sum + (value - recall) ** 2, 0) / Math.max(1, n - 1);
  const median = (values: number[]): number => values.sort((a, b) => a - b)[n >> 1]!;
  return {
    k,
    target,
    recall,
    error: Math.sqrt(spread / n),
    recallFar: mean(far.map((answer) => answer.recall)),
    recallP5: recalls[Math.floor(n * 0.05)]!,
    compared: median(answers.map(({ compared }) => compared)),
    msP50: median(answers.map(({ ms }) => ms)),
  };
}

const sure = ({ recall, error, recallFar }: Setting): number => Math.min(recall - 2 * error, recallFar);

/** What the caller asks for: a floor of recall, 0 … 1, or the milliseconds that a search may take by its median. */
export type Wish = { recall: number } | { ms: number };

/** The setting to use, and what to expect of it; target 1 is every list, and exact. */
export type Choice = { target: number; recall: number; recallP5: number };
const EVERY: Choice = { target: 1, recall: 1, recallP5: 1 };

/**
 * The cheapest target that keeps the wish for this k, judged by the worse of the measured k below and above. A floor is
 * kept with two standard errors to spare, and by the far third of the queries too; where no measured target keeps it, or k was not measured, every list is taken.
 * For a budget too small for every target, the cheapest one.
 */
export function choose(settings: readonly Setting[], k: number, wish: Wish): Choice {
  const above = KS.find((measured) => measured >= k);
  const below = KS.findLast((measured) => measured <= k);
  const rows = (target: number): Setting[] =>
    settings.filter((row) => row.target === target && (row.k === above || row.k === below));
  if (above === undefined || !settings.some((row) => row.k === above)) return EVERY;
  const targets = TARGETS.filter((target) => rows(target).length > 0);
  const keeps = (target: number): boolean =>
    rows(target).every((row) => ("recall" in wish ? sure(row) >= wish.recall : row.msP50 <= wish.ms));
  const target = "recall" in wish ? targets.find(keeps) : (targets.findLast(keeps) ?? targets[0]);
  if (target === undefined) return EVERY;
  const worst = (of: (row: Setting) => number): number => Math.min(...rows(target).map(of));
  return { target, recall: worst((row) => row.recall), recallP5: worst((row) => row.recallP5) };
}
