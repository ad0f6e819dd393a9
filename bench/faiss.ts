import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A python3 that has faiss: LOOKSEE_PYTHON, or one of the usual. */
export function pythonWithFaiss(): string | undefined {
  const named = process.env.LOOKSEE_PYTHON;
  return (named ? [named] : ["python3", "/usr/bin/python3"]).find(
    (python) => spawnSync(python, ["-c", "import faiss, numpy"], { stdio: "ignore" }).status === 0,
  );
}

/** faiss-cpu's IndexBinaryFlat over the same codes, in a process of its own that waits until it is asked. */
export class Faiss {
  version = "";
  /** faiss.get_compile_options(): what it was built for. */
  build = "";
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #dir: string;

  private constructor(python: string, codes: Uint8Array, queries: Uint8Array, k: number) {
    this.#dir = mkdtempSync(join(tmpdir(), "looksee-faiss-"));
    const [codesFile, queriesFile] = [join(this.#dir, "codes"), join(this.#dir, "queries")];
    writeFileSync(codesFile, codes);
    writeFileSync(queriesFile, queries);
    const args = [join(import.meta.dirname, "faiss_flat.py"), codesFile, queriesFile, String(k)];
    this.#child = spawn(python, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface(this.#child.stdout!)[Symbol.asyncIterator]();
  }

  static async open(python: string, codes: Uint8Array, queries: Uint8Array, k: number): Promise<Faiss> {
    const faiss = new Faiss(python, codes, queries, k);
    Object.assign(faiss, await faiss.#next());
    rmSync(faiss.#dir, { recursive: true, force: true }); // read by now
    return faiss;
  }

  /** A build without AVX2, AVX512, NEON or SVE counts bits one word at a time and is no peer. */
  get simd(): boolean {
    return /AVX|NEON|SVE/.test(this.build);
  }

  /** Every query once, one at a time: ms each, and the distances of the first three. */
  async round(threads: number, heap: boolean): Promise<{ ms: number[]; distances: number[][] }> {
    this.#child.stdin!.write(`${threads} ${heap ? 1 : 0}\n`);
    return (await this.#next()) as { ms: number[]; distances: number[][] };
  }

  close(): void {
    this.#child.kill();
  }

  async #next(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("bench/faiss_flat.py ended early; its message stands above");
    return JSON.parse(value);
  }
}
