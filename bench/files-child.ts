import { readFileSync, writeFileSync } from "node:fs";
import { HammingIndex } from "../src/hamming-index/index.ts";
import { K } from "./looksee.ts";

/** What a round of queries took; `megabytesRead`: from the disk. */
type Round = { ms: number[]; ids: number[][]; compared: number[]; megabytesRead: number[] };

export type Asked = {
  codes: number;
  lists: number;
  segments: number;
  openSeconds: number;
  /** Of the index's own, in memory. */
  bytesPerCode: number;
  residentGb: number;
  expected: number;
  cold: Round;
  warm: Round;
  exact: number[][];
  exactSeconds: number;
};

/** `node bench/files-child.ts FOLDER QUERIES RECALL THREADS`: asks an index whose codes are in files; see files.ts. */
const [dir, queriesFile, floor, threads] = process.argv.slice(2) as [string, string, string, string];
const bytes = new Uint8Array(readFileSync(queriesFile));
const queries = Array.from({ length: bytes.length / 64 }, (_, i) => bytes.subarray(i * 64, (i + 1) * 64));
const recall = Number(floor);

/** Bytes that this process had read from the disk. */
const bytesRead = (): number => Number(/read_bytes: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))![1]);
const forget = (): void => writeFileSync("/proc/sys/vm/drop_caches", "1");

let since = performance.now();
const index = await HammingIndex.open({ dir, codes: "file", threads: Number(threads), write: false });
const openSeconds = (performance.now() - since) / 1000;
if (index.refused.length > 0) throw index.refused[0];
let expected = 1;

async function round(before: () => void): Promise<Round> {
  const done: Round = { ms: [], ids: [], compared: [], megabytesRead: [] };
  for (const query of queries) {
    before();
    const read = bytesRead();
    const start = performance.now();
    const answer = await index.answer(query, K, { recall });
    done.ms.push(performance.now() - start);
    done.megabytesRead.push((bytesRead() - read) / 1e6);
    done.ids.push(answer.hits.map(({ id }) => id));
    done.compared.push(answer.compared);
    expected = Math.min(expected, answer.recall);
  }
  return done;
}

const cold = await round(forget);
const warm = await round(() => {});
since = performance.now();
const exact = await Promise.all(queries.map((query) => index.search(query, K)));
const exactSeconds = (performance.now() - since) / 1000;
const { codes, lists, segments, bytes: held } = index.stats();
const asked: Asked = {
  codes,
  lists,
  segments,
  openSeconds,
  bytesPerCode: (held.codes + held.ids + held.masks + held.sample + held.tables) / codes,
  residentGb: process.resourceUsage().maxRSS / 1e6,
  expected,
  cold,
  warm,
  exact: exact.map((hits) => hits.map(({ id }) => id)),
  exactSeconds,
};
process.stdout.write(JSON.stringify(asked));
await index.close();
