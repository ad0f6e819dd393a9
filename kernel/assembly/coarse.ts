// What the coarse search computes beside comparing codes: the order of the lists for a query, to which list a code
// belongs, the majority code of each list, and the histograms that its settings are measured by. Every address is given.
import { CODE_BITS, CODE_BYTES } from "../../src/hamming-index/layout";

// @ts-ignore: decorator
@inline
function words(p: usize, a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, h: u64): u64 {
  return (
    popcnt(load<u64>(p) ^ a) +
    popcnt(load<u64>(p, 8) ^ b) +
    (popcnt(load<u64>(p, 16) ^ c) + popcnt(load<u64>(p, 24) ^ d)) +
    (popcnt(load<u64>(p, 32) ^ e) +
      popcnt(load<u64>(p, 40) ^ f) +
      (popcnt(load<u64>(p, 48) ^ g) + popcnt(load<u64>(p, 56) ^ h)))
  );
}

/** The distance from the code at `q` to each of the `n` from `p` on, u16 each. */
export function distances(q: usize, p: usize, n: i32, out: usize): void {
  const a = load<u64>(q);
  const b = load<u64>(q, 8);
  const c = load<u64>(q, 16);
  const d = load<u64>(q, 24);
  const e = load<u64>(q, 32);
  const f = load<u64>(q, 40);
  const g = load<u64>(q, 48);
  const h = load<u64>(q, 56);
  for (const end = p + (<usize>n << 6); p < end; p += CODE_BYTES, out += 2)
    store<u16>(out, <u16>words(p, a, b, c, d, e, f, g, h));
}

/**
 * Counting sort of `n` u16 distances: `order` gets 0 … n - 1 by ascending distance, then ascending number; of `shells`
 * (515 u32), entry d says where those at distance d begin in it, and entry 513 is n.
 */
export function shell(distances: usize, n: i32, shells: usize, order: usize): void {
  memory.fill(shells, 0, (CODE_BITS + 3) << 2);
  const end = distances + (<usize>n << 1);
  for (let p = distances; p < end; p += 2) {
    const bin = shells + ((<usize>load<u16>(p) + 2) << 2);
    store<u32>(bin, load<u32>(bin) + 1);
  }
  let sum: u32 = 0;
  for (let bin = shells; bin < shells + ((CODE_BITS + 3) << 2); bin += 4) {
    sum += load<u32>(bin);
    store<u32>(bin, sum);
  }
  // Entry d + 1 is where the next one at distance d goes, and ends as where those at d + 1 begin.
  for (let i = 0; i < n; i++) {
    const bin = shells + ((<usize>load<u16>(distances + (<usize>i << 1)) + 1) << 2);
    const at = load<u32>(bin);
    store<u32>(bin, at + 1);
    store<u32>(order + (<usize>at << 2), i);
  }
}

/**
 * For each of the `n` codes from `p` on, the number of the nearest centroid, u32 each. `heads` are `headCount` centroids
 * of centroids; those of head i are `starts[i]` … `starts[i + 1]` - 1 of `centroids`. Only those of the `tries` (1 … 16)
 * nearest heads are looked at. Ties: the head, then the centroid, with the lowest number.
 */
export function assign(
  p: usize,
  n: i32,
  heads: usize,
  headCount: i32,
  starts: usize,
  centroids: usize,
  tries: i32,
  best: usize, // room for 16 u32
  out: usize,
): void {
  for (const end = p + (<usize>n << 6); p < end; p += CODE_BYTES, out += 4) {
    const a = load<u64>(p);
    const b = load<u64>(p, 8);
    const c = load<u64>(p, 16);
    const d = load<u64>(p, 24);
    const e = load<u64>(p, 32);
    const f = load<u64>(p, 40);
    const g = load<u64>(p, 48);
    const h = load<u64>(p, 56);
    let held = 0;
    let worst: u32 = u32.MAX_VALUE;
    for (let i = 0; i < headCount; i++) {
      const key = (<u32>words(heads + (<usize>i << 6), a, b, c, d, e, f, g, h) << 16) | <u32>i;
      if (held == tries && key >= worst) continue;
      let at = held < tries ? held++ : tries - 1;
      for (; at > 0 && load<u32>(best + (<usize>(at - 1) << 2)) > key; at--)
        store<u32>(best + (<usize>at << 2), load<u32>(best + (<usize>(at - 1) << 2)));
      store<u32>(best + (<usize>at << 2), key);
      worst = load<u32>(best + (<usize>(held - 1) << 2));
    }
    let nearest: u32 = 0;
    let least: u64 = CODE_BITS + 1;
    for (let i = 0; i < held; i++) {
      const head = <usize>(load<u32>(best + (<usize>i << 2)) & 0xffff);
      const to = load<u32>(starts + (head << 2), 4);
      for (let j = load<u32>(starts + (head << 2)); j < to; j++) {
        const x = words(centroids + (<usize>j << 6), a, b, c, d, e, f, g, h);
        if (x < least || (x == least && j < nearest)) {
          least = x;
          nearest = j;
        }
      }
    }
    store<u32>(out, nearest);
  }
}

/** Adds the bits of the `n` codes from `p` on to the counters of their lists: 512 u32 a list, in the order of bits. */
export function vote(p: usize, n: i32, lists: usize, counts: usize): void {
  const low = i32x4(1, 2, 4, 8);
  const high = i32x4(16, 32, 64, 128);
  const zero = i32x4.splat(0);
  for (let i = 0; i < n; i++, p += CODE_BYTES, lists += 4) {
    let out = counts + (<usize>load<u32>(lists) << 11);
    for (let byte: usize = 0; byte < <usize>CODE_BYTES; byte++, out += 32) {
      const bits = i32x4.splat(load<u8>(p + byte));
      // A lane is -1 where its bit is set.
      v128.store(out, i32x4.sub(v128.load(out), i32x4.ne(v128.and(bits, low), zero)));
      v128.store(out, i32x4.sub(v128.load(out, 16), i32x4.ne(v128.and(bits, high), zero)), 16);
    }
  }
}

/** Adds the distances from the code at `q` to the `n` codes from `p` on to a histogram of 513 u32. */
export function tally(q: usize, p: usize, n: i32, bins: usize): void {
  const a = load<u64>(q);
  const b = load<u64>(q, 8);
  const c = load<u64>(q, 16);
  const d = load<u64>(q, 24);
  const e = load<u64>(q, 32);
  const f = load<u64>(q, 40);
  const g = load<u64>(q, 48);
  const h = load<u64>(q, 56);
  for (const end = p + (<usize>n << 6); p < end; p += CODE_BYTES) {
    const bin = bins + (<usize>words(p, a, b, c, d, e, f, g, h) << 2);
    store<u32>(bin, load<u32>(bin) + 1);
  }
}
