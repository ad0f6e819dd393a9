import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { HammingIndex } from "../../src/hamming-index/index.ts";
import { createSnapshot, examine } from "../../src/indexing/index.ts";
import { defaultModelFolder } from "../../src/vision/index.ts";
import { scratch, store } from "./scene.ts";
import { takeStep } from "./steps.ts";

/** No model folder: opening the real one takes a second, and what doctor says of a missing one is a finding too. */
const NO_MODEL = "/nowhere";
const findings = async (dir: string, options: Parameters<typeof examine>[2] = {}) => {
  const { ok, findings } = await examine(dir, NO_MODEL, options);
  const others = findings.filter(({ check }) => check !== "model");
  return {
    ok,
    bad: others.filter(({ state }) => state !== "good"),
    of: (check: string) => others.filter((f) => f.check === check),
  };
};
async function shop() {
  const data = store();
  const catalog = data.createCatalog("main");
  for (let k = 0; k < 8; k++) await takeStep(catalog, k);
  return { data, catalog, dir: data.dir };
}
const old = (path: string) => utimesSync(path, Date.now() / 1000 - 200_000, Date.now() / 1000 - 200_000);

test("a sound folder has nothing to say but that there is no snapshot; with one it says nothing", async () => {
  const { dir } = await shop();
  const before = await findings(dir);
  expect(before.bad).toMatchObject([
    { check: "snapshots", state: "note", remedy: expect.stringContaining("snapshot create") },
  ]);
  expect(before.of("machine")).toMatchObject([{ state: "good", detail: expect.stringContaining("code index exact") }]);
  expect(before.of("memory")[0]!.detail).toMatch(/^serving \d+ pictures takes about \d+ MB of /);
  expect(before.of("disk")).toHaveLength(1);
  await createSnapshot(dir, join(dir, "snapshots"));
  expect((await findings(dir)).bad).toEqual([]);
});

test("lost, cut and rotten pictures are named with what to do", async () => {
  const { dir, catalog } = await shop();
  const [gone, cut, rotten] = ["i1", "i2", "i3"].map((item) => catalog.picture(catalog.imagesOfItem(item)[0]!).path);
  rmSync(gone!);
  writeFileSync(cut!, readFileSync(cut!).subarray(1));
  writeFileSync(rotten!, Buffer.alloc(statSync(rotten!).size, 7));
  const { ok, of } = await findings(dir);
  expect(ok).toBe(false);
  const [lost, changed] = of("pictures");
  expect(lost).toMatchObject({ state: "bad", detail: expect.stringMatching(/^gone or cut short: 2 files/) });
  expect([lost!.detail.includes(gone!), lost!.detail.includes(cut!)]).toEqual([true, true]);
  expect(changed).toMatchObject({
    state: "bad",
    detail: expect.stringContaining(rotten!),
    remedy: expect.stringContaining("Import"),
  });
});

test("orphans are counted, and deleted only when asked, when old, and when no import is at work", async () => {
  const { dir, catalog } = await shop();
  const deleted = catalog.picture(catalog.imagesOfItem("i4")[0]!).path;
  catalog.deleteItem("i4");
  const stray = join(dir, "pictures/00", "0".repeat(64));
  mkdirSync(join(dir, "pictures/00"), { recursive: true });
  writeFileSync(stray, "never committed");
  expect((await findings(dir)).of("orphan files")).toMatchObject([{ state: "good" }]); // too young to judge
  old(deleted);
  old(stray);
  // Pictures of deleted items wait for a while; these have waited long enough.
  expect((await findings(dir)).of("orphan files")).toMatchObject([
    { detail: expect.stringMatching(/^no item shows 1 files/) },
  ]);
  const raw = new DatabaseSync(join(dir, "looksee.db"));
  raw.exec("UPDATE member SET gone = NULL");
  raw.close();
  expect((await findings(dir)).of("orphan files")).toMatchObject([
    {
      state: "note",
      detail: expect.stringMatching(/^no item shows 2 files/),
      remedy: expect.stringContaining("--sweep"),
    },
  ]);
  const lock = catalog.tryWriterLock()!;
  expect((await findings(dir, { sweep: true })).of("orphan files")).toMatchObject([
    { state: "note", remedy: expect.stringContaining("An import is at work") },
  ]);
  lock.release();
  expect([existsSync(deleted), existsSync(stray)]).toEqual([true, true]);
  const shown = catalog.picture(catalog.imagesOfItem("i5")[0]!).path;
  old(shown);
  expect((await findings(dir, { sweep: true })).of("orphan files")).toMatchObject([
    { state: "good", detail: expect.stringMatching(/^deleted 2 files/) },
  ]);
  expect([existsSync(deleted), existsSync(stray), existsSync(shown)]).toEqual([false, false, true]);
});

