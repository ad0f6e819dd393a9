import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import pino from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { open, type SearchResult, type Shop } from "../../src/index.ts";
import { serve } from "../../src/server/index.ts";
import { defaultModelFolder, readCard } from "../../src/vision/index.ts";
import { items, patches, scratch } from "../vision/patches.ts";
import { tinyModel } from "../vision/tiny-onnx.ts";

let at: ReturnType<typeof scratch>;
let data: string;
/** The one that serves; and another process, as far as it can tell. */
let serving: Shop;
let other: Shop;
let own: string;
let tiny: string;

beforeEach(async () => {
  at = scratch();
  data = join(at.dir, "data");
  other = await open(data);
  await other.catalog("main").import(items(12));
  tiny = (await other.models.add(tinyModel(join(at.dir, "tiny"), {}, { codeThresholds: null }))).modelId;
  await other.catalog("main").index({ model: tiny });
  own = (await readCard(defaultModelFolder())).id;
  serving = await open(data);
});
afterEach(async () => {
  await serving.close();
  await other.close();
  at.remove();
});

const modelOf = ({ modelVersion }: SearchResult) => modelVersion.split("@")[0];
const threads = () => readdirSync("/proc/self/task").length;

async function eventually(model: string): Promise<void> {
  const image = await patches(1, 30);
  await expect
    .poll(async () => modelOf(await serving.catalog("main").search({ image })), { timeout: 120_000, interval: 20 })
    .toBe(model);
}

test("models go to and fro under a stream of requests: each is answered, as one model or the other answers it", {
  timeout: 300_000,
}, async () => {
  const { url, close } = await serve(serving, { port: 0, logger: pino({ level: "silent" }) });
  const answers: { status: number; model: string | undefined; asked: number; hits: SearchResult["hits"] }[] = [];
  let asking = true;
  const client = async (n: number) => {
    for (let k = n; asking; k++) {
      const body = new FormData();
      body.append("image", new Blob([Buffer.from(await patches(k % 12, 30))]), "photo.png");
      const answer = await fetch(`${url}/v1/catalogs/main/search?`, { method: "POST", body });
      const result = (await answer.json()) as SearchResult;
      answers.push({ status: answer.status, model: modelOf(result), asked: k % 12, hits: result.hits });
    }
  };
  const clients = [0, 3, 6, 9].map(client);
  const until = (model: string, from: number) =>
    expect
      .poll(() => answers.slice(from).filter((answer) => answer.model === model).length, { timeout: 120_000 })
      .toBeGreaterThan(8);
  await until(own, 0);
  let before = answers.length;
  await other.models.promote(tiny);
  await until(tiny, before);
  before = answers.length;
  const promoted = await fetch(`${url}/v1/models/${own}/promote`, { method: "POST" });
  expect(promoted.status).toBe(200);
  await until(own, before);
  before = answers.length;
  await other.models.rollback();
  await until(tiny, before);
  asking = false;
  await Promise.all(clients);
  await close();
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  const given = new Map<string, SearchResult["hits"]>();
  for (const { model, asked, hits } of answers) {
    const first = given.get(`${model} ${asked}`) ?? hits;
    given.set(`${model} ${asked}`, first);
    // Only scores may differ, in their eighth digit: requests that come together share a pass, whose floats round otherwise.
    expect(hits.map((hit, n) => ({ ...hit, score: first[n]?.score }))).toEqual(first);
    for (const [n, { score }] of hits.entries()) expect(score).toBeCloseTo(first[n]!.score, 6);
  }
  expect(given.size).toBeGreaterThan(16);
});

test("the pages of an answer go on after its model was replaced, neither repeating nor skipping", async () => {
  const main = serving.catalog("main");
  const image = await patches(4, 30);
  const whole = (await main.search({ image, limit: 12 })).hits;
  const first = await main.search({ image, limit: 4 });
  await other.models.promote(tiny);
  await eventually(tiny);
  const second = await main.search({ cursor: first.nextCursor! });
  const third = await main.search({ cursor: second.nextCursor! });
  expect([first, second, third].flatMap(({ hits }) => hits)).toEqual(whole);
  expect([second, third].map(modelOf)).toEqual([own, own]);
});

test("what comes in after a promotion shows in the very next search, though the old model still answers for the rest", async () => {
  const main = serving.catalog("main");
  await main.search({ image: await patches(1) });
  await other.models.promote(tiny);
  await other.catalog("main").import(items(1, 50), { name: "late" });
  const result = await main.search({ image: await patches(50, 30), limit: 1 });
  expect([modelOf(result), result.hits[0]!.itemId]).toEqual([tiny, "i50"]);
});

test("the old model's threads are gone when the new one answers, however often they change", {
  timeout: 300_000,
}, async () => {
  await eventually(own);
  let first = 0;
  for (let round = 0; round < 3; round++) {
    await other.models.promote(tiny);
    await eventually(tiny);
    await other.models.rollback();
    await eventually(own);
    first ||= threads();
    await expect.poll(threads, { timeout: 120_000 }).toBeLessThanOrEqual(first + 2);
  }
});

test("a promoted model that cannot be opened here leaves the old one answering", async () => {
  await eventually(own);
  await other.models.promote(tiny);
  rmSync(join(data, "models", tiny), { recursive: true });
  const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
  const image = await patches(1, 30);
  for (let n = 0; n < 5; n++) expect(modelOf(await serving.catalog("main").search({ image }))).toBe(own);
  expect((await warned).message).toMatch(/the model before answers on: MODEL_MISSING/);
  const fresh = await open(data);
  await expect(fresh.catalog("main").search({ image })).rejects.toThrow(
    /MODEL_MISSING: model tiny is in use, and .*models\/tiny is not there/,
  );
  await fresh.close();
  expect(readFileSync(join(at.dir, "tiny/card.json"), "utf8")).toContain("tiny");
});

test("a program that names a model folder keeps it, whatever is promoted", async () => {
  await other.models.promote(tiny);
  const fixed = await open(data, { model: defaultModelFolder() });
  expect(modelOf(await fixed.catalog("main").search({ image: await patches(1, 30) }))).toBe(own);
  await fixed.close();
});
