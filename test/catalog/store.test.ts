import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, expect, test } from "vitest";
import { type CatalogStore, openStore, type Store } from "../../src/catalog/index.ts";
import { batch, item, picture } from "./batches.ts";

const opened: Store[] = [];
const folders: string[] = [];

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), "looksee-catalog-"));
  folders.push(dir);
  return dir;
}
function store(dir = folder()): Store {
  const made = openStore(dir, { create: true });
  opened.push(made);
  return made;
}
const codesOf = (catalog: CatalogStore, model: string, since = 0) =>
  [...catalog.changes(model, since)].map(({ imageId, code }) => [imageId, code ? code[0] : null]);

afterEach(() => {
  for (const each of opened.splice(0)) each.close();
  for (const dir of folders.splice(0)) rmSync(dir, { recursive: true, force: true });
});

test("a folder that holds no data is CATALOG_UNKNOWN, an unknown catalog names the others", () => {
  expect(() => openStore(join(folder(), "absent"))).toThrow(/CATALOG_UNKNOWN: .*absent is no looksee data folder/);
  const made = store();
  made.createCatalog("shoes");
  expect(() => made.catalog("shirts")).toThrow(/CATALOG_UNKNOWN: .*"shirts".*Name one of: shoes/);
  for (const bad of ["", "a/b", "../x", ".x", "x".repeat(65)])
    expect(() => made.createCatalog(bad)).toThrow("CATALOG_NAME");
  expect(made.createCatalog("shoes").id).toBe(made.catalog("shoes").id);
  expect(made.catalogs()).toEqual(["shoes"]);
});

test("what is no SQLite file, or newer than this looksee, is DATA_FORMAT and stays as it is", () => {
  const text = folder();
  writeFileSync(join(text, "looksee.db"), "no database, only text that goes on for a while".repeat(50));
  expect(() => openStore(text)).toThrow(/DATA_FORMAT: .*damaged or no looksee database/);
  const newer = folder();
  openStore(newer, { create: true }).close();
  const raw = new DatabaseSync(join(newer, "looksee.db"));
  raw.exec("PRAGMA user_version = 99");
  raw.close();
  expect(() => openStore(newer)).toThrow(
    /DATA_FORMAT: .*newer looksee \(schema 99, this one knows \d+\)\. Update looksee/,
  );
});

test("a folder that cannot be written is DATA_UNWRITABLE in one sentence", () => {
  const file = join(folder(), "file");
  writeFileSync(file, "");
  expect(() => openStore(file, { create: true })).toThrow(/DATA_UNWRITABLE: looksee cannot write to the data folder/);
});

test("a read-only folder, for a user who is not root, is DATA_UNWRITABLE", ({ skip }) => {
  const asRoot = process.getuid?.() === 0;
  const dir = folder();
  openStore(dir, { create: true }).close();
  const program = `
    import { openStore } from ${JSON.stringify(join(import.meta.dirname, "../../src/catalog/index.ts"))};
    try { openStore(process.argv[1], { create: true }); console.log("opened"); } catch (error) { console.log(error.code); }`;
  const args = ["--input-type=module", "-e", program, dir];
  const nobody = asRoot ? { uid: 65534, gid: 65534 } : {};
  chmodSync(dir, 0o777);
  const probe = spawnSync(process.execPath, args, { encoding: "utf8", ...nobody });
  if (asRoot && probe.error) skip(`cannot start a process as nobody: ${probe.error.message}`);
  chmodSync(dir, 0o555);
  chmodSync(join(dir, "looksee.db"), 0o444);
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", ...nobody });
  chmodSync(dir, 0o755);
  if (asRoot && /EACCES|ERR_MODULE_NOT_FOUND/.test(stderr)) skip("nobody may not read this checkout");
  expect(stdout.trim()).toBe("DATA_UNWRITABLE");
});

