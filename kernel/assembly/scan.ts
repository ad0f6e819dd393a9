// Compares one query with blocks of 512-bit codes and keeps the k smallest keys, where key = distance << 32 | id: the
// order of keys is the contract's order (by distance, then ascending id), whatever order the ids lie in.
// A code becomes a candidate only if its distance reaches the k-th best so far, so that after the first few thousand
// codes the loop is load, xor, popcount, add and one branch that is never taken.
import {
  ALLOW_AT,
  BUFFER_AT,
  CODE_BITS,
  CODE_BYTES,
  COUNT_AT,
  DEAD_AT,
  K_AT,
  LIMIT_AT,
  NOTED_AT,
  QUERY_AT,
  ROOM_AT,
  RUN_CODES,
  SCRATCH_OF,
  SPARE_AT,
  WORST_AT,
} from "../../src/hamming-index/layout";
import { select, sort } from "./select";

/**
 * Starts a list of the `k` nearest within `limit` to the query that lies in `state`, whose buffer has `room` keys, at
 * least k + RUN_CODES; `scratch` has the thread's counters and room to sort.
 */
export function begin(state: usize, scratch: usize, k: i32, room: i32, limit: i32): void {
  store<u64>(state + WORST_AT, <u64>(limit + 1) << 32);
  store<i32>(state + LIMIT_AT, limit);
  store<i32>(state + COUNT_AT, 0);
  store<i32>(state + K_AT, k);
  store<i32>(state + ROOM_AT, room);
  store<usize>(state + SCRATCH_OF, scratch);
}

/** Where the next candidate goes, after making sure that a whole run of them would fit; for slots of `side`. */
// @ts-ignore: decorator
@inline
function open(state: usize, side: usize): usize {
  if (load<i32>(state + COUNT_AT) + RUN_CODES > load<i32>(state + ROOM_AT)) {
    identify(state, side);
    select(state);
    store<i32>(state + NOTED_AT, load<i32>(state + COUNT_AT));
  }
  return state + BUFFER_AT + (<usize>load<i32>(state + COUNT_AT) << 3);
}

// @ts-ignore: decorator
@inline
function close(state: usize, out: usize): void {
  store<i32>(state + COUNT_AT, <i32>((out - state - BUFFER_AT) >> 3));
}

/** Notes a candidate by its slot. Its id lies where nothing was read yet, and waiting for it would stop the reading ahead. */
// @ts-ignore: decorator
@inline
function note(out: usize, distance: u64, slot: usize): usize {
  store<u64>(out, (distance << 32) | <u64>slot);
  return out + 8;
}

/** From now on slots are noted. */
// @ts-ignore: decorator
@inline
function noting(state: usize): void {
  store<i32>(state + NOTED_AT, load<i32>(state + COUNT_AT));
}

/**
 * Turns what was noted into keys, many ids on their way at once, and keeps those that beat the worst and whose code still
 * counts: no branch, the next key overwrites a loser. Whether a code is dead is asked of candidates alone, so tombstones
 * cost the scan nothing but their reading.
 */
function identify(state: usize, side: usize): void {
  const worst = load<u64>(state + WORST_AT);
  const end = state + BUFFER_AT + (<usize>load<i32>(state + COUNT_AT) << 3);
  let out = state + BUFFER_AT + (<usize>load<i32>(state + NOTED_AT) << 3);
  for (let at = out; at < end; at += 8) {
    const noted = load<u64>(at);
    const slot = <usize>(<u32>noted);
    const key = (noted & 0xffffffff00000000) | <u64>load<u32>(side + (slot << 2));
    const dead = (<u32>load<u8>(side + DEAD_AT + (slot >> 3)) >> (<u32>slot & 7)) & 1;
    store<u64>(out, key);
    out += <usize>(<u32>(key < worst) & ~dead) << 3;
  }
  close(state, out);
}

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

/** Empties the histogram that sample() adds to. */
export function clear(scratch: usize): void {
  memory.fill(scratch, 0, (CODE_BITS + 1) << 2);
}

