/**
 * Carries the model's categories onto the shop's own: a table T[m][s] = P(shop category s | model category m), learnt from
 * the shop's own pictures. Names are never compared, so "Women > Tops" works as well as "shirt".
 */

/** One labelled picture: what the model said (probabilities over its categories) and the shop's category of it. */
export type Labelled = { model: Float32Array; truth: number };

/** Row-major, `from` rows of `to` columns, each row summing to 1. */
export type Transfer = { from: number; to: number; table: Float64Array };

/** Weight of the shop's overall shares in each row, in pictures: what an unseen model category falls back on. */
const PRIOR_PICTURES = 1;
const ROUNDS = 30;

/**
 * The table that makes the labels most likely under P(s) = sum_m p(m) T[m][s], by expectation-maximisation (the
 * likelihood is concave in T, so the rounds only bring it nearer), with a prior of one picture a row.
 * Maximum likelihood rather than plain counts of p(m), which would smear the model's doubt into the table a second time:
 * a model that knows the shop's categories gets the identity, however soft its probabilities.
 */
export function fitTransfer(pictures: readonly Labelled[], from: number, to: number): Transfer {
  const shares = new Float64Array(to).fill(1 / Math.max(1, to)); // one picture, spread evenly: no share is 0
  for (const { truth } of pictures) shares[truth] = shares[truth]! + 1;
  for (let s = 0; s < to; s++) shares[s] = shares[s]! / (pictures.length + 1);
  let table = new Float64Array(from * to);
  for (let m = 0; m < from; m++) table.set(shares, m * to);
  const weights = new Float64Array(from);
  for (let round = 0; round < ROUNDS && pictures.length > 0; round++) {
    const next = new Float64Array(from * to);
    for (let m = 0; m < from; m++) for (let s = 0; s < to; s++) next[m * to + s] = PRIOR_PICTURES * shares[s]!;
    for (const { model, truth } of pictures) {
      let total = 0;
      for (let m = 0; m < from; m++) {
        weights[m] = model[m]! * table[m * to + truth]!;
        total += weights[m]!;
      }
      if (total <= 0) continue; // the model gave this picture nothing at all
      for (let m = 0; m < from; m++) next[m * to + truth] = next[m * to + truth]! + weights[m]! / total;
    }
    for (let m = 0; m < from; m++) {
      let sum = 0;
      for (let s = 0; s < to; s++) sum += next[m * to + s]!;
      for (let s = 0; s < to; s++) next[m * to + s] = next[m * to + s]! / sum;
    }
    table = next;
  }
  return { from, to, table };
}

/** P(s) = sum_m p(m) T[m][s]; sums to what `model` sums to. */
export function carry(model: ArrayLike<number>, { from, to, table }: Transfer): Float64Array {
  const carried = new Float64Array(to);
  for (let m = 0; m < from; m++) {
    const p = model[m]!;
    if (p === 0) continue;
    for (let s = 0; s < to; s++) carried[s] = carried[s]! + p * table[m * to + s]!;
  }
  return carried;
}
