/** Builds what runs without TypeScript: `dist/` from `src/` (tsc) and `dist/web` from `web/` (Vite). */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const run = (command: string, ...words: string[]) =>
  execFileSync(resolve(root, "node_modules/.bin", command), words, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });

rmSync(resolve(root, "dist"), { recursive: true, force: true });
run("tsc", "-p", "tsconfig.build.json");
run("vite", "build", "web", "--logLevel", "warn");
