/** A category with fewer items than this says too little about itself to be fitted on (design.md). */
export const RARE_BELOW = 5;

export type Pooling = {
  /** Pooled class of each class. */
  of: Int32Array;
  /** Number of pooled classes. */
  classes: number;
};

/** Gives every class with at least `rareBelow` items a class of its own, and all others one class together. */
export function poolRare(itemsPerClass: readonly number[], rareBelow = RARE_BELOW): Pooling {
  const of = new Int32Array(itemsPerClass.length).fill(-1);
  let classes = 0;
  for (const [c, items] of itemsPerClass.entries()) if (items >= rareBelow) of[c] = classes++;
  const rare = of.includes(-1);
  for (let c = 0; c < of.length; c++) if (of[c] === -1) of[c] = classes;
  return { of, classes: rare ? classes + 1 : classes };
}