/** Adds the distances from the query in `state` to every `stride`-th of the `n` codes from `p` on to the histogram. */
export function sample(state: usize, scratch: usize, p: usize, n: i32, stride: i32): void {
  const q = state + QUERY_AT;
  const a = load<u64>(q);
  const b = load<u64>(q, 8);
  const c = load<u64>(q, 16);
  const d = load<u64>(q, 24);
  const e = load<u64>(q, 32);
  const f = load<u64>(q, 40);
  const g = load<u64>(q, 48);
  const h = load<u64>(q, 56);
  const step = <usize>stride << 6;
  for (const end = p + (<usize>n << 6); p < end; p += step) {
    const bin = scratch + (<usize>words(p, a, b, c, d, e, f, g, h) << 2);
    store<i32>(bin, load<i32>(bin) + 1);
  }
}

/**
 * The slots `from` … `to` - 1 of a frame, or of a part of one: slot s has its code at `codes` + 64 s, its id and bits in
 * `side`. 64 bits at a time: x64 has one instruction for i64.popcnt and up to four of them a cycle, where i8x16.popcnt
 * takes six (V8 does not use VPOPCNTB).
 */
export function scanWords(state: usize, codes: usize, side: usize, from: i32, to: i32): void {
  const q = state + QUERY_AT;
  const a = load<u64>(q);
  const b = load<u64>(q, 8);
  const c = load<u64>(q, 16);
  const d = load<u64>(q, 24);
  const e = load<u64>(q, 32);
  const f = load<u64>(q, 40);
  const g = load<u64>(q, 48);
  const h = load<u64>(q, 56);
  noting(state);
  for (let at = from; at < to; at += RUN_CODES) {
    let out = open(state, side);
    const limit = <u64>load<i32>(state + LIMIT_AT);
    let p = codes + (<usize>at << 6);
    let slot = <usize>at;
    const end = p + (<usize>min(to - at, RUN_CODES) << 6);
    const four = end - ((<usize>min(to - at, RUN_CODES) & 3) << 6);
    for (; p != four; p += 4 * CODE_BYTES, slot += 4) {
      let x = words(p, a, b, c, d, e, f, g, h);
      if (x <= limit) out = note(out, x, slot);
      x = words(p + 64, a, b, c, d, e, f, g, h);
      if (x <= limit) out = note(out, x, slot + 1);
      x = words(p + 128, a, b, c, d, e, f, g, h);
      if (x <= limit) out = note(out, x, slot + 2);
      x = words(p + 192, a, b, c, d, e, f, g, h);
      if (x <= limit) out = note(out, x, slot + 3);
    }
    for (; p != end; p += CODE_BYTES, slot++) {
      const x = words(p, a, b, c, d, e, f, g, h);
      if (x <= limit) out = note(out, x, slot);
    }
    close(state, out);
  }
  identify(state, side);
}

/** As scanWords, over the slots whose allow bit is set; 64 codes at once where none is allowed. */
export function scanAllowed(state: usize, codes: usize, side: usize, from: i32, to: i32): void {
  const q = state + QUERY_AT;
  const a = load<u64>(q);
  const b = load<u64>(q, 8);
  const c = load<u64>(q, 16);
  const d = load<u64>(q, 24);
  const e = load<u64>(q, 32);
  const f = load<u64>(q, 40);
  const g = load<u64>(q, 48);
  const h = load<u64>(q, 56);
  const allow = side + ALLOW_AT;
  noting(state);
  for (let at = from & ~63; at < to; at += RUN_CODES) {
    let out = open(state, side);
    const limit = <u64>load<i32>(state + LIMIT_AT);
    const stop = min(to, at + RUN_CODES);
    for (let first = at; first < stop; first += 64) {
      let mask = load<u64>(allow + <usize>(first >> 3));
      if (mask == 0) continue;
      if (first < from) mask &= <u64>-1 << <u64>(from - first);
      if (first + 64 > to) mask &= <u64>-1 >> <u64>(first + 64 - to);
      while (mask != 0) {
        const slot = <usize>(first + <i32>ctz(mask));
        mask &= mask - 1;
        const x = words(codes + (slot << 6), a, b, c, d, e, f, g, h);
        if (x <= limit) out = note(out, x, slot);
      }
    }
    close(state, out);
  }
  identify(state, side);
}

/** Differing bits of the code at `p`, summed over its four vectors; a lane holds at most 32. */
// @ts-ignore: decorator
@inline
function lanes(p: usize, a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.add(
    i8x16.add(i8x16.popcnt(v128.xor(v128.load(p), a)), i8x16.popcnt(v128.xor(v128.load(p, 16), b))),
    i8x16.add(i8x16.popcnt(v128.xor(v128.load(p, 32), c)), i8x16.popcnt(v128.xor(v128.load(p, 48), d))),
  );
}

