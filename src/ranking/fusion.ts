import type { Ballot } from "./vote.ts";

/**
 * How the two branches of the category guess are put together (KDD'18: a weighted sum, weights unpublished):
 * p(y) = a p_model(y) + (1 - a) p_search(y), p_search(y) = sum_i w_i 1[y_i = y] / sum_i w_i, w_i = exp(-lambda d_i^2).
 * The weight a is not one number: a = b / (b + sum_i w_i), so that a neighbour as near as another photo of the very product
 * outvotes the model, and far ones leave it to the model, whose shares are then what it says. And b is the mean of b_y over what
 * the model takes the picture for, so that no category loses by what is good for the others: where it should decide, it does.
 */
export type Fusion = {
  lambda: number;
  /** Square of the distance at which a neighbour weighs 1: the middle one of nearest neighbours. */
  unit: number;
  /** b_y, by category: what the model weighs where it takes the picture for that. */
  model: Float64Array;
};

/** A picture whose category is known: what others of the catalog say of it, its own item left out, and a held-out model. */
export type Witness = Ballot & { truth: number; model: Float64Array; item: string };

/** Used when there is nothing to learn from: the nearest neighbour weighs as much as the model. */
const DEFAULT_LAMBDA = 32;
const DEFAULT_UNIT = 0.2 ** 2;
const LAMBDAS = Array.from({ length: 21 }, (_, i) => 4 * 2 ** (i / 2)); // 4 to 4,096
const WEIGHT_STEP = 10 ** (1 / 4);
const WEIGHTS = Array.from({ length: 33 }, (_, i) => WEIGHT_STEP ** (i - 16)); // 0.0001 to 10,000
/** Witnesses of a category that are enough to say whether it loses. */
const ENOUGH = 30;
/** No truth is less likely than that: one mislabelled item must not decide the fit. */
const FLOOR = 1e-4;
const logOf = (p: number): number => Math.log(Math.max(FLOOR, p));
/** By as many must the witnesses gain, lest what was chance be believed: the best of 693 fusions is asked, and gains two by chance. */
const STANDARD_ERRORS = 3;
/** Neighbours of this little weight change nothing, but for a category that the model does not have. */
const MODEL_ALONE = 1e4;

/** Probability of each class, sum 1 where `model` sums to 1. */
export function fuse(model: Float64Array, ballot: Ballot, { lambda, unit, model: weights }: Fusion): Float64Array {
  const exponents = ballot.labels.length === 0 ? 0 : shift(ballot, lambda, unit);
  // A distance of 0 at a large lambda would overflow, so the model's part and all neighbours are scaled down alike.
  const b = Math.exp(-exponents) * model.reduce((sum, p, c) => sum + weights[c]! * p, 0);
  const fused = model.map((p) => b * p);
  for (let i = 0; i < ballot.labels.length; i++) {
    const label = ballot.labels[i]!;
    if (label >= 0) fused[label] = fused[label]! + Math.exp(-lambda * (ballot.distances[i]! ** 2 - unit) - exponents);
  }
  const sum = fused.reduce((total, p) => total + p, 0);
  return sum > 0 ? fused.map((p) => p / sum) : fused;
}

/** The largest exponent of the neighbours, at least 0. */
function shift({ distances, labels }: Ballot, lambda: number, unit: number): number {
  let most = 0;
  for (let i = 0; i < labels.length; i++)
    if (labels[i]! >= 0) most = Math.max(most, -lambda * (distances[i]! ** 2 - unit));
  return most;
}

/** Sum over witnesses of log P(truth). */
export function fusionLogLikelihood(witnesses: readonly Witness[], fusion: Fusion): number {
  return witnesses.reduce((sum, w) => sum + logOf(fuse(w.model, w, fusion)[w.truth]!), 0);
}

/**
 * The fusion under which the witnesses' truths are most likely (KDD'18 finds lambda so): lambda and one weight for all over a
 * grid, raised for each category that would lose. Where one weight for all does not evidently gain, the model speaks alone. With
 * fewer than two classes or no witnesses, the defaults. Equal likelihoods keep the smaller lambda and weight.
 */
