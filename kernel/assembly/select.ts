// Cuts a thread's candidates down to the k smallest keys, exactly.
import { BINS, BUFFER_AT, CODE_BITS, COUNT_AT, K_AT, LIMIT_AT, SCRATCH_OF, SPARE_AT, WORST_AT } from "../../src/hamming-index/layout";

/** Keeps the k smallest keys of the buffer, in no particular order, and lowers WORST and LIMIT to the k-th of them. */
export function select(state: usize): void {
  const k = load<i32>(state + K_AT);
  const count = load<i32>(state + COUNT_AT);
  if (count <= k) return;
  const buffer = state + BUFFER_AT;
  const end = buffer + (<usize>count << 3);
  const bins = load<usize>(state + SCRATCH_OF);

  memory.fill(bins, 0, (CODE_BITS + 1) << 2);
  for (let p = buffer; p < end; p += 8) {
    const bin = bins + (<usize>(load<u64>(p) >> 32) << 2);
    store<i32>(bin, load<i32>(bin) + 1);
  }
  let distance = 0; // of the k-th
  let below = 0; // keys nearer than that
  for (let n = load<i32>(bins); below + n < k; n = load<i32>(bins + (<usize>distance << 2))) {
    below += n;
    distance++;
  }

  const ties = bins + SPARE_AT;
  let out = buffer;
  let tie = ties;
  let last: u64 = 0;
  let ascending = true;
  for (let p = buffer; p < end; p += 8) {
    const key = load<u64>(p);
    const d = <i32>(key >> 32);
    if (d < distance) {
      store<u64>(out, key);
      out += 8;
    } else if (d == distance) {
      if (key < last) ascending = false;
      last = key;
      store<u64>(tie, key);
      tie += 8;
    }
  }
  if (!ascending) sort(ties, <i32>((tie - ties) >> 3), out, bins);
  const wanted = <usize>(k - below) << 3;
  memory.copy(out, ties, wanted);
  store<i32>(state + COUNT_AT, k);
  store<u64>(state + WORST_AT, load<u64>(out + wanted - 8));
  store<i32>(state + LIMIT_AT, distance);
}

/** Ascending radix sort of `n` keys below 2^44 in place; `spare` has room for n keys, `bins` for BINS counters. */
export function sort(keys: usize, n: i32, spare: usize, bins: usize): void {
  if (n < 2) return;
  let from = keys;
  let to = spare;
  const size = <usize>n << 3;
  for (let shift: u64 = 0; shift < 44; shift += 11) {
    memory.fill(bins, 0, BINS << 2);
    for (let p = from; p < from + size; p += 8) {
      const bin = bins + ((<usize>(load<u64>(p) >> shift) & (BINS - 1)) << 2);
      store<i32>(bin, load<i32>(bin) + 1);
    }
    if (load<i32>(bins + ((<usize>(load<u64>(from) >> shift) & (BINS - 1)) << 2)) == n) continue; // all alike here
    let sum = 0;
    for (let bin = bins; bin < bins + (BINS << 2); bin += 4) {
      const here = load<i32>(bin);
      store<i32>(bin, sum);
      sum += here;
    }
    for (let p = from; p < from + size; p += 8) {
      const key = load<u64>(p);
      const bin = bins + ((<usize>(key >> shift) & (BINS - 1)) << 2);
      const at = load<i32>(bin);
      store<i32>(bin, at + 1);
      store<u64>(to + (<usize>at << 3), key);
    }
    const swap = from;
    from = to;
    to = swap;
  }
  if (from != keys) memory.copy(keys, from, size);
}
