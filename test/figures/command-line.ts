import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** Real pictures stand beside a checkout, never in it. */
export const shared = resolve(root, "../shared/data");
export const sharedIsThere = existsSync(shared);
export const whyNot = sharedIsThere ? "" : ` (skipped: ${shared} is absent)`;

export type Run = { exit: number | null; stdout: string; stderr: string };

/** Runs the command line of this checkout as a user would. */
export function looksee(...words: string[]): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve(root, "src/cli/main.ts"), ...words], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return { exit: status, stdout, stderr };
}

/** The one JSON document of a run that must succeed. */
export function json<T>(...words: string[]): T {
  const run = looksee(...words, "--json");
  if (run.exit !== 0) throw new Error(`looksee ${words.join(" ")} exited ${run.exit}: ${run.stderr}`);
  return JSON.parse(run.stdout) as T;
}
