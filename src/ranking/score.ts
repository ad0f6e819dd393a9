/** What a logistic curve gains by a number: `most` at the most, three quarters of it at `within`. */
type Gain = { most: number; within: number };

/**
 * Fitted on held-out pairs when the model was trained; it travels in the model's card. `lead` and `share`, if they are there,
 * say what it adds that a hit is nearer than every other item (or takes away that another is nearer): see `Lead`.
 */
export type ScoreCalibration = { slope: number; intercept: number; lead?: Gain; share?: Gain };

/**
 * How much nearer than the nearest other item a hit is, negative for all but the first: `by`, a difference of likeness, and
 * `share`, of how far the pictures of the two nearest items lie apart (1 less their cosine). The very picture of the first has
 * a share of 1, and one as near to the second 0: what is little where products differ much is much among near variants.
 */
type Lead = { by: number; share: number };

/** Nothing is known of how sure a hit is. */
const NO_LEAD: Lead = { by: 0, share: 0 };
/** Pictures that are nearer to each other are as good as the same; int8 tells them apart no further. */
const LEAST_APART = 1e-3;

/**
 * Probability, 0..1, that a hit of this likeness is the very product, if the catalog has it: 1 / (1 + exp(-(slope * likeness + intercept + lead.most *
 * tanh(by / lead.within) + share.most * tanh(share / share.within)))). Among near variants each may be as like the photo as the
 * other, and only one is the product, so likeness alone would promise it many times over.
 */
export function scoreOf(likeness: number, calibration: ScoreCalibration, { by, share }: Lead = NO_LEAD): number {
  const { slope, intercept } = calibration;
  const led = gained(calibration.lead, by) + gained(calibration.share, share);
  return 1 / (1 + Math.exp(-(slope * likeness + led + intercept)));
}

function gained(gain: Gain | undefined, by: number): number {
  return gain ? gain.most * Math.tanh(by / gain.within) : 0;
}

/**
 * The lead of a hit of a given likeness, from all hits, an item each; `apart`: 1 less the cosine of the pictures of the two
 * nearest. No lead where there is no other.
 */
export function leadAmong(hits: readonly { likeness: number }[], apart: number): (likeness: number) => Lead {
  if (hits.length < 2) return () => NO_LEAD;
  let [first, second] = [-Infinity, -Infinity];
  for (const { likeness } of hits) {
    if (likeness > first) [first, second] = [likeness, first];
    else if (likeness > second) second = likeness;
  }
  return (likeness) => {
    const by = likeness - (likeness === first ? second : first);
    return { by, share: by / Math.max(apart, LEAST_APART) };
  };
}

/** Fitted on held-out photos, asked with and without their own item in the catalog; travels in the model's card. */
export type PresenceCalibration = { slope: number; nearest: number; intercept: number };

/** Items of an answer among which the one nearest to the first is looked for: where it is dense, they are among these. */
export const NEAREST_AMONG = 20;

/**
 * Probability, 0..1, that the catalog has what the photo shows, if it has the products of every second photo: 1 / (1 + exp(-(slope
 * * likeness + calibration.nearest * nearest + intercept))), of the first hit's likeness and the cosine of its picture with the nearest of the
 * other items' (0 where there is none). Where products lie close together, a photo of something else lies close to one of them
 * too, so more is asked of it there.
 */
export function presenceOf(likeness: number, nearest: number, calibration: PresenceCalibration): number {
  return 1 / (1 + Math.exp(-(calibration.slope * likeness + calibration.nearest * nearest + calibration.intercept)));
}
