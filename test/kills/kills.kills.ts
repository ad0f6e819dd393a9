import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { type ExportLine, openStore } from "../../src/catalog/index.ts";
import { importSource } from "../../src/indexing/index.ts";
import { jpeg } from "../indexing/fake-model.ts";
import { pictures, scratch, write } from "../indexing/scene.ts";
import { copied, drawing, nearModel } from "./near-model.ts";

/** Kills in all; LOOKSEE_KILLS=12 is the short form. */
const KILLS = Number(process.env.LOOKSEE_KILLS ?? 200);
const SEED = Number(process.env.LOOKSEE_SEED ?? 11);
/** No more than the sets of pictures that are tried, since all drawings are equally near. */
const DRAWINGS = 4;
const child = join(import.meta.dirname, "import-child.ts");

/** Two days of one shop: `shop.csv` and pictures; the second day changes, adds, breaks, repairs and removes. */
async function days(): Promise<[string, string]> {
  const [first, second] = [scratch(), scratch()];
  await pictures(first, 90);
  const whole = await jpeg(5, 300);
  write(first, { "broken.jpg": whole.subarray(0, 700), "empty.jpg": "" });
  // Drawings, and from the second seller on copies of them: near-duplicates for the last stage to find.
  const drawn = Array.from({ length: DRAWINGS }, (_, n) => n);
  for (const n of drawn) write(first, { [`drawn${n}.jpg`]: await drawing(n), [`copy${n}.jpg`]: await copied(n) });
  const doubles = drawn.flatMap((n) => [
    `D${n},,Drawn ${n},9,C1,drawn${n}.jpg`,
    `E${n},,Copied ${n},8,C2,copy${n}.jpg`,
  ]);
  const rows = (day: number) =>
    Array.from({ length: 320 + 20 * day }, (_, i) => {
      if (day === 1 && i % 23 === 4) return []; // no longer listed
      const group = i % 3 === 0 ? "" : `I${i - (i % 3)}`;
      const picture =
        i % 50 === 7
          ? "broken.jpg"
          : i % 70 === 9
            ? "empty.jpg,3.jpg"
            : `${1 + (i % 90)}.jpg,${1 + ((i * 7 + (i % 11 === 2 ? day : 0)) % 90)}.jpg`;
      const price = i % 90 === 5 + day ? "price" : i / 10 + (i % 13 === 1 ? day : 0);
      return [`I${i},${group},Title ${i},${price},C${(i + (i % 17 === 3 ? day : 0)) % 4},"${picture}"`];
    }).flat();
  const table = (day: number) =>
    `id,item_group_id,title,price,category,image\n${[...rows(day), ...doubles.slice(2 * day)].join("\n")}\n`;
  write(first, { "shop.csv": table(0) });
  cpSync(first, second, { recursive: true });
  write(second, {
    "shop.csv": table(1),
    "broken.jpg": whole,
    "12.jpg": await jpeg(212),
    "40.jpg": await jpeg(240),
    "copy3.jpg": await drawing(19),
  });
  return [join(first, "shop.csv"), join(second, "shop.csv")];
}