test("a damaged database and a folder that is none are findings, not crashes", async () => {
  const { dir, data } = await shop();
  data.close();
  const path = join(dir, "looksee.db");
  const bytes = readFileSync(path);
  bytes.fill(0x55, 4096 * 3, 4096 * 3 + 2000);
  writeFileSync(path, bytes);
  const broken = await findings(dir);
  expect(broken.ok).toBe(false);
  expect(broken.bad[0]).toMatchObject({ state: "bad", remedy: expect.stringMatching(/[Rr]estore a snapshot/) });
  expect((await findings(scratch())).bad).toMatchObject([{ check: "data folder", state: "bad" }]);
});

test("a damaged segment of the index is named; the catalog can make it again", async () => {
  const { dir, catalog } = await shop();
  const { id } = await readModelId();
  const folder = catalog.indexFolder(id);
  const index = await HammingIndex.open({ dir: folder, modelId: id });
  await index.upsert(
    Uint32Array.from({ length: 2000 }, (_, i) => i + 1),
    new Uint8Array(2000 * 64).fill(5),
  );
  await index.flush(1);
  await index.close();
  const check = async () =>
    (await examine(dir, defaultModelFolder())).findings.filter(({ check }) => check === "index of main");
  expect(await check()).toMatchObject([
    { state: "good", detail: expect.stringMatching(/^2000 codes in .* checksums right$/) },
  ]);
  const [name] = readdirSync(folder).filter((file) => statSync(join(folder, file)).size > 100_000);
  const bytes = readFileSync(join(folder, name!));
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(join(folder, name!), bytes);
  expect(await check()).toMatchObject([{ state: "note", remedy: expect.stringContaining("from the catalog") }]);
});
const readModelId = async () =>
  JSON.parse(readFileSync(join(defaultModelFolder(), "card.json"), "utf8")) as { id: string };

test("a code that is no longer its feature's, and pictures without codes, are found", async () => {
  const { dir, catalog, data } = await shop();
  expect([...catalog.disagreeingCodes("m1", null, () => {})]).toEqual([]);
  const [image] = catalog.imagesOfItem("i6");
  const raw = new DatabaseSync(join(dir, "looksee.db"));
  raw.prepare("UPDATE code SET code = zeroblob(64) WHERE key % 4294967296 = ?").run(image!);
  raw.close();
  expect([...catalog.disagreeingCodes("m1", null, () => {})]).toEqual([image]);

  // The real model has seen none of these pictures.
  const { ok, findings: all } = await examine(dir, defaultModelFolder());
  expect(ok).toBe(false);
  expect(all.find(({ check }) => check === "model")).toMatchObject({ state: "good" });
  expect(all.find(({ check }) => check === "catalog main")).toMatchObject({
    state: "bad",
    detail: expect.stringMatching(/^CATALOG_UNSEEN: model .* has seen no picture of catalog main; m1 has/),
    remedy: expect.stringContaining("Run `looksee index --catalog main`"),
  });
  data.close();
  renameSync(join(dir, "looksee.db"), join(dir, "elsewhere.db"));
  expect((await examine(dir, NO_MODEL)).findings.find(({ check }) => check === "model")).toMatchObject({
    state: "bad",
    detail: expect.stringContaining("MODEL_MISSING"),
  });
});
