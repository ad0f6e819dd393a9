import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

export type Run = { exit: number | null; stdout: string; stderr: string };

/** Runs the command line of this checkout as a user would, without a terminal. */
export function looksee(...words: string[]): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve(root, "src/cli/main.ts"), ...words], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, LOOKSEE_DATA: undefined },
  });
  return { exit: status, stdout, stderr };
}

/** The one JSON document of a run. Throws if it did not end well or printed anything else. */
export function json<T>(...words: string[]): T {
  const run = looksee(...words, "--json");
  if (run.exit !== 0) throw new Error(`looksee ${words.join(" ")} exited ${run.exit}: ${run.stderr}`);
  return JSON.parse(run.stdout) as T;
}
