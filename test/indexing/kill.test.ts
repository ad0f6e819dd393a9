import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { openStore } from "../../src/catalog/index.ts";
import { importSource } from "../../src/indexing/index.ts";
import { fakeModel, jpeg } from "./fake-model.ts";
import { canonical, pictures, scratch, store, write } from "./scene.ts";

/** Kills at pictures that a fixed seed chooses. LOOKSEE_KILLS=200 makes the long suite of it. */
const KILLS = Number(process.env.LOOKSEE_KILLS ?? 5);

function mulberry32(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** 600 rows in groups, with pictures that rows share, some broken rows and some broken pictures. */
async function source(): Promise<string> {
  const folder = scratch();
  await pictures(folder, 120);
  write(folder, { "broken.jpg": (await jpeg(5, 300)).subarray(0, 700) });
  const rows = Array.from({ length: 600 }, (_, i) => {
    const group = i % 3 === 0 ? "" : `I${i - (i % 3)}`;
    const picture = i % 50 === 7 ? "broken.jpg" : `${1 + (i % 120)}.jpg,${1 + ((i * 7) % 120)}.jpg`;
    return `I${i},${group},Title ${i},${i % 90 === 5 ? "price" : i / 10},C${i % 4},"${picture}"`;
  });
  write(folder, { "shop.csv": `id,item_group_id,title,price,category,image\n${rows.join("\n")}\n` });
  return join(folder, "shop.csv");
}

const child = join(import.meta.dirname, "import-child.ts");

/** Imports in a process of its own, killed when it looks at its n-th picture. True: it was done before. */
async function importUntil(path: string, data: string, n: number): Promise<boolean> {
  const importer = spawn(process.execPath, [child, path, data], { stdio: ["ignore", "pipe", "inherit"] });
  let looks = 0;
  importer.stdout.on("data", (dots: Buffer) => {
    looks += dots.length;
    if (looks >= n) importer.kill("SIGKILL");
  });
  const [code] = await once(importer, "exit");
  return code === 0;
}

test(`an import killed ${KILLS} times, at any moment, and taken up again equals one left alone`, {
  timeout: 120_000,
}, async () => {
  const path = await source();
  const alone = store();
  const report = await importSource(alone, "main", fakeModel(), path);
  const expected = canonical(alone.catalog("main"));
  expect(report).toMatchObject({ rows: 600, items: 200 });
  expect(expected.quarantine.length).toBeGreaterThan(10);

  let data = scratch();
  const random = mulberry32(9);
  let unfinished = 0;
  for (let i = 0, committed = 0; i < KILLS; i++) {
    const finished = await importUntil(path, data, 8 + Math.floor(random() * 30));
    const opened = openStore(data, { create: true });
    const catalog = opened.createCatalog("main");
    const { codes } = canonical(catalog);
    // What is there after a kill is whole, with ids in the source's order, none skipped, nothing lost.
    expect(codes).toEqual(expected.codes.slice(0, codes.length));
    expect(codes.length).toBeGreaterThanOrEqual(committed);
    for (const { imageId } of codes) expect(catalog.picture(imageId).bytes(true).length).toBeGreaterThan(0);
    if (!finished && codes.length > 0) unfinished++;
    committed = codes.length;
    opened.close();
    if (finished) [data, committed] = [scratch(), 0]; // a long run goes on with another import
  }
  expect(unfinished, "kills in the middle of an import").toBeGreaterThan(0);

  const resumed = openStore(data, { create: true });
  const last = await importSource(resumed, "main", fakeModel(), path);
  expect(canonical(resumed.catalog("main"))).toEqual(expected);
  expect(last.imported + last.unchanged).toBe(report.imported);
  expect(last).toMatchObject({ items: report.items, variants: report.variants, pictures: report.pictures });
  expect(last.quarantined).toEqual(report.quarantined);
  expect(resumed.catalog("main").jobs.list()[0]).toMatchObject({ state: "done" });
  resumed.close();
});

test("a cancelled import says so, keeps what was done, and goes on as the same job", async () => {
  const path = await source();
  const data = store();
  const stop = new AbortController();
  const eyes = fakeModel();
  const see: typeof eyes.see = (bytes) => {
    if (eyes.seen >= 60) stop.abort();
    return eyes.see(bytes);
  };
  const cancelled = importSource(data, "main", { id: "fake", see }, path, { signal: stop.signal });
  await expect(cancelled).rejects.toThrow(
    /IMPORT_CANCELLED: the import of .* was stopped\. Run the same command again/,
  );
  const catalog = data.catalog("main");
  const { items } = catalog.counts();
  expect(items).toBeGreaterThan(0);
  expect(items).toBeLessThan(200);
  expect(catalog.jobs.list()).toMatchObject([{ jobId: "job-1", state: "interrupted", finished: null }]);
  const model = fakeModel();
  const report = await importSource(data, "main", model, path);
  expect(report).toMatchObject({ jobId: "job-1", rows: 600, items: 200 });
  expect(report.unchanged).toBeGreaterThan(0);
  expect(model.seen).toBeLessThan(120);
  expect(catalog.jobs.list()).toMatchObject([{ state: "done", run: 2 }]);
});

test("another process sees what an import commits while it is still at work", async () => {
  const path = await source();
  const data = scratch();
  const watcher = openStore(data, { create: true });
  const catalog = watcher.createCatalog("main");
  const importer = spawn(process.execPath, [child, path, data], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(importer, "exit");
  let running = true;
  ended.then(() => (running = false));
  let [since, whileRunning] = [0, 0];
  const codes = new Map<number, string>();
  while (running) {
    await sleep(20);
    const version = catalog.version();
    if (version === since) continue;
    for (const { imageId, code } of catalog.changes("fake", since))
      codes.set(imageId, Buffer.from(code!).toString("hex"));
    if (running) whileRunning = codes.size;
    since = version;
  }
  for (const { imageId, code } of catalog.changes("fake", since))
    codes.set(imageId, Buffer.from(code!).toString("hex"));
  expect(whileRunning).toBeGreaterThan(0);
  expect([...codes].sort(([a], [b]) => a - b)).toEqual(
    canonical(catalog).codes.map(({ imageId, code }) => [imageId, code]),
  );
  expect(codes.size).toBe(120);
  watcher.close();
});