/** Imports in a process of its own, killed `ms` after it opened its data folder. True: it was done before. */
async function importFor(path: string, data: string, ms: number): Promise<{ finished: boolean; took: number }> {
  const importer = spawn(process.execPath, [child, path, data], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(importer, "exit") as Promise<[number | null, string | null]>;
  await Promise.race([once(importer.stdout, "data"), ended]);
  const started = performance.now();
  const timer = setTimeout(() => importer.kill("SIGKILL"), ms);
  const [code, signal] = await ended;
  clearTimeout(timer);
  if (signal !== "SIGKILL") expect(code, "the importer ends by a kill or in order").toBe(0);
  return { finished: code === 0, took: performance.now() - started };
}

async function importAlone(path: string, data: string): Promise<void> {
  const store = openStore(data, { create: true });
  await importSource(store, "main", nearModel(), path, { name: "shop", full: true });
  store.close();
}

function exported(data: string): ExportLine[] {
  const store = openStore(data, { create: true });
  // Folders of the two days differ from run to run; the source is named, its file is the path as given.
  const lines = [...store.createCatalog("main").export()];
  store.close();
  return lines;
}

/** What a kill left is whole: the database's own checks, every picture's bytes, no item without what it shows. */
function expectWhole(data: string): { items: number; state: string } {
  const store = openStore(data, { create: true });
  const catalog = store.createCatalog("main");
  for (const line of catalog.export())
    if (line.kind === "image") {
      expect(catalog.picture(line.id).bytes(true)).toHaveLength(line.bytes);
      expect(Object.keys(line.codes)).toEqual(["fake"]);
    }
  const [job] = catalog.jobs.list();
  const { items } = catalog.counts();
  store.close();
  const raw = new DatabaseSync(join(data, "looksee.db"));
  expect(raw.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  expect(raw.prepare("PRAGMA foreign_key_check").all()).toEqual([]);
  raw.close();
  return { items, state: job?.state ?? "not begun" };
}

function mulberry32(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test(`an import killed at ${KILLS} random moments and taken up again equals one left alone (seed ${SEED})`, {
  timeout: 3_600_000,
}, async () => {
  const path = join(scratch(), "shop"); // one place for both days, as a nightly export has
  const [first, second] = await days();
  const show = (day: string) => {
    rmSync(path, { recursive: true, force: true });
    cpSync(join(day, ".."), path, { recursive: true, preserveTimestamps: true });
    return join(path, "shop.csv");
  };
  const alone = scratch();
  const expected: ExportLine[][] = [];
  for (const day of [first, second]) {
    await importAlone(show(day), alone);
    expected.push(exported(alone));
  }
  const kinds = (lines: ExportLine[], kind: ExportLine["kind"]) => lines.filter((line) => line.kind === kind);
  // Groups of near-duplicates are made once all items are in.
  const ungrouped = (lines: ExportLine[], kind: ExportLine["kind"]) =>
    kinds(lines, kind).map((line) => ({ ...line, standIn: null }));
  expect(kinds(expected[0]!, "item").length).toBeGreaterThan(100);
  expect(kinds(expected[0]!, "quarantine").length).toBeGreaterThan(8);
  expect(expected[1]).not.toEqual(expected[0]);
  const doubles = (lines: ExportLine[]) =>
    lines.filter((line) => line.kind === "item" && /^[DE]/.test(line.itemId) && line.standIn !== null).length;
  expect(doubles(expected[0]!), "near-duplicates that the last stage joins").toBeGreaterThanOrEqual(4);

  // How long a whole import takes in a process of its own, from opening its folder; twice, since the first fills the system's caches.
  let whole = 0;
  for (let i = 0; i < 2; i++) whole = (await importFor(show(first), scratch(), 600_000)).took;

  const random = mulberry32(SEED);
  const moments: Record<string, number> = {};
  let [kills, compared, taken] = [0, 0, 0];
  while (kills < KILLS) {
    const data = scratch();
    for (const [day, source] of [first, second].entries()) {
      const table = show(source);
      let [items, finished] = [day === 0 ? 0 : kinds(expected[0]!, "item").length, false];
      for (let left = 1 + Math.floor(random() * 4); left > 0 && kills < KILLS && !finished; left--) {
        ({ finished } = await importFor(table, data, random() * whole));
        if (finished) break;
        kills++;
        const now = expectWhole(data);
        const share = Math.floor((4 * now.items) / kinds(expected[day]!, "item").length) * 25;
        const moment = `day ${day + 1}, ${now.state}, ${day === 0 ? `${share} % of the items in` : "by the second import"}`;
        moments[moment] = (moments[moment] ?? 0) + 1;
        if (day === 0) {
          // Nothing that was committed is lost, and the ids so far are those of the undisturbed run.
          expect(now.items).toBeGreaterThanOrEqual(items);
          const lines = exported(data);
          for (const kind of ["image", "item"] as const)
            expect(ungrouped(lines, kind)).toEqual(ungrouped(expected[0]!, kind).slice(0, kinds(lines, kind).length));
          if (now.items > items) taken++;
          items = now.items;
        }
      }
      if (!finished) await importAlone(table, data);
      const lines = exported(data);
      if (process.env.LOOKSEE_KEEP !== undefined && JSON.stringify(lines) !== JSON.stringify(expected[day]))
        cpSync(data, process.env.LOOKSEE_KEEP, { recursive: true });
      expect(lines).toEqual(expected[day]);
      compared++;
    }
    rmSync(data, { recursive: true, force: true });
  }
  console.log(`${kills} kills, ${compared} imports compared after them; one whole import ${Math.round(whole)} ms`);
  console.log(moments);
  expect(taken, "kills in the middle of an import").toBeGreaterThan(0);
});
