/** Builds what runs without TypeScript: `dist/` from `src/` (tsc) and `dist/web` from `web/` (Vite). */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");

function run(command: string, ...words: string[]): void {
  const bin = resolve(root, "node_modules/.bin", command);
  // npm pack --json owns stdout; what a compiler has to say goes to stderr.
  const { status } = spawnSync(bin, words, { cwd: root, stdio: ["ignore", 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

rmSync(resolve(root, "dist"), { recursive: true, force: true });
run("tsc", "-p", "tsconfig.build.json");
run("vite", "build", "web", "--logLevel", "warn");
