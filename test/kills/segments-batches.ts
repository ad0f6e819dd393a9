import { randomCodes, xorshift } from "../hamming-index/random-codes.ts";

/** Ids there are: few, so that codes are replaced, removed and put back all the time. */
const IDS = 4000;

/** What the batch of that number changes: always the same. Upserts come first. */
export function batchOf(number: number): { ids: Uint32Array; codes: Uint8Array; gone: Uint32Array } {
  const random = xorshift(number * 2_654_435);
  for (let i = 0; i < 8; i++) random();
  const ids = Uint32Array.from({ length: 50 + (random() % 400) }, () => random() % IDS);
  const codes = randomCodes(random, ids.length, 0.2);
  return { ids, codes, gone: Uint32Array.from({ length: random() % 100 }, () => random() % IDS) };
}

/** Applies a batch to a plain map. */
export function applyBatch(held: Map<number, Uint8Array>, number: number): void {
  const { ids, codes, gone } = batchOf(number);
  for (const [i, id] of ids.entries()) held.set(id, codes.subarray(i * 64, i * 64 + 64));
  for (const id of gone) held.delete(id);
}
