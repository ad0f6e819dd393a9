import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStore, type Store } from "../../src/catalog/index.ts";
import { createSnapshot, listSnapshots, restoreSnapshot, verifySnapshot } from "../../src/indexing/index.ts";
import { answersOf } from "../../src/search/index.ts";
import { canonical, scratch, store } from "./scene.ts";
import { takeStep } from "./steps.ts";

/** 1,000 questions want 167 steps and more; LOOKSEE_STEPS=220 makes the long suite of it. */
const STEPS = Number(process.env.LOOKSEE_STEPS ?? 30);

const pictureHashes = (folder: string) => {
  const names = readdirSync(join(folder, "pictures"), { recursive: true, encoding: "utf8" });
  return names.map((name) => name.split("/").at(-1)!).filter((name) => /^[0-9a-f]{64}$/.test(name));
};
async function shop(steps: number): Promise<{ data: Store; backups: string }> {
  const data = store();
  const catalog = data.createCatalog("main");
  for (let k = 0; k < steps; k++) await takeStep(catalog, k);
  return { data, backups: scratch() };
}

test("a snapshot under write load, restored, gives the answers of its moment", {
  timeout: 600_000,
}, async () => {
  const { data, backups } = await shop(STEPS);
  const writer = spawn(process.execPath, [join(import.meta.dirname, "steps.ts"), data.dir, String(STEPS)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(writer, "exit");
  await once(writer.stdout, "data");
  const report = await createSnapshot(data.dir, backups);
  writer.kill("SIGKILL");
  await ended;
  expect(report.questions).toBeGreaterThanOrEqual(Math.min(1000, STEPS * 5));

  const target = join(scratch(), "restored");
  await restoreSnapshot(backups, report.snapshotId, target);
  const restored = store(target);
  const version = restored.catalog("main").version();
  const wentOn = data.catalog("main").version();
  expect(version).toBeGreaterThan(STEPS);
  expect(wentOn, "the writer went on while the snapshot was taken").toBeGreaterThan(version);

  // The same steps again elsewhere, up to the moment of the snapshot.
  const again = store();
  const twin = again.createCatalog("main");
  for (let k = 0; twin.version() < version; k++) await takeStep(twin, k);
  expect(canonical(restored.catalog("main"), "m1")).toEqual(canonical(twin, "m1"));
  const items = twin.someItems(1000);
  expect(items).toHaveLength(report.questions);
  const expected = await answersOf(again, "main", "m1", items);
  expect(await answersOf(restored, "main", "m1", items)).toEqual(expected);
  const now = await answersOf(data, "main", "m1", restored.catalog("main").someItems(50)).catch(() => []);
  expect(now, "what came later changes answers, so the comparison can fail").not.toEqual(expected.slice(0, 50));
  for (const { imageId } of canonical(twin, "m1").codes) restored.catalog("main").picture(imageId).bytes(true); // throws if it is not what was stored
  expect(await verifySnapshot(backups, report.snapshotId)).toMatchObject({ ok: true });
});

test("the next snapshot stores only what changed; each can be restored; photos are in none", async () => {
  const { data, backups } = await shop(20);
  data.savePhoto(Buffer.from("a shopper's photo"));
  const first = await createSnapshot(data.dir, backups);
  const same = await createSnapshot(data.dir, backups);
  await takeStep(data.catalog("main"), 20);
  const second = await createSnapshot(data.dir, backups);
  expect(first.newBytes).toBeGreaterThan(first.bytes);
  expect(same.newBytes).toBeLessThan(0.1 * first.newBytes);
  expect(second.newBytes).toBeLessThan(first.newBytes);
  expect(second.pictures - first.pictures).toBeGreaterThan(4);
  expect(
    listSnapshots(backups)
      .map(({ snapshotId }) => snapshotId)
      .sort(),
  ).toEqual([first, same, second].map(({ snapshotId }) => snapshotId).sort());
  for (const { snapshotId, pictures } of [first, second]) {
    const target = join(scratch(), "restored");
    const { catalogs } = await restoreSnapshot(backups, snapshotId, target);
    expect(catalogs[0]).toEqual({ name: "main", ...versionAndCounts(store(target)) });
    expect(pictureHashes(target)).toHaveLength(pictures);
    expect(readdirSync(join(target, "photos"))).toEqual([]);
    await expect(restoreSnapshot(backups, snapshotId, target)).rejects.toMatchObject({ code: "SNAPSHOT_TARGET" });
  }
});
const versionAndCounts = (opened: Store) => {
  const catalog = opened.catalog("main");
  return { version: catalog.version(), ...catalog.counts() };
};

test("damage is found, named, and never restored", async () => {
  const { data, backups } = await shop(12);
  const { snapshotId } = await createSnapshot(data.dir, backups);
  expect(await verifySnapshot(backups)).toMatchObject({ snapshotId, ok: true });
  expect(readdirSync(backups).filter((name) => name.startsWith("verify-"))).toEqual([]);

  const spoil = async (path: string, what: string) => {
    const whole = readFileSync(path);
    const bad = Buffer.from(whole);
    bad[bad.length >> 1]! ^= 1;
    for (const damage of [bad, whole.subarray(0, -1), null]) {
      if (damage) writeFileSync(path, damage);
      else rmSync(path);
      const check = await verifySnapshot(backups, snapshotId).catch(({ code }) => ({ ok: false, checks: [], code }));
      expect([check.ok, what]).toEqual([false, what]);
      const target = join(scratch(), "restored");
      await expect(restoreSnapshot(backups, snapshotId, target)).rejects.toMatchObject({
        code: expect.stringMatching(/^SNAPSHOT_(DAMAGED|UNKNOWN)$/),
      });
      expect(existsSync(join(target, "looksee.db"))).toBe(false);
    }
    writeFileSync(path, whole);
  };
  const { blocks } = listSnapshots(backups)[0]!.database;
  await spoil(join(backups, "blocks", blocks[1]!.slice(0, 2), blocks[1]!), "a block");
  const [picture] = pictureHashes(backups);
  await spoil(join(backups, "pictures", picture!.slice(0, 2), picture!), "a picture");
  await spoil(join(backups, `${snapshotId}.json`), "the manifest");
  expect(await verifySnapshot(backups, snapshotId)).toMatchObject({ ok: true });
  await expect(verifySnapshot(backups, "20200101-000000-abcd")).rejects.toThrow(
    /SNAPSHOT_UNKNOWN: .* holds no snapshot/,
  );
  await expect(verifySnapshot(scratch())).rejects.toThrow("SNAPSHOT_UNKNOWN");
});

test("other answers are told apart from the same bytes: a manifest's answers are really asked", async () => {
  const { data, backups } = await shop(12);
  const { snapshotId, missing } = await createSnapshot(data.dir, backups);
  expect(missing).toBe(0);
  const { createHash } = await import("node:crypto");
  const path = join(backups, `${snapshotId}.json`);
  const { checksum: _, ...manifest } = JSON.parse(readFileSync(path, "utf8"));
  manifest.answers[0].questions[3][1] = "0000000000000000";
  const checksum = createHash("sha256").update(JSON.stringify(manifest)).digest("hex");
  writeFileSync(path, JSON.stringify({ ...manifest, checksum }));
  const check = await verifySnapshot(backups, snapshotId);
  expect(check.ok).toBe(false);
  expect(check.checks.filter(({ ok }) => !ok)).toMatchObject([
    { name: "answers", detail: expect.stringMatching(/^1 of \d+ questions are answered differently$/) },
  ]);
});

test("a picture that the data folder has lost is counted, and the rest is kept", async () => {
  const { data, backups } = await shop(4);
  const [image] = data.catalog("main").imagesOfItem("i1");
  const { path } = data.catalog("main").picture(image!);
  writeFileSync(path, Buffer.alloc(statSync(path).size));
  const report = await createSnapshot(data.dir, backups);
  expect(report.missing).toBe(1);
  expect(await verifySnapshot(backups)).toMatchObject({ ok: true });
  const target = join(scratch(), "restored");
  await restoreSnapshot(backups, undefined, target);
  expect(pictureHashes(target)).toHaveLength(report.pictures);
  const opened = openStore(target);
  expect(opened.catalog("main").counts()).toEqual(data.catalog("main").counts());
  opened.close();
});

test("segments of a database that lay in the folder before are not taken for the restored one's", async () => {
  const { data, backups } = await shop(4);
  await createSnapshot(data.dir, backups);
  const target = join(scratch(), "moved away");
  const old = join(target, "index", "main-fake");
  mkdirSync(old, { recursive: true });
  writeFileSync(join(old, "manifest"), "of another database");
  await restoreSnapshot(backups, undefined, target);
  expect(existsSync(old)).toBe(false);
});
