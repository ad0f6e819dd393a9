import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { LookseeError } from "../src/errors.ts";
import { HammingIndex } from "../src/hamming-index/index.ts";
import type { DenseCodes } from "./dense-codes.ts";
import type { Asked } from "./files-child.ts";
import { K, quantile, recallOf } from "./looksee.ts";
import { commandOf, machine, REAL_OPTIONS, setUp, whole } from "./set-up.ts";

const GIB = 2 ** 30;
/** Codes upserted at once. */
const RUN = 65_536;
/** Codes from which on the index has lists, as `looksee index` makes them; later ones are sorted in as they are merged. */
const LISTS_FROM = 10_000_000;

/**
 * `npm run -s bench -- files --dir FOLDER [--codes 300000000] [--memory 10] [--recall 0.99] [--threads 2] [--asked 100]
 * [--data … --gallery … --queries …] [--json]`: an index several times larger than the memory it may use, its codes in
 * files. The folder is filled once (64 bytes a code and as much again beside it while it is) and kept. Asked in a process
 * that a cgroup holds to so many GiB, page cache included, each query first with nothing of the files in the cache. Needs
 * root and Linux.
 */
export async function benchFiles(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      codes: { type: "string", default: "300000000" },
      dir: { type: "string" },
      memory: { type: "string", default: "10" },
      recall: { type: "string", default: "0.99" },
      threads: { type: "string", default: String(availableParallelism()) },
      asked: { type: "string", default: "100" },
      ...REAL_OPTIONS,
    },
  });
  const { dir } = values;
  if (!dir) throw new LookseeError("USAGE", "no --dir", "Name a folder with room for twice 64 bytes a code");
  const { real, dense, queries, seed } = await setUp(values, whole("--asked", values.asked));
  const built = existsSync(join(dir, "manifest"))
    ? "before"
    : await build(dir, dense, whole("--codes", values.codes), whole("--threads", values.threads));
  const facts = {
    ...machine(),
    seed,
    codesAre: `${dense.real} real (${real.from}), densified`,
    command: commandOf("files", args),
    built,
    memoryGib: whole("--memory", values.memory),
  };
  const scratch = mkdtempSync(join(tmpdir(), "looksee-bench-"));
  try {
    writeFileSync(join(scratch, "queries"), Buffer.concat(queries.map(({ code }) => code)));
    const asked = await inCgroup(facts.memoryGib * GIB, [dir, join(scratch, "queries"), values.recall, values.threads]);
    const recall = recallOf(asked.cold.ids, asked.exact);
    const { cold, warm } = asked;
    return {
      ...facts,
      codes: asked.codes,
      lists: asked.lists,
      segments: asked.segments,
      openSeconds: asked.openSeconds,
      bytesPerCode: asked.bytesPerCode,
      residentGb: asked.residentGb,
      k: K,
      asked: queries.length,
      floor: Number(values.recall),
      expected: asked.expected,
      ...recall,
      coldMs: { p50: quantile(cold.ms, 0.5), p95: quantile(cold.ms, 0.95) },
      warmMs: { p50: quantile(warm.ms, 0.5), p95: quantile(warm.ms, 0.95) },
      compared: quantile(cold.compared, 0.5),
      megabytesRead: quantile(cold.megabytesRead, 0.5),
      exactSecondsEach: asked.exactSeconds / queries.length,
    };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

async function build(dir: string, dense: DenseCodes, count: number, threads: number) {
  mkdirSync(dir, { recursive: true });
  const index = await HammingIndex.open({ dir, codes: "file", threads });
  const seconds = { draw: 0, insert: 0, cluster: 0, flush: 0 };
  const timed = async <T>(stage: keyof typeof seconds, work: () => T): Promise<Awaited<T>> => {
    const start = performance.now();
    const done = await work();
    seconds[stage] += (performance.now() - start) / 1000;
    return done;
  };
  for (let from = 0; from < count; from += RUN) {
    const codes = await timed("draw", () => dense.codes(from, Math.min(RUN, count - from)));
    const ids = Uint32Array.from({ length: codes.length / 64 }, (_, i) => from + i + 1);
    await timed("insert", () => index.upsert(ids, codes));
    if (from < LISTS_FROM && from + RUN >= LISTS_FROM) await timed("cluster", () => index.cluster());
    if ((from / RUN) % 160 === 0) console.error(`${from} codes, ${JSON.stringify(seconds)}`);
  }
  await timed("cluster", () => index.cluster());
  await timed("flush", () => index.flush(1));
  await index.close();
  return { ...seconds, peakGb: process.resourceUsage().maxRSS / 1e6 };
}

/** Runs files-child.ts with so many bytes of memory, what the system caches for it among them. */
async function inCgroup(bytes: number, args: readonly string[]): Promise<Asked> {
  const old = existsSync("/sys/fs/cgroup/memory/memory.limit_in_bytes"); // cgroup v1
  const group = `${old ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup"}/looksee-bench-${process.pid}`;
  try {
    mkdirSync(group);
    writeFileSync(join(group, old ? "memory.limit_in_bytes" : "memory.max"), String(bytes));
  } catch (error) {
    throw new LookseeError("USAGE", `no cgroup could be made (${(error as Error).message})`, "Run as root on Linux");
  }
  const child = join(import.meta.dirname, "files-child.ts");
  const enter = `echo $$ > ${group}/cgroup.procs && exec "$@"`;
  const started = spawn("sh", ["-c", enter, "sh", process.execPath, child, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const parts: Buffer[] = [];
  started.stdout.on("data", (part: Buffer) => parts.push(part));
  const [code, signal] = await once(started, "close");
  rmdirSync(group);
  if (code !== 0) throw new LookseeError("INTERNAL", `the bench's child ended with ${code ?? signal}`, "See above");
  return JSON.parse(Buffer.concat(parts).toString());
}
