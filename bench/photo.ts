import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { openStore } from "../src/catalog/index.ts";
import { config } from "../src/config.ts";
import { LookseeError } from "../src/errors.ts";
import { everyDistance } from "../src/hamming-index/index.ts";
import { MALL_VERSION, openMall } from "../src/mall/index.ts";
import { POINTS_DEPTH } from "../src/ranking/index.ts";
import { Searcher, SURVIVORS, type Timings } from "../src/search/index.ts";
import { defaultModelFolder, type Model, openModel } from "../src/vision/index.ts";
import { growCatalog, storePictures } from "./photo-catalog.ts";

/** Items whose pictures are drawn and really seen; the rest of the catalog lies around them. */
const DRAWN = 300;
const PHOTO_SIDE = 800;
const WARM_UP = 20;
/** Photos whose coarse answer is compared with every distance, counted plainly. */
const CHECKED = 3;

export type PhotoFigures = {
  codes: number;
  /** Photo bytes to hits, ms. */
  p50: number;
  p95: number;
  /** Median of each stage, ms. */
  stages: Timings;
  queries: number;
  /** Of the coarse list of 1,200 against every distance counted one by one. */
  recall: { k: number; value: number };
  insertSeconds: number;
  openSeconds: number;
  model: string;
  mallVersion: number;
  cpu: string;
  cores: number;
  threads: number;
  node: string;
  seed: number;
  command: string;
};

/** `npm run -s bench -- photo [--codes N] [--queries N] [--seed N] [--json]`: the real path, from an 800-px JPEG to hits. */
export async function benchPhoto(args: readonly string[]): Promise<PhotoFigures> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      codes: { type: "string", default: "1000000" },
      queries: { type: "string", default: "200" },
      seed: { type: "string", default: "1" },
      json: { type: "boolean" },
    },
  });
  const [count, queries, seed] = [Number(values.codes), Number(values.queries), Number(values.seed)];
  for (const value of [count, queries, seed])
    if (!Number.isSafeInteger(value) || value < 1)
      throw new LookseeError("USAGE", "--codes, --queries and --seed are whole numbers from 1", "See bench/photo.ts");
  const dir = mkdtempSync(join(tmpdir(), "looksee-bench-"));
  const store = openStore(dir, { create: true });
  const model = await openModel(defaultModelFolder(), { workers: config.modelWorkers });
  try {
    const mall = openMall({ items: DRAWN, seed });
    const catalog = store.createCatalog("bench");
    const { codes, seconds } = await growCatalog(catalog, model, mall, count, seed);
    const photos: Uint8Array[] = [];
    const asked = Math.min(queries + WARM_UP, DRAWN); // each once if they are enough: nothing is remembered of its pictures
    for (let i = 0; i < asked; i++) photos.push(await enlarged((await mall.photo((i * 7) % DRAWN, i)).jpeg));

    const opening = performance.now();
    const searcher = await Searcher.open(store, "bench", model);
    const openSeconds = (performance.now() - opening) / 1000;
    const recall = await coarseRecall(searcher, model, photos.slice(0, CHECKED), codes);
    const opened: number[] = [];
    for (const image of photos) {
      const { hits } = await searcher.search({ image, limit: POINTS_DEPTH });
      opened.push(...hits.map(({ imageId }) => imageId));
    }
    await storePictures(catalog, mall, opened);
    const totals: Timings[] = [];
    for (let i = -WARM_UP; i < queries; i++) {
      const { timings } = await searcher.search({ image: photos[(i + WARM_UP) % asked]!, limit: 20 });
      if (i >= 0) totals.push(timings);
    }
    await searcher.close();
    const stage = (name: keyof Timings, q: number) =>
      quantile(
        totals.map((timing) => timing[name]).sort((a, b) => a - b),
        q,
      );
    const names = ["decode", "model", "vote", "coarse", "fine", "rank", "total"] as const;
    return {
      codes: count,
      p50: stage("total", 0.5),
      p95: stage("total", 0.95),
      stages: Object.fromEntries(names.map((name) => [name, stage(name, 0.5)])) as Timings,
      queries,
      recall: { k: SURVIVORS, value: recall },
      insertSeconds: seconds,
      openSeconds,
      model: `${model.card.id}@${model.card.version}`,
      mallVersion: MALL_VERSION,
      cpu: cpus()[0]?.model ?? "unknown",
      cores: availableParallelism(),
      threads: config.scanThreads,
      node: process.version,
      seed,
      command: `npm run -s bench -- photo ${args.join(" ")}`.trim(),
    };
  } finally {
    await model.close();
    store.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

export function table(figures: object): string {
  const { codes, p50, p95, stages, recall, threads, cpu } = figures as PhotoFigures;
  const parts = Object.entries(stages).map(([name, ms]) => `${name} ${ms.toFixed(1)}`);
  return [
    `an 800-px JPEG to hits over ${codes} codes: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`,
    `medians, ms: ${parts.join(", ")}`,
    `coarse recall@${recall.k} ${recall.value}; ${threads} scan threads on ${cpu}`,
  ].join("\n");
}

/** The mall's photos are smaller than a phone's; the bench asks with JPEGs of 800 px on the longer side. */
export async function enlarged(jpeg: Uint8Array): Promise<Uint8Array> {
  const larger = sharp(jpeg).resize({ width: PHOTO_SIDE, height: PHOTO_SIDE, fit: "inside", withoutReduction: true });
  return larger.jpeg({ quality: 85 }).toBuffer();
}

/** `codes` in the order in which they were stored; a new data folder numbers pictures 1, 2, 3, … */
async function coarseRecall(
  searcher: Searcher,
  model: Model,
  photos: readonly Uint8Array[],
  codes: Uint8Array,
): Promise<number> {
  let found = 0;
  let wanted = 0;
  for (const photo of photos) {
    const { code } = await model.see(photo);
    const distances = everyDistance(codes, code);
    const order = Uint32Array.from(distances, (_, i) => i).sort((a, b) => distances[a]! - distances[b]! || a - b);
    const given = await searcher.coarse(code);
    const truth = [...order.subarray(0, SURVIVORS)].map((i) => ({ id: i + 1, distance: distances[i]! }));
    wanted += truth.length;
    found += truth.filter(({ id, distance }, at) => given[at]?.id === id && given[at].distance === distance).length;
  }
  return found / wanted;
}

function quantile(sorted: readonly number[], q: number): number {
  const at = q * (sorted.length - 1);
  const low = sorted[Math.floor(at)]!;
  return low + (at - Math.floor(at)) * ((sorted[Math.ceil(at)] ?? low) - low);
}
