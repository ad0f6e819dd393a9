import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const PEERS = ["faiss-cpu", "usearch", "lancedb", "zvec", "milvus-lite", "redis vector sets"] as const;

/** One way of asking one engine. */
export type PeerRun = {
  mode: string;
  settings: string;
  version: string;
  build: string;
  ms: number[];
  qps: number;
  /** Of each query, up to k ids, nearest first. */
  found: BigInt64Array;
  bytes: number;
  buildSeconds: number;
};

type Line = Partial<{ version: string; build: string; missing: string }> &
  Partial<{ built: string; seconds: number; bytes: number }> &
  Partial<{ mode: string; settings: string; ms: number[]; qps: number; ids: string }>;

/**
 * Runs bench/peers.py for one engine over the codes and queries in `folder`. What it had measured before it failed or
 * before `minutes` were over counts, and the reason why there is no more is given.
 */
export async function askPeer(
  python: string,
  engine: string,
  folder: string,
  threads: number,
  k: number,
  minutes: number,
): Promise<{ runs: PeerRun[]; missing: string | undefined }> {
  const args = [join(import.meta.dirname, "peers.py"), engine, folder, String(threads), String(k)];
  const child = spawn(python, args, { stdio: ["ignore", "pipe", "pipe"] });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, minutes * 60_000);
  let errors = "";
  child.stderr.on("data", (text) => {
    errors = (errors + text).slice(-2000);
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on("error", () => resolve(null));
    child.on("close", resolve);
  });
  let { version, build, missing }: Line = { version: "?", build: "?" };
  let built: Line = {};
  const runs: PeerRun[] = [];
  for await (const text of createInterface(child.stdout)) {
    if (!text.startsWith("{")) continue; // engines print what they please
    const line: Line = JSON.parse(text);
    if (line.missing) missing = line.missing;
    else if (line.version !== undefined) ({ version, build } = line);
    else if (line.built !== undefined) built = line;
    else if (line.ids !== undefined) {
      const bytes = Uint8Array.from(readFileSync(join(folder, line.ids)));
      runs.push({
        mode: line.mode!,
        settings: line.settings!,
        version: version!,
        build: build!,
        ms: line.ms!,
        qps: line.qps!,
        found: new BigInt64Array(bytes.buffer),
        bytes: built.built === line.mode ? built.bytes! : 64, // exact search over the bare codes
        buildSeconds: built.built === line.mode ? built.seconds! : 0,
      });
    }
  }
  const status = await ended;
  clearTimeout(timer);
  if (late)
    missing = `not done within ${minutes} minutes${built.built ? `; ${built.built} was the last index built` : ""}`;
  else if (status !== 0 && !missing) missing = `ended with ${status}: ${errors.trim().split("\n").at(-1) ?? ""}`;
  return { runs, missing };
}
