import { everyDistance } from "../src/hamming-index/index.ts";

/** Reproducible 32-bit numbers: Marsaglia, Xorshift RNGs, 2003. */
function xorshift(seed: number): () => number {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x2545f491) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** `n` codes of 64 bytes, every bit a coin: the time of an exact scan hardly depends on what the bits are. */
export function uniformCodes(n: number, seed: number): Uint8Array {
  const random = xorshift(seed);
  const words = new Uint32Array(n * 16);
  for (let i = 0; i < words.length; i++) words[i] = random();
  return new Uint8Array(words.buffer);
}

/** The k nearest by the slow twin, for codes whose ids are 1, 2, 3 …: keys distance x 2^32 + id, ascending. */
export function trueKeys(codes: Uint8Array, query: Uint8Array, k: number): Float64Array {
  const distances = everyDistance(codes, query);
  const count = new Uint32Array(514);
  for (const distance of distances) count[distance]!++;
  let limit = 0;
  for (let sum = count[0]!; sum < k && limit < 512; sum += count[limit]!) limit++;
  const keys: number[] = [];
  for (let i = 0; i < distances.length; i++) if (distances[i]! <= limit) keys.push(distances[i]! * 2 ** 32 + i + 1);
  return Float64Array.from(keys).sort().subarray(0, k);
}
