import { type Ballot, VOTE_EPSILON } from "./vote.ts";

/** A ballot whose right answer is known; the query's own item must not be among its neighbours. */
export type JudgedBallot = Ballot & { truth: number };

/** Used when there is nothing to learn from: a neighbour at 30 % of the bits counts a fifth of one at 20 %. */
export const DEFAULT_LAMBDA = 32;
const LOWEST = 1e-2;
const HIGHEST = 1e5;
const GRID = 29; // four points a decade
const REFINEMENTS = 40;

/** Sum over ballots of log P(truth | neighbours; lambda), smoothed like the vote itself. Always <= 0. */
export function voteLogLikelihood(ballots: readonly JudgedBallot[], lambda: number, classes: number): number {
  let sum = 0;
  for (const { distances, labels, truth } of ballots) {
    let all = 0;
    let right = 0;
    let nearest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < labels.length; i++) if (labels[i]! >= 0) nearest = Math.min(nearest, distances[i]!);
    for (let i = 0; i < labels.length; i++) {
      if (labels[i]! < 0) continue;
      const weight = Math.exp(-lambda * (distances[i]! ** 2 - nearest ** 2));
      all += weight;
      if (labels[i] === truth) right += weight;
    }
    const share = all === 0 ? 1 / classes : (1 - VOTE_EPSILON) * (right / all) + VOTE_EPSILON / classes;
    sum += Math.log(share);
  }
  return sum;
}

/**
 * The lambda of the greatest likelihood: a log-spaced grid, then golden-section search around its best point.
 * Equal likelihoods keep the smaller lambda. DEFAULT_LAMBDA if no ballot or fewer than two classes.
 * Source: KDD'18, lambda* = argmax sum log Pr(y_n | x_n; lambda).
 */
export function fitLambda(ballots: readonly JudgedBallot[], classes: number): number {
  if (ballots.length === 0 || classes < 2) return DEFAULT_LAMBDA;
  const step = Math.log(HIGHEST / LOWEST) / (GRID - 1);
  const value = (log: number) => voteLogLikelihood(ballots, Math.exp(log), classes);
  let best = Math.log(LOWEST);
  let bestValue = value(best);
  for (let i = 1; i < GRID; i++) {
    const log = Math.log(LOWEST) + i * step;
    const here = value(log);
    if (here > bestValue + 1e-12) {
      best = log;
      bestValue = here;
    }
  }
  const ratio = (Math.sqrt(5) - 1) / 2;
  let low = Math.max(best - step, Math.log(LOWEST));
  let high = Math.min(best + step, Math.log(HIGHEST));
  let left = high - ratio * (high - low);
  let right = low + ratio * (high - low);
  let leftValue = value(left);
  let rightValue = value(right);
  for (let i = 0; i < REFINEMENTS && high - low > 1e-4; i++) {
    if (leftValue >= rightValue) {
      high = right;
      right = left;
      rightValue = leftValue;
      left = high - ratio * (high - low);
      leftValue = value(left);
    } else {
      low = left;
      left = right;
      leftValue = rightValue;
      right = low + ratio * (high - low);
      rightValue = value(right);
    }
  }
  const refined = (low + high) / 2;
  return value(refined) > bestValue ? Math.exp(refined) : Math.exp(best);
}
