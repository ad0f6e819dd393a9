import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { DuplicateGroup, ImportReport, Job, Quarantined, SnapshotCheck, Why } from "../../src/index.ts";
import { json, looksee } from "./run.ts";

// Each test runs the command line a dozen times.
vi.setConfig({ testTimeout: 240_000 });

/** A small shop: six items, `f` a copy of `a` under another seller's name, one row without its picture. */
let dir = "";
let table = "";
let data: string[] = [];
const at = (name: string) => join(dir, name);
const looks = (...words: string[]) => looksee(...words, ...data);
const said = <T>(...words: string[]) => json<T>(...words, ...data);

async function picture(name: string, hue: number): Promise<void> {
  const shape = `<svg xmlns="http://www.w3.org/2000/svg" width="240" height="240"><rect width="240" height="240" fill="#fff"/>
    <g fill="hsl(${hue},70%,40%)"><rect x="${40 + hue / 6}" y="50" width="${60 + (hue % 50)}" height="120"/>
    <circle cx="${150 - hue / 8}" cy="${90 + hue / 4}" r="${20 + hue / 10}"/></g></svg>`;
  await sharp(Buffer.from(shape)).jpeg().toFile(at(name));
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "looksee-upkeep-"));
  data = ["--data", at("data")];
  table = at("shop.csv");
  for (const [n, id] of [..."abcde"].entries()) await picture(`${id}.jpg`, n * 70);
  await sharp(readFileSync(at("a.jpg")))
    .jpeg({ quality: 40 })
    .toFile(at("f.jpg"));
  const rows = [..."abcdef"].map((id, n) => `${id},Item ${id},${n + 1}.50,${n < 3 ? "cups" : "plates"},${n},${id}.jpg`);
  writeFileSync(table, `id,title,price,category,sales,image\n${rows.join("\n")}\ng,Item g,9,cups,0,g.jpg\n`);
  const { exit, stdout } = looks("import", table);
  expect(exit).toBe(1);
  expect(stdout).toMatch(/^7 rows: 7 imported, .*\n1 group of items that show the same picture: looksee dedup ls\n/);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test("dedup: an import finds the copy by itself; keep and merge are obeyed, and kept by later imports", () => {
  const groups = () =>
    said<DuplicateGroup[]>("dedup", "ls").map(({ items }) => items.map(({ itemId }) => itemId).sort());
  expect(groups()).toEqual([["a", "f"]]);
  expect(looks("dedup", "ls").stdout).toMatch(/^group +item +image +title\n +1 +\* +f +\d+ +Item f\n +1 +a /);
  expect(looks("dedup", "keep", "a")).toMatchObject({ exit: 0, stdout: "Noted. 0 groups now.\n" });
  expect(looks("dedup", "ls")).toMatchObject({ exit: 0, stdout: "", stderr: "No two items show the same picture.\n" });
  expect(looks("dedup", "merge", "b", "c")).toMatchObject({ exit: 0, stdout: "Noted. 1 group now.\n" });
  expect(looks("import", table).exit).toBe(1);
  expect(groups()).toEqual([["b", "c"]]);
  expect(looks("dedup", "merge", "a")).toMatchObject({ exit: 2, stderr: expect.stringMatching(/^USAGE: .*two items/) });
  expect(looks("dedup", "keep", "nobody")).toMatchObject({ exit: 3, stderr: expect.stringMatching(/^ITEM_UNKNOWN: /) });
});

test("items show: the whole item, and why it is found or not, before and after a rule", () => {
  const { stdout } = looks("items", "show", "d", "--why");
  expect(stdout).toMatch(/^field +value\nitemId +d\ntitle +Item d\ncategory +plates\nprice +4.5\n/);
  expect(stdout).toMatch(/\npicture +variant +sha256\n +\d+ +[0-9a-f]{64}\n/);
  expect(stdout).toContain("It may be found: every rule lets it pass.");
  expect(looks("items", "select", "--except", "plates").stdout).toBe("3 of 7 items may be found.\n");
  const shown = said<{ attributes: object; variants: object[]; why: Why }>("items", "show", "d", "--why");
  expect(shown).toMatchObject({ itemId: "d", price: 4.5, attributes: { sales: "3" }, variants: [] });
  expect(shown.why).toMatchObject({ chosen: false, because: "its category plates is left out" });
  expect(looks("items", "select", "--all").stdout).toBe("7 of 7 items may be found.\n");
  expect(looks("items", "select", "--least", "2").exit).toBe(2);
  expect(looks("items", "show", "nobody").exit).toBe(3);
});

test("quarantine: what was set aside is listed, retried when it is mended, and then nothing is left", async () => {
  expect(said<Quarantined[]>("quarantine", "ls")).toMatchObject([
    { row: 7, picture: "g.jpg", code: "PICTURE_MISSING" },
  ]);
  const still = looks("quarantine", "retry", "--json");
  expect(still.exit).toBe(1);
  expect(JSON.parse(still.stdout)).toMatchObject([{ rows: 7, unchanged: 7, quarantined: [{ row: 7 }] }]);
  expect(still.stderr).not.toContain("columns read as");
  await picture("g.jpg", 200);
  const mended = looks("quarantine", "retry");
  expect(mended).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^7 rows: 1 imported, 6 unchanged/) });
  expect(looks("quarantine", "ls")).toMatchObject({ exit: 0, stdout: "", stderr: "Nothing is set aside.\n" });
  expect(said("quarantine", "retry")).toEqual([]);
});

