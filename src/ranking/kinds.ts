/**
 * What a thing may be of which nothing is known but the model's kind: of the catalog's own pictures that the model takes for
 * that kind, the share of each of the shop's categories. Coarser than the head, which needs a feature.
 */
export type KindTable = {
  classes: number;
  /** kinds x classes; a row's sum lacks to 1 what is likely to be none of the shop's. */
  shares: Float64Array;
};

/** Pictures that every kind is taken to have in categories that the shop lacks: this share of all, and no less than one. */
const ELSEWHERE = 1 / 200;

/** `model`: the model's category shares of a picture, one a kind; `truth`: the picture's class. */
export function kindTable(pictures: readonly { model: Float32Array; truth: number }[], classes: number): KindTable {
  const shares = new Float64Array((pictures[0]?.model.length ?? 0) * classes);
  for (const { model, truth } of pictures) {
    const at = likeliest(model) * classes + truth;
    shares[at] = shares[at]! + 1;
  }
  const elsewhere = Math.max(1, pictures.length * ELSEWHERE);
  for (let start = 0; start < shares.length; start += classes) {
    const row = shares.subarray(start, start + classes);
    const all = row.reduce((sum, count) => sum + count, elsewhere);
    for (let c = 0; c < classes; c++) row[c] = row[c]! / all;
  }
  return { classes, shares };
}

/** The share of each class among what looks like that to the model; all zeros where the table knows nothing of it. */
export function sharesOfKind({ classes, shares }: KindTable, model: Float32Array): Float64Array {
  const start = likeliest(model) * classes;
  return Float64Array.from({ length: classes }, (_, c) => shares[start + c] ?? 0);
}

const likeliest = (model: Float32Array): number => model.indexOf(model.reduce((a, b) => Math.max(a, b), 0));