test("counts, pictures, items and categories say what was committed", () => {
  const catalog = store().createCatalog("main");
  const source = catalog.source("shop");
  catalog.commit(
    batch(source, {
      images: [picture(1), picture(2), picture(3)],
      items: [
        item("A", {
          category: "shirt",
          pictures: [
            [null, 1],
            [null, 2],
          ],
          attributes: { color: "red" },
        }),
        item("B", {
          category: "shoes",
          price: 5,
          attributes: { brand: "x", color: "any" },
          variants: { "B-1": { price: 7, attributes: { color: "blue" } }, "B-2": { price: 8 } },
          pictures: [
            [null, 2],
            [null, 3],
            ["B-2", 3],
          ],
        }),
      ],
    }),
  );
  expect(catalog.counts()).toEqual({ items: 2, variants: 2, pictures: 3 });
  expect(catalog.counts(source)).toEqual({ items: 2, variants: 2, pictures: 3 });
  expect(catalog.imagesOfItem("A")).toEqual([1, 2]);
  expect(catalog.imagesOfItem("B")).toEqual([2, 3]);
  expect(() => catalog.imagesOfItem("C")).toThrow("ITEM_UNKNOWN");
  expect(catalog.categories().map(({ name, items }) => [name, items])).toEqual([
    ["shirt", 1],
    ["shoes", 1],
  ]);
  expect(catalog.imagesOfCategory("shoes")).toEqual([2, 3]);
  expect(catalog.imagesOfCategory("none")).toEqual([]);
  expect([...catalog.categoryOfImages([1, 2, 3, 9])]).toEqual([
    [1, "shirt"],
    [2, "shirt"],
    [3, "shoes"],
  ]);
  const seen = catalog.itemsOfImages([3, 2, 77]);
  expect(seen.get(77)).toBeUndefined();
  // Image 2 shows A, and B as a whole: B is sold as variants, so its first one stands for it.
  expect(seen.get(2)?.map((p) => [p.itemId, p.variantId, p.price, p.attributes.color])).toEqual([
    ["A", null, 1, "red"],
    ["B", "B-1", 7, "blue"],
  ]);
  // Image 3 is listed by B and by its variant B-2: the variant it shows wins, once.
  expect(seen.get(3)?.map((p) => [p.itemId, p.variantId, p.price, p.attributes])).toEqual([
    ["B", "B-2", 8, { brand: "x", color: "any" }],
  ]);
  expect(catalog.ownersOfImages([3]).get(3)).toEqual([{ itemId: "B", variantId: "B-2", position: 2, standIn: null }]);
  expect(catalog.picture(2)).toMatchObject({
    imageId: 2,
    hash: picture(2).sha256,
    width: 20,
    height: 30,
    mime: "image/jpeg",
  });
  for (const unknown of [9, 0, -1, 1.5, Number.NaN]) expect(() => catalog.picture(unknown)).toThrow("IMAGE_UNKNOWN");
});

test("the change counter grows once a commit, and changes() tells new, recoded and gone", () => {
  const data = store();
  const catalog = data.createCatalog("main");
  const other = data.createCatalog("other");
  const source = catalog.source("shop");
  expect(catalog.version()).toBe(0);
  catalog.commit(
    batch(source, {
      images: [picture(1), picture(2)],
      items: [
        item("A", {
          pictures: [
            [null, 1],
            [null, 2],
          ],
        }),
      ],
    }),
  );
  expect(catalog.version()).toBe(1);
  expect(codesOf(catalog, "m1")).toEqual([
    [1, 1],
    [2, 2],
  ]);
  expect(codesOf(catalog, "never seen")).toEqual([]);

  catalog.commit(
    batch(source, {
      images: [picture(3)],
      items: [
        item("B", {
          pictures: [
            [null, 2],
            [null, 3],
          ],
        }),
      ],
    }),
  );
  expect(codesOf(catalog, "m1", 1)).toEqual([[3, 3]]); // image 2 was here already

  other.commit(batch(other.source("shop"), { items: [item("X", { pictures: [[null, 3]] })] }));
  expect([catalog.version(), other.version()]).toEqual([2, 1]);
  expect(codesOf(other, "m1")).toEqual([[3, 3]]);

  catalog.deleteItem("A");
  expect(catalog.version()).toBe(3);
  expect(codesOf(catalog, "m1", 2)).toEqual([[1, null]]); // B still shows image 2
  expect(() => catalog.deleteItem("A")).toThrow("ITEM_UNKNOWN");
  expect(catalog.version()).toBe(3);
  expect(() => catalog.picture(1)).toThrow("IMAGE_UNKNOWN");

  catalog.commit(batch(source, { unchanged: ["B"] }));
  expect(catalog.version()).toBe(3);
  catalog.commit(
    batch(source, {
      items: [
        item("B", {
          price: 99,
          pictures: [
            [null, 2],
            [null, 3],
          ],
        }),
      ],
    }),
  );
  expect([catalog.version(), codesOf(catalog, "m1", 3)]).toEqual([4, []]); // a price is news, but no code changed

  const recoded = picture(3, 33);
  catalog.addSights("m1", new Map([[3, recoded.sight!]]));
  expect(codesOf(catalog, "m1", 4)).toEqual([[3, 33]]);
  expect(codesOf(other, "m1", 1)).toEqual([[3, 33]]); // the other catalog shows it too
  catalog.addSights("m2", new Map([[3, recoded.sight!]]));
  expect(codesOf(catalog, "m2")).toEqual([[3, 33]]);
  expect([catalog.missingCodes("m2"), catalog.countMissingCodes("m2"), catalog.missingCodes("m3", 2)]).toEqual([
    [2],
    1,
    [3],
  ]);

  catalog.commit(batch(source, { items: [item("A", { pictures: [[null, 1]] })] }));
  expect(catalog.imagesOfItem("A")).toEqual([1]); // the same bytes keep their id
});

