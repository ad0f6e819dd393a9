// The other process of committing.ts: fills a catalog, then commits codes of its pictures under another model.
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { type ImageRecord, openStore, type SightRecord } from "../src/catalog/index.ts";
import { uniformCodes } from "./uniform-codes.ts";

export const MODEL = "bench";
/** Codes a commit. */
const BATCH = 4000;

const VALUES = Int8Array.from({ length: 512 }, (_, i) => i % 100);
const CATEGORY = new Float32Array(14).fill(1 / 14);

if (process.argv[1] === import.meta.filename) await main();

async function main(): Promise<void> {
  const [codes, waiting] = [Number(process.argv[3]), Number(process.argv[4])]; // pictures seen, and not yet seen, by the model
  const store = openStore(process.argv[2]!, { create: true });
  const catalog = store.createCatalog("main");
  const sourceId = catalog.source("bench");
  const parts = { sourceId, unchanged: [], removed: [], origins: [], quarantined: [], job: { id: 1, run: 1 } };
  // One item with all pictures: what is committed later is codes alone.
  const total = codes + waiting;
  const images = Array.from({ length: total }, (_, i): ImageRecord => {
    return { sha256: i.toString(16).padStart(64, "0"), width: 1, height: 1, mime: "image/jpeg", bytes: 1 };
  });
  for (let from = 0; from < total; from += 20_000) {
    const some = images.slice(from, from + 20_000);
    const pictures = some.map(({ sha256 }) => ({ variantId: null, sha256 }));
    const item = { itemId: `${from}`, title: "", description: null, category: `c${from % 14}`, url: null, price: null };
    const rest = { currency: null, stock: null, attributes: {}, contentHash: "", variants: [], pictures };
    catalog.commit({ ...parts, modelId: MODEL, images: some, items: [{ ...item, ...rest }] });
  }
  const drawn = uniformCodes(BATCH * 8, 3);
  let done = 0;
  const commit = (n: number): void => {
    const sights = new Map<number, SightRecord>();
    for (let i = 0; i < n; i++) sights.set(done + i + 1, sightOf(drawn, (done + i) % (BATCH * 8)));
    catalog.addSights(MODEL, sights);
    done += n;
  };
  while (done < codes) commit(Math.min(20_000, codes - done));
  process.stdout.write("{}\n");
  for await (const line of createInterface(process.stdin)) {
    const { rate, seconds } = JSON.parse(line) as { rate: number; seconds: number };
    const [before, started, cpu] = [done, performance.now(), process.cpuUsage()];
    let commitMs = 0;
    for (let rows = 0; performance.now() < started + seconds * 1000 && done + BATCH <= total; rows += BATCH) {
      const begun = performance.now();
      commit(BATCH);
      commitMs += performance.now() - begun;
      const due = started + ((rows + BATCH) / rate) * 1000;
      if (due > performance.now()) await sleep(due - performance.now());
    }
    const took = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const said = {
      rows: done - before,
      seconds: took,
      commitSeconds: commitMs / 1000,
      cpuSeconds: (user + system) / 1e6,
    };
    process.stdout.write(`${JSON.stringify(said)}\n`);
  }
  store.close();
}

function sightOf(codes: Uint8Array, i: number): SightRecord {
  return {
    code: codes.subarray(i * 64, i * 64 + 64),
    feature: { values: VALUES, scale: 0.01 },
    category: CATEGORY,
    box: [0, 0, 1, 1],
    boxScore: 0.5,
  };
}
