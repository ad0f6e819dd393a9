import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { HammingIndex } from "../../src/hamming-index/index.ts";
import { compareHits, oracle, randomCodes, xorshift } from "../hamming-index/random-codes.ts";
import { applyBatch } from "./segments-batches.ts";

/** LOOKSEE_KILLS=12 is the short form. */
const KILLS = Number(process.env.LOOKSEE_KILLS ?? 1000);
const SEED = 9;
const child = join(import.meta.dirname, "segments-child.ts");

/** Lets a process change and write the index until it has said `batches` numbers and `ms` more; the last number said. */
async function writeUntilKilled(dir: string, codes: string, batches: number, ms: number): Promise<number> {
  const writer = spawn(process.execPath, [child, dir, codes], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(writer, "exit");
  const said: string[] = [];
  const enough = new Promise<void>((resolve) => {
    let rest = "";
    writer.stdout.on("data", (text: Buffer) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      said.push(...lines);
      if (said.length > batches) resolve(); // the first line says that the folder is open
    });
  });
  await Promise.race([enough, ended]);
  await sleep(ms);
  writer.kill("SIGKILL");
  const [code] = await ended;
  expect(code, "the writer ended by itself").toBe(null);
  return Number(said.at(-1));
}

test.each(["memory", "file"] as const)(
  `an index with codes in %s, its writer killed ${Math.ceil(KILLS / 2)} times (seed ${SEED})`,
  async (codes) => {
    const dir = mkdtempSync(join(tmpdir(), "looksee-kills-"));
    const random = xorshift(SEED);
    const held = new Map<number, { code: Uint8Array; group: number }>();
    let mark = 0;
    let midway = 0;
    for (let kill = 0; kill < Math.ceil(KILLS / 2); kill++) {
      const acknowledged = await writeUntilKilled(dir, codes, random() % 5, random() % 30);
      const index = await HammingIndex.open({ dir, modelId: "kills", codes, write: false });
      expect(index.refused, `kill ${kill}: every segment verifies`).toEqual([]);
      expect(index.mark, `kill ${kill}: nothing acknowledged is missing`).toBeGreaterThanOrEqual(acknowledged);
      if (index.mark > acknowledged) midway++;
      while (mark < index.mark) applyBatch(held, ++mark);
      expect(index.size, `kill ${kill}`).toBe(held.size);
      for (const group of [undefined, kill % 5]) {
        const query = randomCodes(random, 1);
        const own = [...held].filter(([, one]) => group === undefined || one.group === group);
        const codes = new Map(own.map(([id, { code }]) => [id, code]));
        const hits = await index.search(query, 300, { group });
        expect(compareHits(hits, oracle(codes, query, 300)), `kill ${kill}`).toBe("same");
      }
      await index.close();
    }
    expect(mark, "batches written").toBeGreaterThan(KILLS / 2);
    console.error(`${mark} batches written, ${midway} kills between writing and saying so`);
    rmSync(dir, { recursive: true });
  },
  KILLS * 20_000,
);
