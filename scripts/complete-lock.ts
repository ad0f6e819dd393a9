/**
 * Adds to package-lock.json the platform packages (optionalDependencies) that the registry at hand does not offer.
 * npm leaves them out, and `npm ci` then refuses the lock: "Missing: @scope/name-darwin-arm64@ from lock file".
 * Run it after every `npm install`; test/house/lock.test.ts fails if it was forgotten.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

type Entry = {
  version: string;
  optional?: boolean;
  dev?: boolean;
  optionalDependencies?: Record<string, string>;
  os?: string[];
  cpu?: string[];
  libc?: string[];
};
type Lock = { packages: Record<string, Entry> };

const OS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const CPU = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"];

/** Names of optional packages that no entry stands for, with who wants them. */
export function missingFrom(lock: Lock): { name: string; version: string; dev: boolean }[] {
  const missing = new Map<string, { name: string; version: string; dev: boolean }>();
  for (const [path, entry] of Object.entries(lock.packages))
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {}))
      if (!lock.packages[`node_modules/${name}`] && !lock.packages[`${path}/node_modules/${name}`])
        missing.set(name, { name, version, dev: entry.dev === true });
  return [...missing.values()];
}

/** What a platform package runs on, read off its name: `…-linux-arm64-musl`. */
export function platformOf(name: string): Pick<Entry, "os" | "cpu" | "libc"> {
  const words = name.split(/[-/]/);
  const pick = (known: string[]) => words.filter((word) => known.includes(word));
  const [os, cpu] = [pick(OS), pick(CPU)];
  if (os.length === 0 && cpu.length === 0) throw new Error(`${name} names no platform: add it to the lock by hand`);
  return {
    ...(os.length > 0 ? { os } : {}),
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(words.includes("musl") ? { libc: ["musl"] } : {}),
  };
}

if (import.meta.main) {
  const file = resolve(import.meta.dirname, "../package-lock.json");
  const lock = JSON.parse(readFileSync(file, "utf8")) as Lock;
  for (const { name, version, dev } of missingFrom(lock)) {
    lock.packages[`node_modules/${name}`] = { version, ...(dev ? { dev } : {}), optional: true, ...platformOf(name) };
    console.log(`added ${name}@${version}`);
  }
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
}
