import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { openStore } from "../../src/catalog/index.ts";
import { importSource, type Progress, sourceOfJob } from "../../src/indexing/index.ts";
import { fakeModel, jpeg } from "./fake-model.ts";
import { pictures, scratch, store, write } from "./scene.ts";

async function shop(rows: number): Promise<string> {
  const folder = scratch();
  await pictures(folder, 40);
  const lines = Array.from({ length: rows }, (_, i) => `I${i},Title ${i},${1 + (i % 40)}.jpg`);
  write(folder, { "shop.csv": `id,title,image\n${lines.join("\n")}\n` });
  return join(folder, "shop.csv");
}

test.each(["pause", "cancel"] as const)(
  "another process asks an import to %s, and it obeys with all it has done",
  async (how) => {
    const path = await shop(60);
    const dir = scratch();
    const own = store(dir);
    const elsewhere = openStore(dir);
    const slow = fakeModel("fake", 60);
    const running = importSource(own, "main", slow, path, { batch: 4 });
    const code = how === "pause" ? "JOB_PAUSED" : "JOB_CANCELLED";
    const ended = expect(running).rejects.toMatchObject({ code });
    while (slow.seen < 8) await sleep(20);
    const { jobs } = elsewhere.catalog("main");
    expect(jobs.ask("job-1", how)).toMatchObject({ state: "running", request: how });
    await ended;
    expect(slow.seen).toBeLessThan(40);
    expect(jobs.get("job-1")).toMatchObject({ state: how === "pause" ? "paused" : "cancelled", request: null });
    const { items } = elsewhere.catalog("main").counts();
    expect(items).toBeGreaterThan(0);
    const { source, options } = sourceOfJob(elsewhere.catalog("main"), "job-1");
    const report = await importSource(own, "main", fakeModel(), source, options);
    expect(report).toMatchObject({ jobId: how === "pause" ? "job-1" : "job-2", rows: 60, items: 60 });
    expect(report.unchanged).toBeGreaterThanOrEqual(items);
    elsewhere.close();
  },
);

test("a job tells how far it is, how quick, and what failed, to every process", async () => {
  const path = await shop(30);
  appendFileSync(path, "X1,gone,gone.jpg\nX2,gone too,gone2.jpg\nX3,,\n");
  const dir = scratch();
  const own = store(dir);
  const elsewhere = openStore(dir);
  const running = importSource(own, "main", fakeModel("fake", 120), path, { batch: 4 });
  let seen = null;
  while (!seen) {
    await sleep(50);
    const [job] = elsewhere.catalogs().includes("main") ? elsewhere.catalog("main").jobs.list() : [];
    if (job?.stage === "importing" && (job.progress?.done ?? 0) > 0) seen = job;
    if (job?.state === "done") break;
  }
  expect(seen).toMatchObject({ state: "running", progress: { total: 33 } });
  expect(seen!.progress!.perSecond).toBeGreaterThan(0);
  expect(seen!.progress!.secondsLeft).toBeGreaterThan(0);
  await running;
  expect(elsewhere.catalog("main").jobs.get("job-1")).toMatchObject({
    state: "done",
    counts: { rows: 33, imported: 32, quarantined: 1 },
    failures: { PICTURE_MISSING: 2, ROW_NO_PICTURE: 1 },
  });
  elsewhere.close();
});

test("a second import of the catalog waits where all can see it, and can be cancelled there", async () => {
  const path = await shop(20);
  const own = store();
  const lock = own.createCatalog("main").tryWriterLock();
  const told: Progress[] = [];
  const waiting = importSource(own, "main", fakeModel(), path, { onProgress: (progress) => told.push(progress) });
  const ended = expect(waiting).rejects.toMatchObject({ code: "JOB_CANCELLED" });
  const { jobs } = own.catalog("main");
  while (jobs.list().length === 0) await sleep(20);
  expect(jobs.list()).toMatchObject([{ state: "waiting", kind: "import" }]);
  jobs.ask("job-1", "cancel");
  await ended;
  expect(jobs.list()).toMatchObject([{ state: "cancelled" }]);
  expect(told[0]).toMatchObject({ stage: "waiting", note: "another writer of the catalog" });
  lock?.release();
});

test("a retry looks only at what was set aside, unless the source changed", async () => {
  const path = await shop(20);
  appendFileSync(path, "X1,gone,gone.jpg\nX2,gone too,gone2.jpg\n");
  const own = store();
  const eyes = fakeModel();
  const first = await importSource(own, "main", eyes, path);
  expect(first).toMatchObject({ rows: 22, imported: 22, pictures: 20 });
  expect(first.quarantined).toHaveLength(2);
  const catalog = own.catalog("main");
  const { source, options } = sourceOfJob(catalog, "job-1");
  write(join(path, ".."), { "gone.jpg": await jpeg(99), "1.jpg": await jpeg(98) }); // one repaired, one merely changed
  const again = await importSource(own, "main", eyes, source, { ...options, retry: true });
  expect(again).toMatchObject({ rows: 22, imported: 1, unchanged: 21, pictures: 21 });
  expect(again.quarantined.map(({ picture }) => picture)).toEqual(["gone2.jpg"]);
  expect(catalog.quarantine()).toHaveLength(1);
  expect(eyes.seen).toBe(21); // 1.jpg was not looked at
  appendFileSync(path, "N1,new,2.jpg\n");
  const whole = await importSource(own, "main", eyes, source, { ...options, retry: true });
  expect(whole).toMatchObject({ rows: 23, imported: 2 }); // the new row, and the one whose picture changed
  expect(eyes.seen).toBe(22);
});