test("an image id is never given again, and codes page over many rows in order", () => {
  const catalog = store().createCatalog("main");
  const source = catalog.source("shop");
  const many = Array.from({ length: 9000 }, (_, i) => picture(i + 1));
  catalog.commit(
    batch(source, {
      images: many,
      items: many.map((_, i) => item(`I${i}`, { pictures: [[null, i + 1]] })),
    }),
  );
  const all = [...catalog.changes("m1", 0)].map((change) => change.imageId);
  expect(all).toEqual(Array.from({ length: 9000 }, (_, i) => i + 1));
  expect([...catalog.changes("m1", 1)]).toEqual([]);
  catalog.commit(batch(source, { removed: many.map((_, i) => `I${i}`) }));
  expect([...catalog.changes("m1", 1)].filter(({ code }) => code === null)).toHaveLength(9000);
  expect([...catalog.changes("m1", 0)]).toEqual([]);
  catalog.commit(batch(source, { images: [picture(9001)], items: [item("new", { pictures: [[null, 9001]] })] }));
  expect(catalog.imagesOfItem("new")).toEqual([9001]);
});

test("features and sights come back as stored", () => {
  const catalog = store().createCatalog("main");
  catalog.commit(
    batch(catalog.source("s"), { images: [picture(1), picture(2)], items: [item("A", { pictures: [[null, 1]] })] }),
  );
  const features = catalog.features("m1", [2, 1, 5]);
  expect([...features.keys()].sort()).toEqual([1, 2]);
  expect(features.get(2)?.values).toEqual(picture(2).sight!.feature.values);
  expect(features.get(2)?.scale).toBe(picture(2).sight!.feature.scale);
  expect(catalog.sights("m1", 1)).toEqual(picture(1).sight);
  expect(catalog.sights("m1", 9)).toBeUndefined();
  expect(catalog.sights("m9", 1)).toBeUndefined();
  expect(catalog.features("m9", [1]).size).toBe(0);
});

test("a batch that fails leaves nothing behind", () => {
  const catalog = store().createCatalog("main");
  const broken = batch(catalog.source("s"), {
    images: [picture(1)],
    items: [
      item("A", {
        pictures: [
          [null, 1],
          [null, 404],
        ],
      }),
    ],
  });
  expect(() => catalog.commit(broken)).toThrow(/lists picture/);
  expect([catalog.version(), catalog.counts(), catalog.imagesOfCategory("shirt")]).toEqual([
    0,
    { items: 0, variants: 0, pictures: 0 },
    [],
  ]);
});

test("query photos have unguessable ids and are swept by age", () => {
  const dir = folder();
  const data = store(dir);
  const first = data.savePhoto(Buffer.from("one"));
  const second = data.savePhoto(Buffer.from("two"));
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(Buffer.from(data.photo(first)).toString()).toBe("one");
  expect(statSync(join(dir, "photos", `${first}.jpg`)).mode & 0o077).toBe(0);
  for (const unknown of ["", "../looksee.db", `${first}.jpg`, "0".repeat(32)])
    expect(() => data.photo(unknown)).toThrow("IMAGE_UNKNOWN");
  const yesterday = new Date(Date.now() - 25 * 3_600_000);
  utimesSync(join(dir, "photos", `${first}.jpg`), yesterday, yesterday);
  expect(data.sweepPhotos(24 * 3_600_000)).toBe(1);
  expect(() => data.photo(first)).toThrow("IMAGE_UNKNOWN");
  expect(Buffer.from(data.photo(second)).toString()).toBe("two");
  expect(data.sweepPhotos(0)).toBe(1);
});

