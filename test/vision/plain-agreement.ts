import { type PlainKeypoints, TEST_WORDS } from "./plain-keypoints.ts";

/** A nearest that is hardly nearer than the second says nothing (Lowe, IJCV 2004, by distance). */
const RATIO = 0.85;
/** Tests of 256 that may differ: a random pair's differ in 128, give or take 8. */
const MOST_DIFFERENT = 80;
/** Pixels by which a point may miss the place that the others say it has. */
const NEAR = 10;
/** Area of the catalogue's picture in the photo, relative: what is outside is no product in a hand. */
const LEAST_AREA = 0.02;
const MOST_AREA = 16;

/**
 * What the kernel (kernel/assembly/agreement.ts) must count, written plainly: how many of a catalogue picture's points are found in a photo, where the others say that they should be: matched by their
 * tests, then counted under the one affine map that most agree with. Each match is a hypothesis by itself, since a point has a
 * scale and an angle (Philbin et al., CVPR 2007), made affine by those that agree with it. The same for the same input.
 */
export function plainAgreement(photo: PlainKeypoints, picture: PlainKeypoints): number {
  const matches = matched(photo, picture);
  if (matches.length < 3) return 0;
  let best: number[] = [];
  for (const match of matches) {
    const agreeing = agreeingWith(similarity(photo, picture, match), photo, picture, matches);
    if (agreeing.length > best.length) best = agreeing;
  }
  if (best.length < 3) return 0;
  let counted = best.length;
  for (let round = 0; round < 2; round++) {
    const map = affine(photo, picture, matches, best);
    if (!map) break;
    const agreeing = agreeingWith(map, photo, picture, matches);
    if (agreeing.length < counted) break;
    [best, counted] = [agreeing, agreeing.length];
  }
  return counted;
}

type Match = { of: number; to: number };
/** x' = a x + b y + c, y' = d x + e y + f, from the picture to the photo. */
type Affine = [a: number, b: number, c: number, d: number, e: number, f: number];

/** Each of the picture's points with the photo's nearest, if that is much nearer than the next; each of the photo's once. */
function matched(photo: PlainKeypoints, picture: PlainKeypoints): Match[] {
  const taken = new Map<number, { to: number; distance: number }>();
  for (let to = 0; to < picture.count; to++) {
    let [first, second, of] = [257, 257, -1];
    const base = TEST_WORDS * to;
    const t = picture.tests;
    const [t0, t1, t2, t3, t4, t5, t6, t7] = [
      t[base]!,
      t[base + 1]!,
      t[base + 2]!,
      t[base + 3]!,
      t[base + 4]!,
      t[base + 5]!,
      t[base + 6]!,
      t[base + 7]!,
    ];
    const p = photo.tests;
    for (let i = 0, at = 0; i < photo.count; i++, at += TEST_WORDS) {
      const distance =
        ones(p[at]! ^ t0) +
        ones(p[at + 1]! ^ t1) +
        ones(p[at + 2]! ^ t2) +
        ones(p[at + 3]! ^ t3) +
        ones(p[at + 4]! ^ t4) +
        ones(p[at + 5]! ^ t5) +
        ones(p[at + 6]! ^ t6) +
        ones(p[at + 7]! ^ t7);
      if (distance >= second) continue;
      if (distance < first) [second, first, of] = [first, distance, i];
      else second = distance;
    }
    if (first > MOST_DIFFERENT || first >= RATIO * second) continue;
    const other = taken.get(of);
    if (!other || first < other.distance) taken.set(of, { to, distance: first });
  }
  return [...taken].map(([of, { to }]) => ({ of, to }));
}

function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function similarity(photo: PlainKeypoints, picture: PlainKeypoints, { of, to }: Match): Affine {
  const factor = photo.scale[of]! / picture.scale[to]!;
  const turn = photo.angle[of]! - picture.angle[to]!;
  const [cos, sin] = [factor * Math.cos(turn), factor * Math.sin(turn)];
  const [x, y] = [picture.at[2 * to]!, picture.at[2 * to + 1]!];
  return [cos, -sin, photo.at[2 * of]! - cos * x + sin * y, sin, cos, photo.at[2 * of + 1]! - sin * x - cos * y];
}

/** Places in `matches` of those whose point lies where the map says. */
function agreeingWith(
  [a, b, c, d, e, f]: Affine,
  photo: PlainKeypoints,
  picture: PlainKeypoints,
  matches: readonly Match[],
): number[] {
  const area = a * e - b * d;
  if (area < LEAST_AREA || area > MOST_AREA) return []; // a mirror image among them: areas below 0
  const agreeing: number[] = [];
  for (const [i, { of, to }] of matches.entries()) {
    const [x, y] = [picture.at[2 * to]!, picture.at[2 * to + 1]!];
    const dx = a * x + b * y + c - photo.at[2 * of]!;
    const dy = d * x + e * y + f - photo.at[2 * of + 1]!;
    if (dx * dx + dy * dy <= NEAR * NEAR) agreeing.push(i);
  }
  return agreeing;
}

/** Least squares over the chosen matches; undefined where they lie on a line. */
function affine(
  photo: PlainKeypoints,
  picture: PlainKeypoints,
  matches: readonly Match[],
  chosen: readonly number[],
): Affine | undefined {
  const n = chosen.length;
  let [mx, my, mu, mv] = [0, 0, 0, 0];
  for (const i of chosen) {
    const { of, to } = matches[i]!;
    mx += picture.at[2 * to]! / n;
    my += picture.at[2 * to + 1]! / n;
    mu += photo.at[2 * of]! / n;
    mv += photo.at[2 * of + 1]! / n;
  }
  let [xx, xy, yy, xu, yu, xv, yv] = [0, 0, 0, 0, 0, 0, 0];
  for (const i of chosen) {
    const { of, to } = matches[i]!;
    const [x, y] = [picture.at[2 * to]! - mx, picture.at[2 * to + 1]! - my];
    const [u, v] = [photo.at[2 * of]! - mu, photo.at[2 * of + 1]! - mv];
    xx += x * x;
    xy += x * y;
    yy += y * y;
    xu += x * u;
    yu += y * u;
    xv += x * v;
    yv += y * v;
  }
  const determinant = xx * yy - xy * xy;
  if (determinant < 1e-3 * (xx + yy) ** 2) return undefined;
  const [a, b] = [(xu * yy - yu * xy) / determinant, (yu * xx - xu * xy) / determinant];
  const [d, e] = [(xv * yy - yv * xy) / determinant, (yv * xx - xv * xy) / determinant];
  return [a, b, mu - a * mx - b * my, d, e, mv - d * mx - e * my];
}