export function fitFusion(witnesses: readonly Witness[], classes: number): Fusion {
  const flat = (weight: number) => new Float64Array(classes).fill(weight);
  if (witnesses.length === 0 || classes < 2) return { lambda: DEFAULT_LAMBDA, unit: DEFAULT_UNIT, model: flat(1) };
  const unit = middleOfNearest(witnesses);
  let best = { lambda: DEFAULT_LAMBDA, weight: 1, value: Number.NEGATIVE_INFINITY };
  for (const lambda of LAMBDAS) {
    // Of each witness: log of what its truth and all classes get from the neighbours, and what the model gives the truth.
    const tallies = witnesses.map((witness) => tally(witness, lambda, unit));
    for (const weight of WEIGHTS) {
      let value = 0;
      for (const { right, all, model, scale } of tallies)
        value += logOf((weight * scale * model + right) / (weight * scale + all));
      if (value > best.value + 1e-9) best = { lambda, weight, value };
    }
  }
  const { lambda, weight } = best;
  const found = { lambda, unit, model: flat(weight) };
  if (!gains(witnesses, found)) return { lambda: DEFAULT_LAMBDA, unit, model: flat(MODEL_ALONE) };
  return spared(witnesses, found);
}

/** Of each witness: by how much its truth is likelier under the fusion than under the model alone, as logarithms. */
function differences(witnesses: readonly Witness[], fusion: Fusion): number[] {
  return witnesses.map((w) => logOf(fuse(w.model, w, fusion)[w.truth]!) - logOf(w.model[w.truth]!));
}

/**
 * Whether the witnesses are likelier under the fusion than under the model alone, and not by chance. Pictures of one item are
 * right and wrong together, so the standard error is of items drawn whole (cluster-robust: Liang and Zeger, Biometrika 1986).
 */
function gains(witnesses: readonly Witness[], fusion: Fusion): boolean {
  const gained = differences(witnesses, fusion);
  const mean = gained.reduce((sum, d) => sum + d, 0) / gained.length;
  const ofItem = new Map<string, number>();
  for (const [at, { item }] of witnesses.entries()) ofItem.set(item, (ofItem.get(item) ?? 0) + gained[at]! - mean);
  const square = [...ofItem.values()].reduce((sum, d) => sum + d ** 2, 0);
  return mean > (STANDARD_ERRORS * Math.sqrt(square)) / gained.length;
}

/**
 * The fusion with the weight of each category raised that would lose by it: whose witnesses, if they are enough,
 * are less likely in all than under the model alone. In the end none does, if only because the model is alone.
 */
function spared(witnesses: readonly Witness[], fusion: Fusion): Fusion {
  const model = fusion.model.slice();
  const counts = new Map<number, number>();
  for (const { truth } of witnesses) counts.set(truth, (counts.get(truth) ?? 0) + 1);
  for (;;) {
    const sums = new Float64Array(model.length);
    const gained = differences(witnesses, { ...fusion, model });
    for (const [at, { truth }] of witnesses.entries()) sums[truth] = sums[truth]! + gained[at]!;
    const losing = [...counts].filter(([c, n]) => n >= ENOUGH && sums[c]! < 0 && model[c]! < MODEL_ALONE);
    if (losing.length === 0) return { ...fusion, model };
    for (const [c] of losing) model[c] = model[c]! * WEIGHT_STEP;
  }
}

function tally(witness: Witness, lambda: number, unit: number) {
  const exponent = shift(witness, lambda, unit);
  let [right, all] = [0, 0];
  for (let i = 0; i < witness.labels.length; i++) {
    if (witness.labels[i]! < 0) continue;
    const w = Math.exp(-lambda * (witness.distances[i]! ** 2 - unit) - exponent);
    all += w;
    if (witness.labels[i] === witness.truth) right += w;
  }
  return { right, all, model: witness.model[witness.truth]!, scale: Math.exp(-exponent) };
}

function middleOfNearest(witnesses: readonly Witness[]): number {
  const nearest = witnesses
    .map(({ distances, labels }) => {
      let least = Number.POSITIVE_INFINITY;
      for (let i = 0; i < labels.length; i++) if (labels[i]! >= 0) least = Math.min(least, distances[i]!);
      return least;
    })
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const middle = nearest[nearest.length >> 1];
  return middle === undefined ? DEFAULT_UNIT : middle ** 2;
}
