import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { openStore } from "../../src/catalog/index.ts";
import { importSource } from "../../src/indexing/index.ts";
import { fakeModel, jpeg } from "./fake-model.ts";
import { canonical, pictures, scratch, store, write } from "./scene.ts";

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