test("a stored picture is whole under its hash, and a changed or missing file is noticed", async () => {
  const catalog = store().createCatalog("main");
  const bytes = Buffer.from("picture 1");
  const stored = picture(1, 1, bytes);
  await catalog.storePicture(stored.sha256, bytes);
  await catalog.storePicture(stored.sha256, bytes);
  await catalog.settlePictures();
  catalog.commit(batch(catalog.source("s"), { images: [stored], items: [item("A", { pictures: [[null, 1]] })] }));
  const { path, bytes: read } = catalog.picture(1);
  expect(path).toContain(join("pictures", stored.sha256.slice(0, 2), stored.sha256));
  expect(Buffer.from(read(true)).toString()).toBe("picture 1");
  expect(catalog.hasPictureFile(stored.sha256, bytes.length)).toBe(true);
  writeFileSync(path, "picture!!");
  expect(() => read(true)).toThrow("PICTURE_BROKEN");
  rmSync(path);
  expect(() => read()).toThrow("IMAGE_UNKNOWN");
  expect(catalog.hasPictureFile(stored.sha256, bytes.length)).toBe(false);
});

test("a writer's lock keeps a second one out, in this process and others, and goes with its process", () => {
  const dir = folder();
  const catalog = store(dir).createCatalog("main");
  const program = `
    import { openStore } from ${JSON.stringify(join(import.meta.dirname, "../../src/catalog/index.ts"))};
    const lock = openStore(process.argv[1]).catalog("main").tryWriterLock();
    console.log(lock ? "locked" : "kept out");
    process.kill(process.pid, "SIGKILL");`;
  const elsewhere = () =>
    spawnSync(process.execPath, ["--input-type=module", "-e", program, dir], { encoding: "utf8" }).stdout.trim();
  expect(elsewhere()).toBe("locked");
  const lock = catalog.tryWriterLock(); // the other process died holding it
  expect(lock).toBeDefined();
  expect(catalog.tryWriterLock()).toBeUndefined();
  expect(elsewhere()).toBe("kept out");
  lock?.release();
  expect(elsewhere()).toBe("locked");
});

test("six processes that open a new folder at once all find it ready", async () => {
  const dir = join(folder(), "new");
  const program = `
    import { openStore } from ${JSON.stringify(join(import.meta.dirname, "../../src/catalog/index.ts"))};
    const catalog = openStore(process.argv[1], { create: true }).createCatalog("main");
    for (let i = 0; i < 5; i++) catalog.saveSetting("writer", String(i));
    console.log(catalog.id);`;
  const args = ["--input-type=module", "-e", program, dir];
  const outputs = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
      const [out, err] = [child.stdout.toArray(), child.stderr.toArray()];
      return Buffer.concat([...(await out), ...(await err)])
        .toString()
        .trim();
    }),
  );
  expect(outputs).toEqual(["1", "1", "1", "1", "1", "1"]);
  expect(store(dir).catalog("main").setting("writer")).toBe("4");
});

test("a job whose process died long ago is shown as interrupted", () => {
  const dir = folder();
  const catalog = store(dir).createCatalog("main");
  const { id } = catalog.jobs.begin("import", null);
  const raw = new DatabaseSync(join(dir, "looksee.db"));
  const dead = spawnSync(process.execPath, ["-e", "0"]).pid;
  const longAgo = Date.now() - 3_600_000;
  raw.prepare("UPDATE job SET heartbeat = ? WHERE id = ?").run(longAgo, id);
  expect(catalog.jobs.list()[0]?.state).toBe("running"); // this process still runs
  raw.prepare("UPDATE job SET pid = ? WHERE id = ?").run(dead, id);
  expect(catalog.jobs.list()[0]?.state).toBe("interrupted");
  raw.prepare("UPDATE job SET heartbeat = ? WHERE id = ?").run(Date.now(), id);
  expect(catalog.jobs.list()[0]?.state).toBe("running"); // perhaps in another container
  raw.close();
});

