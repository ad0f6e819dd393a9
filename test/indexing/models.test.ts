import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore } from "../../src/catalog/index.ts";
import { type ModelInfo, open, type Shop, snapshots } from "../../src/index.ts";
import { defaultModelFolder, readCard } from "../../src/vision/index.ts";
import { items, patches, scratch } from "../vision/patches.ts";
import { tinyModel } from "../vision/tiny-onnx.ts";

const at = scratch();
const data = join(at.dir, "data");
let shop: Shop;
let own: string;
beforeAll(async () => {
  own = (await readCard(defaultModelFolder())).id;
  shop = await open(data);
  await shop.catalog("main").import(items(60), { name: "first" });
  await shop.catalog("other").import(items(3, 200), { name: "first" });
});
afterAll(async () => {
  await shop.close();
  at.remove();
});

const named = async (modelId: string): Promise<ModelInfo> =>
  (await shop.models.list()).find((model) => model.modelId === modelId)!;
const inUse = async () => (await shop.models.list()).filter((model) => model.inUse).map(({ modelId }) => modelId);
const search = async (n: number) => {
  const { hits, modelVersion } = await shop.catalog("main").search({ image: await patches(n), limit: 1 });
  return [modelVersion.split("@")[0], hits[0]?.itemId];
};

test("from a folder to the model that answers, and back", async () => {
  const { modelId, fittedTo, notes } = await shop.models.add(tinyModel(join(at.dir, "tiny"), { width: 64 }));
  expect(modelId).toMatch(/^tiny-[0-9a-f]{8}$/);
  expect(fittedTo).toBe(63);
  expect(notes.join("; ")).toMatch(/64 numbers are mapped to 512.*no category.*no box.*no calibration/);
  expect((await shop.models.show(modelId)).card.codeThresholds).toHaveLength(512);
  expect(await named(modelId)).toMatchObject({
    inUse: false,
    builtIn: false,
    width: 64,
    side: 32,
    catalogs: [
      { catalog: "main", codes: 0, missing: 60 },
      { catalog: "other", codes: 0, missing: 3 },
    ],
  });

  // Not while it has not seen everything, in every catalog.
  const lacking =
    /MODEL_INCOMPLETE: .* has not seen 60 pictures of main, 3 pictures of other. Run `looksee index --model tiny-/;
  await expect(shop.models.promote(modelId)).rejects.toThrow(lacking);
  expect(await shop.catalog("main").index({ model: modelId })).toMatchObject({ codes: 60, made: 60, failed: 0 });
  await expect(shop.models.promote(modelId)).rejects.toThrow(/has not seen 3 pictures of other/);
  await shop.catalog("other").index({ model: modelId });
  expect(await search(7)).toEqual([own, "i7"]);

  expect(await shop.models.promote(modelId)).toMatchObject({ modelId, inUse: true });
  expect(await inUse()).toEqual([modelId]);
  const again = await open(data);
  expect((await again.catalog("main").info()).model).toBe(modelId);
  await again.close();

  // What comes in now only the new one sees: the old one may not come back before it has caught up.
  await shop.catalog("main").import(items(1, 60), { name: "second" });
  expect(await search(60)).toEqual([modelId, "i60"]);
  await expect(shop.models.rollback()).rejects.toThrow(/MODEL_INCOMPLETE: .* has not seen 1 pictures of main/);
  expect(await inUse()).toEqual([modelId]);
  await shop.catalog("main").index({ model: own });
  expect(await shop.models.rollback()).toMatchObject({ modelId: own, inUse: true });
  await expect(shop.models.rollback()).rejects.toThrow(/MODEL_UNKNOWN: no model was promoted/);
});

test("eval of a model that is not promoted gives the same figures as eval once it is", async () => {
  const [, model] = await shop.models.list();
  writeFileSync(join(at.dir, "q.csv"), "file,itemId,category\nq0.png,i0,bags\nq1.png,i1,shoes\nq2.png,i2,toys\n");
  for (let n = 0; n < 3; n++) writeFileSync(join(at.dir, `q${n}.png`), await patches(n, 30));
  const main = shop.catalog("main");
  const before = await main.evaluate(join(at.dir, "q.csv"), { model: model!.modelId });
  expect(before.modelVersion).toBe(`${model!.modelId}@1`);
  expect(before.figures).toMatchObject({ queries: 3, identicalRecall: { "1": 1 } });
  await shop.models.promote(model!.modelId);
  const main2 = await open(data);
  const after = await main2.catalog("main").evaluate(join(at.dir, "q.csv"));
  await main2.close();
  await shop.models.rollback();
  const { latencyMs: _, ...figures } = before.figures;
  expect(after.figures).toMatchObject(figures);
  expect(after.modelVersion).toBe(before.modelVersion);
});

test("an item chosen later has its code under the new model too", async () => {
  const dir = join(at.dir, "chosen");
  const other = await open(dir);
  const main = other.catalog("main");
  await main.import(items(4));
  await main.select({ except: ["shoes", "toys"] });
  const { modelId, notes } = await other.models.add(tinyModel(join(at.dir, "tiny")));
  expect(notes[0]).toBe("it was fitted to 4 pictures only: add it again once the shop has 50 and more");
  expect(await main.index({ model: modelId })).toMatchObject({ made: 4, codes: 2 });
  await other.models.promote(modelId);
  await main.select({});
  const { hits } = await main.search({ image: await patches(1, 30), limit: 1 });
  expect(hits[0]!.itemId).toBe("i1");
  await other.close();
});

test("a model is taken in whole or not at all, and none under a name that has another's codes", async () => {
  const models = join(data, "models");
  const before = readdirSync(models);
  const broken = tinyModel(join(at.dir, "broken"), { nan: true });
  await expect(shop.models.add(broken)).rejects.toThrow(/MODEL_CARD/);
  await expect(shop.models.add(join(at.dir, "nowhere"))).rejects.toThrow(/MODEL_MISSING: there is no folder/);
  await expect(shop.models.add(defaultModelFolder())).rejects.toThrow(/MODEL_EXISTS: .* comes with looksee/);
  await expect(shop.models.add(join(at.dir, "tiny"))).resolves.toMatchObject({ fittedTo: expect.any(Number) });
  await expect(shop.models.add(join(at.dir, "tiny"))).rejects.toThrow(/MODEL_EXISTS: there is a model tiny-/);
  const kept = readdirSync(models).filter((name) => !before.includes(name));
  expect(kept).toHaveLength(1);

  // Named as before, answering otherwise: its codes would meet the first one's.
  await shop.models.add(tinyModel(join(at.dir, "same"), { width: 512 }, { id: "same", codeThresholds: null }));
  rmSync(join(models, "same"), { recursive: true });
  await expect(
    shop.models.add(tinyModel(join(at.dir, "same"), { width: 512, seed: 9 }, { id: "same", codeThresholds: null })),
  ).rejects.toThrow(/MODEL_EXISTS/);
  await shop.models.add(tinyModel(join(at.dir, "same"), { width: 512 }, { id: "same", codeThresholds: null })); // the very same may

  // What a killed process left goes with the next attempt.
  mkdirSync(join(models, ".adding-000000000000"));
  await expect(shop.models.add(broken)).rejects.toThrow(/MODEL_CARD/);
  expect(existsSync(join(models, ".adding-000000000000"))).toBe(false);
});

test("a model whose folder was changed is refused, and says so", async () => {
  await expect(shop.models.promote("nobody")).rejects.toThrow(/MODEL_UNKNOWN: .* has no model "nobody"/);
  const golden = join(data, "models/same/golden.json");
  const right = readFileSync(golden, "utf8");
  writeFileSync(golden, right.replace('"feature":[', '"feature":[9,').replace(/,([^,\]]*)\]\}/, "]}"));
  await expect(shop.models.promote("same")).rejects.toThrow(/MODEL_GOLDEN/);
  writeFileSync(golden, right);
});

test("no promotion while an import runs; an import that waited while one happened does not go on with the old model", async () => {
  const { modelId } = (await shop.models.list())[1]!;
  const store = openStore(data);
  const lock = store.catalog("main").tryWriterLock()!;
  await expect(shop.models.promote(modelId)).rejects.toThrow(/DATA_BUSY: catalog main is being written to/);
  const waiting = shop.catalog("main").import(items(1, 70), { name: "late" });
  waiting.catch(() => {});
  await expect.poll(() => store.catalog("main").jobs.list()[0]?.state, { timeout: 60_000 }).toBe("waiting");
  const other = new DatabaseSync(join(data, "looksee.db")); // another process, which got the lock first
  other.prepare("INSERT INTO promotion (model, time) VALUES (?, 0)").run(modelId);
  lock.release();
  await expect(waiting).rejects.toThrow(/MODEL_CHANGED: model .* was replaced while the import waited/);
  other.exec("DELETE FROM promotion");
  other.close();
  store.close();
});

test("a snapshot holds added models, and a folder restored from it answers with them", async () => {
  const { modelId } = (await shop.models.list()).find(({ modelId }) => modelId.startsWith("tiny-"))!;
  for (const name of ["main", "other"]) await shop.catalog(name).index({ model: modelId });
  await shop.models.promote(modelId);
  const folder = join(at.dir, "snapshots");
  await shop.createSnapshot(folder);
  expect(await snapshots.verify(folder)).toMatchObject({ ok: true });
  const to = join(at.dir, "restored");
  await snapshots.restore(folder, undefined, to);
  const restored = await open(to);
  const { hits, modelVersion } = await restored.catalog("main").search({ image: await patches(5, 30), limit: 1 });
  await restored.close();
  expect([modelVersion, hits[0]!.itemId]).toEqual([`${modelId}@1`, "i5"]);
  await shop.models.rollback();
});