/** Four codes' byte sums to their four distances: two rounds of transposing and adding (a lane holds at most 128). */
// @ts-ignore: decorator
@inline
function fold(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i8x16.add(
    i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23),
    i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31),
  );
  const cd = i8x16.add(
    i8x16.shuffle(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23),
    i8x16.shuffle(c, d, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31),
  );
  const abcd = i8x16.add(
    i8x16.shuffle(ab, cd, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
    i8x16.shuffle(ab, cd, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31),
  );
  return i32x4.dot_i16x8_s(i16x8.extadd_pairwise_i8x16_u(abcd), i16x8.splat(1));
}

/** As scanWords, 128 bits at a time: for processors such as arm64 that count bits in vector registers only. */
export function scanLanes(state: usize, codes: usize, side: usize, from: i32, to: i32): void {
  const a = v128.load(state + QUERY_AT);
  const b = v128.load(state + QUERY_AT, 16);
  const c = v128.load(state + QUERY_AT, 32);
  const d = v128.load(state + QUERY_AT, 48);
  noting(state);
  for (let at = from; at < to; at += RUN_CODES) {
    let out = open(state, side);
    const limit = i32x4.splat(load<i32>(state + LIMIT_AT));
    let p = codes + (<usize>at << 6);
    // A tail of fewer than four codes is compared with whatever follows it; `slot < stop` drops the rest.
    const stop = min(to, at + RUN_CODES);
    for (let slot = at; slot < stop; slot += 4, p += 4 * CODE_BYTES) {
      const x = fold(
        lanes(p, a, b, c, d),
        lanes(p + 64, a, b, c, d),
        lanes(p + 128, a, b, c, d),
        lanes(p + 192, a, b, c, d),
      );
      const near = i32x4.le_s(x, limit);
      if (v128.any_true(near)) {
        const hits = i32x4.bitmask(near);
        const s = <usize>slot;
        if (hits & 1) out = note(out, <u64>i32x4.extract_lane(x, 0), s);
        if (hits & 2 && slot + 1 < stop) out = note(out, <u64>i32x4.extract_lane(x, 1), s + 1);
        if (hits & 4 && slot + 2 < stop) out = note(out, <u64>i32x4.extract_lane(x, 2), s + 2);
        if (hits & 8 && slot + 3 < stop) out = note(out, <u64>i32x4.extract_lane(x, 3), s + 3);
      }
    }
    close(state, out);
  }
  identify(state, side);
}

/** Scans `n` pieces of 8 words, as board.ts lays them out; a call from JavaScript for each would cost more than a short one. */
export function scanPieces(state: usize, pieces: usize, n: i32, inLanes: bool): void {
  for (const end = pieces + (<usize>n << 5); pieces < end; pieces += 32) {
    const codes = <usize>load<u32>(pieces, 4);
    const side = <usize>load<u32>(pieces, 8);
    const from = load<i32>(pieces, 12);
    const to = load<i32>(pieces, 16);
    if (load<u32>(pieces, 28) != 0) scanAllowed(state, codes, side, from, to);
    else if (inLanes) scanLanes(state, codes, side, from, to);
    else scanWords(state, codes, side, from, to);
  }
}

/** Takes over the candidates that another thread has left in `other`. */
export function absorb(state: usize, other: usize): void {
  const n = load<i32>(other + COUNT_AT);
  for (let at = 0; at < n; at += RUN_CODES) {
    if (load<i32>(state + COUNT_AT) + RUN_CODES > load<i32>(state + ROOM_AT)) select(state);
    let out = state + BUFFER_AT + (<usize>load<i32>(state + COUNT_AT) << 3);
    const worst = load<u64>(state + WORST_AT);
    const stop = min(n, at + RUN_CODES);
    for (let i = at; i < stop; i++) {
      const key = load<u64>(other + BUFFER_AT + (<usize>i << 3));
      store<u64>(out, key);
      out += <usize>(key < worst) << 3;
    }
    close(state, out);
  }
}

/** Leaves the nearest, at most k, in ascending order at the start of the buffer; returns how many. */
export function finish(state: usize): i32 {
  select(state);
  const count = load<i32>(state + COUNT_AT);
  const scratch = load<usize>(state + SCRATCH_OF);
  sort(state + BUFFER_AT, count, scratch + SPARE_AT, scratch);
  return count;
}
