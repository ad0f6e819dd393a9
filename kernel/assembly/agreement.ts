// How many of a catalogue picture's points lie in a photo where one affine map puts them.
import {
  ANGLE_OF,
  MOST_POINTS,
  POINT_BYTES,
  SCALE_OF,
  TESTS_OF,
  X_OF,
  Y_OF,
} from "../../src/vision/keypoints/layout";

/** A nearest that is hardly nearer than the second says nothing (Lowe, IJCV 2004, by distance). */
const RATIO: f64 = 0.85;
/** Tests of 256 that may differ: a random pair's differ in 128, give or take 8. */
const MOST_DIFFERENT: i32 = 80;
/** Pixels by which a point may miss the place that the others say it has. */
const NEAR: f64 = 10;
/** Area of the catalogue's picture in the photo, relative: what is outside is no product in a hand. A mirror image's is below 0. */
const LEAST_AREA: f64 = 0.02;
const MOST_AREA: f64 = 16;

/** A match: addresses of the photo's point and of the picture's, and whether it agrees with the best map. */
const MATCH_BYTES: usize = 12;
/** For each of the photo's points the picture's that has it, as an address, and their distance. */
let taken: usize = 0;
let matches: usize = 0;
let end: usize = 0;

/** Takes room for both from `at` on; returns where it ends. */
export function makeRoom(at: usize): usize {
  taken = at;
  matches = taken + MOST_POINTS * 8;
  return matches + MOST_POINTS * MATCH_BYTES;
}

// x' = a x + b y + c, y' = d x + e y + f, from the picture to the photo.
let a: f64 = 0;
let b: f64 = 0;
let c: f64 = 0;
let d: f64 = 0;
let e: f64 = 0;
let f: f64 = 0;

/**
 * Points of a picture that a photo has where the others say, of up to MOST_POINTS each: matched by their tests, then counted
 * under the one affine map that most agree with. Each match is a hypothesis by itself, since a point has a scale and an angle
 * (Philbin et al., CVPR 2007), made affine by those that agree with it.
 */
export function agreement(photo: usize, photoPoints: i32, picture: usize, picturePoints: i32): i32 {
  match(photo, photoPoints, picture, picturePoints);
  let best = 2;
  let guess: usize = 0;
  for (let at = matches; at < end; at += MATCH_BYTES) {
    fromOne(at);
    const agreeing = agree();
    if (agreeing <= best) continue;
    best = agreeing;
    guess = at;
  }
  if (guess === 0) return 0;
  fromOne(guess);
  note();
  for (let round = 0; round < 2 && fromAgreeing(); round++) {
    const agreeing = agree();
    if (agreeing < best) break;
    best = agreeing;
    note();
  }
  return best;
}

/** Each of the picture's points with the photo's nearest, if that is much nearer than the next; each of the photo's once. */
function match(photo: usize, photoPoints: i32, picture: usize, picturePoints: i32): void {
  memory.fill(taken, 0, photoPoints << 3);
  const last = photo + photoPoints * POINT_BYTES;
  for (let n = 0, own = picture; n < picturePoints; n++, own += POINT_BYTES) {
    const t0 = load<u64>(own, TESTS_OF);
    const t1 = load<u64>(own, TESTS_OF + 8);
    const t2 = load<u64>(own, TESTS_OF + 16);
    const t3 = load<u64>(own, TESTS_OF + 24);
    let first = 257;
    let second = 257;
    let nearest: usize = 0;
    for (let seen = photo; seen < last; seen += POINT_BYTES) {
      const distance = <i32>(
        (popcnt(load<u64>(seen, TESTS_OF) ^ t0) +
          popcnt(load<u64>(seen, TESTS_OF + 8) ^ t1) +
          popcnt(load<u64>(seen, TESTS_OF + 16) ^ t2) +
          popcnt(load<u64>(seen, TESTS_OF + 24) ^ t3))
      );
      if (distance >= second) continue;
      if (distance < first) {
        second = first;
        first = distance;
        nearest = seen;
      } else second = distance;
    }
    if (first > MOST_DIFFERENT || <f64>first >= RATIO * <f64>second) continue;
    const place = taken + (((nearest - photo) / POINT_BYTES) << 3);
    if (load<u32>(place) !== 0 && first >= load<i32>(place, 4)) continue;
    store<u32>(place, <u32>own);
    store<i32>(place, first, 4);
  }
  end = matches;
  for (let place = taken, seen = photo; seen < last; seen += POINT_BYTES, place += 8)
    if (load<u32>(place) !== 0) {
      store<u32>(end, <u32>seen);
      store<u32>(end, load<u32>(place), 4);
      end += MATCH_BYTES;
    }
}

