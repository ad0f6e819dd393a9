import { randomCodes, xorshift } from "../hamming-index/random-codes.ts";

/** Ids there are: few, so that codes are replaced, removed and put back all the time. */
const IDS = 4000;

type Batch = { ids: Uint32Array; codes: Uint8Array; groups: Uint16Array; gone: Uint32Array };

/** What the batch of that number changes: always the same. Upserts come first. */
export function batchOf(number: number): Batch {
  const random = xorshift(number * 2_654_435);
  for (let i = 0; i < 8; i++) random();
  const ids = Uint32Array.from({ length: 50 + (random() % 400) }, () => random() % IDS);
  const codes = randomCodes(random, ids.length, 0.2);
  const groups = Uint16Array.from(ids, () => random() % 5);
  return { ids, codes, groups, gone: Uint32Array.from({ length: random() % 100 }, () => random() % IDS) };
}

/** Applies a batch to a plain map. */
export function applyBatch(held: Map<number, { code: Uint8Array; group: number }>, number: number): void {
  const { ids, codes, groups, gone } = batchOf(number);
  for (const [i, id] of ids.entries()) held.set(id, { code: codes.subarray(i * 64, i * 64 + 64), group: groups[i]! });
  for (const id of gone) held.delete(id);
}
