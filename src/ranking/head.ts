/**
 * The model branch of the category guess for a shop's own categories: a softmax over linear scores, fitted on the features of
 * the catalog's pictures in closed form (linear discriminant analysis: every category a Gaussian cloud of one common shape).
 * On the same features it beats multinomial logistic regression by gradient, and needs no rounds.
 */

/** `softmax((W x + b) / temperature)`; the scores of one class are `weights[c * width ..]` and `bias[c]`. */
export type Head = {
  width: number;
  classes: number;
  weights: Float32Array;
  bias: Float32Array;
  temperature: number;
};

/** Part of each category's mean that is the mean of all, in pictures: a category of one picture is half its own. */
const PRIOR_PICTURES = 1;
/** Added to every category's count in its share of the catalog, so that an empty one has a small share, not none. */
const PRIOR_SHARE = 0.5;

/** Least part of the pictures' mean square that is taken to be scatter. */
const LEAST_SCATTER = 1e-4;

/** What a head needs to know of pictures: counts, sums and sums of squares, so that parts of a catalog can be put together. */
export class HeadSums {
  readonly width: number;
  readonly classes: number;
  readonly #directions: number;
  #pictures = 0;
  readonly #counts: Float64Array;
  readonly #sums: Float64Array; // classes x width
  readonly #squares: Float64Array; // width x width, the lower triangle

  /** `directions`: of how many values the `width` are all that ever vary. */
  constructor(width: number, classes: number, directions = width) {
    this.width = width;
    this.classes = classes;
    this.#directions = directions;
    this.#counts = new Float64Array(classes);
    this.#sums = new Float64Array(classes * width);
    this.#squares = new Float64Array(width * width);
  }

  get pictures(): number {
    return this.#pictures;
  }

  /** One picture of class `truth`; `x` has `width` values. About 0.2 ms at 526. */
  add(x: ArrayLike<number>, truth: number): void {
    const { width } = this;
    const squares = this.#squares;
    this.#pictures++;
    this.#counts[truth] = this.#counts[truth]! + 1;
    for (let i = 0; i < width; i++) {
      const value = x[i]!;
      this.#sums[truth * width + i] = this.#sums[truth * width + i]! + value;
      for (let j = 0, at = i * width; j <= i; j++, at++) squares[at] = squares[at]! + value * x[j]!;
    }
  }