/** The map by which one match's points cover each other: turned, scaled, moved. */
function fromOne(at: usize): void {
  const seen = load<u32>(at);
  const own = load<u32>(at, 4);
  const factor = <f64>load<f32>(seen, SCALE_OF) / <f64>load<f32>(own, SCALE_OF);
  const turn = <f64>load<f32>(seen, ANGLE_OF) - <f64>load<f32>(own, ANGLE_OF);
  const x = <f64>load<f32>(own, X_OF);
  const y = <f64>load<f32>(own, Y_OF);
  a = e = factor * Math.cos(turn);
  d = factor * Math.sin(turn);
  b = -d;
  c = <f64>load<f32>(seen, X_OF) - a * x - b * y;
  f = <f64>load<f32>(seen, Y_OF) - d * x - e * y;
}

// @ts-ignore: decorator
@inline
function agrees(at: usize): bool {
  const seen = load<u32>(at);
  const own = load<u32>(at, 4);
  const x = <f64>load<f32>(own, X_OF);
  const y = <f64>load<f32>(own, Y_OF);
  const dx = a * x + b * y + c - <f64>load<f32>(seen, X_OF);
  const dy = d * x + e * y + f - <f64>load<f32>(seen, Y_OF);
  return dx * dx + dy * dy <= NEAR * NEAR;
}

/** How many matches' points lie where the map says. */
function agree(): i32 {
  const area = a * e - b * d;
  if (area < LEAST_AREA || area > MOST_AREA) return 0;
  let count = 0;
  for (let at = matches; at < end; at += MATCH_BYTES) count += <i32>agrees(at);
  return count;
}

/** Notes which do. */
function note(): void {
  for (let at = matches; at < end; at += MATCH_BYTES) store<i32>(at, <i32>agrees(at), 8);
}

/** The map of least squares over the matches noted; false where they lie on a line. */
function fromAgreeing(): bool {
  let n: f64 = 0;
  let mx: f64 = 0;
  let my: f64 = 0;
  let mu: f64 = 0;
  let mv: f64 = 0;
  for (let at = matches; at < end; at += MATCH_BYTES) {
    if (load<i32>(at, 8) === 0) continue;
    const seen = load<u32>(at);
    const own = load<u32>(at, 4);
    n += 1;
    mx += load<f32>(own, X_OF);
    my += load<f32>(own, Y_OF);
    mu += load<f32>(seen, X_OF);
    mv += load<f32>(seen, Y_OF);
  }
  mx /= n;
  my /= n;
  mu /= n;
  mv /= n;
  let xx: f64 = 0;
  let xy: f64 = 0;
  let yy: f64 = 0;
  let xu: f64 = 0;
  let yu: f64 = 0;
  let xv: f64 = 0;
  let yv: f64 = 0;
  for (let at = matches; at < end; at += MATCH_BYTES) {
    if (load<i32>(at, 8) === 0) continue;
    const seen = load<u32>(at);
    const own = load<u32>(at, 4);
    const x = <f64>load<f32>(own, X_OF) - mx;
    const y = <f64>load<f32>(own, Y_OF) - my;
    const u = <f64>load<f32>(seen, X_OF) - mu;
    const v = <f64>load<f32>(seen, Y_OF) - mv;
    xx += x * x;
    xy += x * y;
    yy += y * y;
    xu += x * u;
    yu += y * u;
    xv += x * v;
    yv += y * v;
  }
  const determinant = xx * yy - xy * xy;
  if (determinant < 1e-3 * (xx + yy) * (xx + yy)) return false;
  a = (xu * yy - yu * xy) / determinant;
  b = (yu * xx - xu * xy) / determinant;
  d = (xv * yy - yv * xy) / determinant;
  e = (yv * xx - xv * xy) / determinant;
  c = mu - a * mx - b * my;
  f = mv - d * mx - e * my;
  return true;
}