test("jobs: each is listed and shown; one that was interrupted is paused, resumed, cancelled, retried", () => {
  const [newest] = said<Job[]>("jobs", "ls");
  expect(newest).toMatchObject({ kind: "import", state: "done", failures: {} });
  const shown = looks("jobs", "show", newest!.jobId).stdout;
  expect(shown).toMatch(new RegExp(`^job +${newest!.jobId}\nkind +import\nsource +.*shop.csv\nstate +done\n`));
  for (const verb of ["pause", "cancel", "resume"])
    expect(looks("jobs", verb, newest!.jobId)).toMatchObject({
      exit: 3,
      stderr: expect.stringMatching(/^JOB_STATE: /),
    });
  for (const verb of ["show", "pause", "cancel", "resume", "retry"])
    expect(looks("jobs", verb, "job-99").stderr).toMatch(/^JOB_UNKNOWN: .*looksee jobs ls`\.\n$/);

  const state = (next: string) => {
    const db = new DatabaseSync(join(at("data"), "looksee.db"));
    db.prepare("UPDATE job SET state = ?, pid = NULL WHERE id = ?").run(next, Number(newest!.jobId.slice(4)));
    db.close();
  };
  state("interrupted"); // as a killed process leaves it
  expect(looks("jobs", "pause", newest!.jobId)).toMatchObject({ exit: 0, stdout: `${newest!.jobId} is paused\n` });
  expect(said<ImportReport>("jobs", "resume", newest!.jobId)).toMatchObject({ jobId: newest!.jobId, unchanged: 7 });
  expect(said<Job>("jobs", "show", newest!.jobId)).toMatchObject({ state: "done", run: 2 });
  state("interrupted");
  expect(said<Job>("jobs", "cancel", newest!.jobId)).toMatchObject({ state: "cancelled" });
  const again = said<ImportReport>("jobs", "retry", newest!.jobId);
  expect(again).toMatchObject({
    rows: 7,
    unchanged: 7,
    quarantined: [],
    duplicates: { compared: 0, waiting: 0, groups: 1 },
  });
  expect(again.jobId).not.toBe(newest!.jobId);
});

test("snapshot: taken, listed, verified, restored into a folder that answers alike; a damaged one says so", () => {
  const backup = ["--in", at("backup")];
  expect(looks("snapshot", "ls", ...backup)).toMatchObject({ exit: 0, stdout: "" });
  expect(looks("snapshot", "verify", ...backup).stderr).toMatch(/^SNAPSHOT_UNKNOWN: /);
  const taken = looks("snapshot", "create", ...backup);
  expect(taken.stdout).toMatch(/^\S+: 7 pictures, [\d.]+ MB, [\d.]+ MB of it new \([\d.]+ s\)\n$/);
  const [listed] = said<{ snapshotId: string; catalogs: object[] }[]>("snapshot", "ls", ...backup);
  expect(listed).toMatchObject({ pictures: 7, catalogs: [{ name: "main", items: 7 }] });
  expect(said<SnapshotCheck>("snapshot", "verify", ...backup)).toMatchObject({
    ok: true,
    snapshotId: listed!.snapshotId,
  });
  expect(looks("snapshot", "restore", ...backup).exit).toBe(2); // where to is not guessed
  const copy = at("copy");
  expect(said("snapshot", "restore", "--to", copy, ...backup)).toMatchObject({ folder: copy });
  expect(looks("snapshot", "restore", "--to", copy, ...backup).stderr).toMatch(/^SNAPSHOT_TARGET: /);
  const exported = (folder: string) => looksee("export", "--data", folder).stdout;
  expect(exported(copy)).toBe(exported(at("data")));
  expect(exported(copy).split("\n").length).toBeGreaterThan(12);

  const { pictures } = said<{ pictures: { path?: string; sha256: string }[] }>("items", "show", "e");
  rmSync(join(copy, "pictures", pictures[0]!.sha256.slice(0, 2), pictures[0]!.sha256));
  const missing = looksee("snapshot", "create", "--data", copy, "--in", at("backup-2"));
  expect(missing).toMatchObject({ exit: 1, stderr: expect.stringContaining("1 picture files are missing or damaged") });
});

test("doctor: a whole folder is good; one whose database was overwritten is bad, and nothing is changed", () => {
  const whole = looks("doctor");
  expect(whole.exit).toBe(0);
  expect(whole.stdout).toMatch(/^good {2}machine: /);
  expect(whole.stdout).not.toMatch(/^BAD/m);
  const copy = at("bad");
  json("snapshot", "restore", "--to", copy, "--in", at("backup"), ...data);
  const database = join(copy, "looksee.db");
  writeFileSync(database, "this is no database\n".repeat(300));
  const bad = looksee("doctor", "--data", copy);
  expect(bad.exit).toBe(1);
  expect(bad.stdout).toMatch(/^BAD .*\n {6}→ /m);
  expect(JSON.parse(looksee("doctor", "--data", copy, "--json").stdout)).toMatchObject({ ok: false });
  expect(readFileSync(database, "utf8")).toContain("this is no database");
});