  /** The sums of all pictures of one or more parts, which are of one width and one number of classes. */
  static of(parts: readonly HeadSums[]): HeadSums {
    const first = parts[0]!;
    const whole = new HeadSums(first.width, first.classes, first.#directions);
    for (const part of parts) {
      whole.#pictures += part.#pictures;
      addTo(whole.#counts, part.#counts);
      addTo(whole.#sums, part.#sums);
      addTo(whole.#squares, part.#squares);
    }
    return whole;
  }

  /**
   * The head of these pictures at temperature 1. `shrink`, 0..1: how far the clouds' common shape is drawn to a ball; what
   * few pictures say of 526 directions is mostly chance. At 1 the nearest mean wins.
   */
  head(shrink: number): Head {
    const { width, classes } = this;
    const means = this.#means();
    const scatter = this.#scatter(means);
    let [trace, size] = [0, 0];
    for (let i = 0; i < width; i++) {
      trace += scatter[i * width + i]!;
      size += this.#squares[i * width + i]! / Math.max(1, this.#pictures);
    }
    // Where every picture is its category's mean there is no shape to learn, only rounding.
    const ball = Math.max(trace, LEAST_SCATTER * size) / this.#directions || 1;
    for (let i = 0; i < width; i++) {
      for (let j = 0; j <= i; j++) scatter[i * width + j] = (1 - shrink) * scatter[i * width + j]!;
      scatter[i * width + i] = scatter[i * width + i]! + Math.max(shrink, 1e-6) * ball;
    }
    factorise(scatter, width);
    const weights = new Float32Array(classes * width);
    const bias = new Float32Array(classes);
    for (let c = 0; c < classes; c++) {
      const mean = means.subarray(c * width, (c + 1) * width);
      const row = solve(scatter, width, mean);
      let middle = 0;
      for (let i = 0; i < width; i++) middle += row[i]! * mean[i]!;
      weights.set(row, c * width);
      bias[c] = Math.log((this.#counts[c]! + PRIOR_SHARE) / Math.max(1, this.#pictures)) - middle / 2;
    }
    return { width, classes, weights, bias, temperature: 1 };
  }

  #means(): Float64Array {
    const { width, classes } = this;
    const all = new Float64Array(width);
    for (let c = 0; c < classes; c++) for (let i = 0; i < width; i++) all[i] = all[i]! + this.#sums[c * width + i]!;
    const means = new Float64Array(classes * width);
    for (let c = 0; c < classes; c++)
      for (let i = 0; i < width; i++) {
        const prior = (PRIOR_PICTURES * all[i]!) / Math.max(1, this.#pictures);
        means[c * width + i] = (this.#sums[c * width + i]! + prior) / (this.#counts[c]! + PRIOR_PICTURES);
      }
    return means;
  }

  /** Mean of (x - m)(x - m)' over the pictures, m the mean of each picture's class; the lower triangle. */
  #scatter(means: Float64Array): Float64Array {
    const { width, classes } = this;
    const scatter = this.#squares.slice();
    const rest = new Float64Array(width);
    for (let c = 0; c < classes; c++) {
      const n = this.#counts[c]!;
      if (n === 0) continue;
      const at = c * width;
      // sum over the class of (x - m)(x - m)' = sum xx' - (m r' + r m') with r = sum x - n m / 2
      for (let i = 0; i < width; i++) rest[i] = this.#sums[at + i]! - (n * means[at + i]!) / 2;
      for (let i = 0; i < width; i++) {
        const m = means[at + i]!;
        const r = rest[i]!;
        for (let j = 0; j <= i; j++)
          scatter[i * width + j] = scatter[i * width + j]! - m * rest[j]! - r * means[at + j]!;
      }
    }
    for (let i = 0; i < scatter.length; i++) scatter[i] = scatter[i]! / Math.max(1, this.#pictures);
    return scatter;
  }
}

/** The linear scores of one picture over its head's temperature. */
export function headScores({ width, classes, weights, bias, temperature }: Head, x: ArrayLike<number>): Float64Array {
  const scores = new Float64Array(classes);
  for (let c = 0; c < classes; c++) {
    let sum = bias[c]!;
    for (let i = 0, at = c * width; i < width; i++, at++) sum += weights[at]! * x[i]!;
    scores[c] = sum / temperature;
  }
  return scores;
}

/** exp of each score over their sum; empty for none. */
export function softmax(scores: Float64Array): Float64Array {
  let highest = Number.NEGATIVE_INFINITY;
  for (const score of scores) highest = Math.max(highest, score);
  const shares = scores.map((score) => Math.exp(score - highest));
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}

/**
 * The temperature under which held-out truths are most likely, 0.25 to 16, by golden-section search of its logarithm (the
 * likelihood has one peak in 1 / temperature). Scores at temperature 1; equal likelihoods keep 1.
 */
export function fitTemperature(scores: readonly Float64Array[], truths: ArrayLike<number>): number {
  const value = (log: number) => headLogLikelihood(scores, truths, Math.exp(log));
  const ratio = (Math.sqrt(5) - 1) / 2;
  let low = Math.log(0.25);
  let high = Math.log(16);
  let [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [leftValue, rightValue] = [value(left), value(right)];
  while (high - low > 1e-2) {
    if (leftValue >= rightValue) {
      [high, right, rightValue] = [right, left, leftValue];
      left = high - ratio * (high - low);
      leftValue = value(left);
    } else {
      [low, left, leftValue] = [left, right, rightValue];
      right = low + ratio * (high - low);
      rightValue = value(right);
    }
  }
  const found = (low + high) / 2;
  return value(found) > value(0) ? Math.exp(found) : 1;
}

/** Sum over pictures of log P(truth) at a temperature. */
export function headLogLikelihood(scores: readonly Float64Array[], truths: ArrayLike<number>, temperature: number) {
  let sum = 0;
  for (const [at, own] of scores.entries()) {
    let highest = Number.NEGATIVE_INFINITY;
    for (const score of own) highest = Math.max(highest, score);
    let all = 0;
    for (const score of own) all += Math.exp((score - highest) / temperature);
    sum += (own[truths[at]!]! - highest) / temperature - Math.log(all);
  }
  return sum;
}

function addTo(sums: Float64Array, more: Float64Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + more[i]!;
}

/** Cholesky: the lower triangle of a symmetric positive matrix becomes L with L L' = it. */
function factorise(matrix: Float64Array, width: number): void {
  for (let i = 0; i < width; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * width + j]!;
      for (let k = 0, a = i * width, b = j * width; k < j; k++, a++, b++) sum -= matrix[a]! * matrix[b]!;
      matrix[i * width + j] = i === j ? Math.sqrt(Math.max(sum, 1e-18)) : sum / matrix[j * width + j]!;
    }
}

/** x with L L' x = y. */
function solve(factor: Float64Array, width: number, y: Float64Array): Float64Array {
  const x = y.slice();
  for (let i = 0; i < width; i++) {
    let sum = x[i]!;
    for (let k = 0, at = i * width; k < i; k++, at++) sum -= factor[at]! * x[k]!;
    x[i] = sum / factor[i * width + i]!;
  }
  for (let i = width - 1; i >= 0; i--) {
    const value = x[i]! / factor[i * width + i]!;
    x[i] = value;
    for (let k = 0, at = i * width; k < i; k++, at++) x[k] = x[k]! - factor[at]! * value;
  }
  return x;
}