/** A sign of life with `done` of ten. */
const beatAt = (done: number) => ({
  progress: { stage: "importing", done, total: 10, perSecond: 2, secondsLeft: (10 - done) / 2 },
  counts: { rows: done },
  failures: { URL_FAILED: 1 },
});

test("a job that lost its process is taken up again, a finished one is not", () => {
  const catalog = store().createCatalog("main");
  const source = catalog.source("s");
  const first = catalog.jobs.begin("import", source, "{}");
  catalog.jobs.beat(first.id, beatAt(5));
  expect(catalog.jobs.list()[0]).toMatchObject({
    state: "running",
    stage: "importing",
    progress: { done: 5, total: 10, secondsLeft: 2.5 },
    counts: { rows: 5 },
    failures: { URL_FAILED: 1 },
    pid: process.pid,
  });
  const again = catalog.jobs.begin("import", source, "{}");
  expect(again).toEqual({ id: first.id, run: 2, resumed: true });
  expect(catalog.jobs.lastDoneSpec("import", source)).toBeNull();
  catalog.jobs.end(again.id, "done");
  expect(catalog.jobs.lastDoneSpec("import", source)).toBe("{}");
  expect(catalog.jobs.begin("import", source)).toMatchObject({ run: 1, resumed: false });
  expect(catalog.jobs.get(`job-${first.id}`)).toMatchObject({ state: "done", source: "s", run: 2, pid: null });
  for (const unknown of ["job-99", "99", "job-x"]) expect(() => catalog.jobs.get(unknown)).toThrow("JOB_UNKNOWN");
});

test("a job is asked to pause or cancel from any process; one that nobody runs is marked at once", () => {
  const dir = folder();
  const catalog = store(dir).createCatalog("main");
  const elsewhere = store(dir).catalog("main").jobs;
  const { id } = catalog.jobs.begin("import", null);
  expect(catalog.jobs.request(id)).toBeNull();
  expect(elsewhere.ask(`job-${id}`, "pause")).toMatchObject({ state: "running", request: "pause" });
  expect(catalog.jobs.request(id)).toBe("pause");
  catalog.jobs.end(id, "paused");
  expect(elsewhere.get(`job-${id}`)).toMatchObject({ state: "paused", request: null, finished: null });
  const again = catalog.jobs.begin("import", null);
  expect(again).toEqual({ id, run: 2, resumed: true });
  catalog.jobs.end(id, "interrupted");
  expect(elsewhere.ask(`job-${id}`, "cancel")).toMatchObject({ state: "cancelled" });
  expect(() => elsewhere.ask(`job-${id}`, "pause")).toThrow(/JOB_STATE: job-1 is cancelled/);
  expect(catalog.jobs.begin("import", null)).toMatchObject({ resumed: false });
});

test("a job that waits is seen waiting, and takes the place of the one it takes up", () => {
  const dir = folder();
  const { jobs } = store(dir).createCatalog("main");
  const running = jobs.begin("import", null);
  const waiting = jobs.wait("import", null, "{}");
  expect(jobs.list().map(({ jobId, state }) => [jobId, state])).toEqual([
    [`job-${waiting}`, "waiting"],
    [`job-${running.id}`, "running"],
  ]);
  jobs.end(running.id, "done");
  expect(jobs.begin("import", null, "{}", waiting)).toEqual({ id: waiting, run: 1, resumed: false });
  const next = jobs.wait("import", null);
  jobs.end(waiting, "interrupted");
  expect(jobs.begin("import", null, null, next)).toEqual({ id: waiting, run: 2, resumed: true });
  expect(jobs.list()).toHaveLength(2);
  // One whose process is gone waits no more.
  const lost = jobs.wait("import", null);
  const raw = new DatabaseSync(join(dir, "looksee.db"));
  const dead = spawnSync(process.execPath, ["-e", "0"]).pid;
  raw.prepare("UPDATE job SET pid = ?, heartbeat = 0 WHERE id = ?").run(dead, lost);
  raw.close();
  jobs.end(waiting, "done");
  jobs.begin("import", null);
  expect(() => jobs.get(`job-${lost}`)).toThrow("JOB_UNKNOWN");
});

test("missing folders on the way are made, and reopening finds the catalogs", () => {
  const dir = folder();
  mkdirSync(join(dir, "deep"));
  store(join(dir, "deep", "er")).createCatalog("main");
  expect(store(join(dir, "deep", "er")).catalogs()).toEqual(["main"]);
});
