import { byDistanceThenId, everyDistance, type Hit } from "../../src/hamming-index/index.ts";

/** A fixed generator (Marsaglia, Xorshift RNGs, 2003), so that a red run can be replayed. */
export function xorshift(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** `n` codes of 64 bytes, of which about `copies` (0 … 1) repeat one of eight codes, so that ties are certain. */
export function randomCodes(random: () => number, n: number, copies = 0.3): Uint8Array {
  const words = new Uint32Array(n * 16);
  for (let i = 0; i < words.length; i++) words[i] = random();
  for (let i = 8; i < n; i++)
    if (random() < copies * 2 ** 32) words.copyWithin(i * 16, (random() % 8) * 16, (random() % 8) * 16 + 16);
  return new Uint8Array(words.buffer);
}

/** The k nearest by the slow twin, over a plain map of id -> code. */
export function oracle(held: ReadonlyMap<number, Uint8Array>, query: Uint8Array, k: number): Hit[] {
  return [...held]
    .map(([id, code]) => ({ id, distance: everyDistance(code, query)[0]! }))
    .sort(byDistanceThenId)
    .slice(0, k);
}

/** The same over codes side by side. */
export function oracleOf(ids: Uint32Array, codes: Uint8Array, query: Uint8Array, k: number): Hit[] {
  const distances = everyDistance(codes, query);
  const keys = Float64Array.from(ids, (id, i) => distances[i]! * 2 ** 32 + id).sort();
  return Array.from(keys.subarray(0, k), (key) => ({ id: key % 2 ** 32, distance: Math.floor(key / 2 ** 32) }));
}

/** The first place where two lists of hits differ, or "same": toEqual() takes seconds over a hundred thousand. */
export function compareHits(actual: readonly Hit[], expected: readonly Hit[]): string {
  const n = Math.max(actual.length, expected.length);
  for (let i = 0; i < n; i++)
    if (actual[i]?.id !== expected[i]?.id || actual[i]?.distance !== expected[i]?.distance)
      return `hit ${i} is ${JSON.stringify(actual[i])}, not ${JSON.stringify(expected[i])}`;
  return "same";
}

/** Codes up to `flips` bits off one of `crowds` middles, as those of real pictures lie in crowds. */
export function crowded(seed: number, n: number, crowds: number, flips: number): Uint8Array {
  const middles = randomCodes(xorshift(5), crowds, 0);
  const random = xorshift(seed);
  const codes = new Uint8Array(n * 64);
  for (let i = 0; i < n; i++) {
    const crowd = (random() % crowds) * 64;
    codes.set(middles.subarray(crowd, crowd + 64), i * 64);
    for (let left = random() % flips; left > 0; left--) codes[i * 64 + (random() % 64)]! ^= 1 << (random() % 8);
  }
  return codes;
}
