import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore } from "../../src/catalog/index.ts";
import type { SearchResult, Shop } from "../../src/index.ts";
import { serve } from "../../src/server/index.ts";
import type { Card } from "../../src/vision/index.ts";
import { items, patches, scratch } from "../vision/patches.ts";
import { install, type Package } from "./package.ts";

const at = scratch();
afterAll(() => at.remove());

/** Two versions of looksee, each with a default model of its own, and a data folder that the earlier one filled. */
let earlier: Package;
let later: Package;
let filled: string;
beforeAll(async () => {
  earlier = await install(join(at.dir, "earlier"), "pack-2", 2);
  later = await install(join(at.dir, "later"), "pack-3", 3);
  filled = join(at.dir, "filled");
  await using(earlier, filled, (shop) => shop.catalog("main").import(items(12)));
});

let folders = 0;
function copyOf(folder: string): string {
  const copy = join(at.dir, `data-${folders++}`);
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** A data folder as it was before models were kept. */
function ofOld(): string {
  const data = copyOf(filled);
  rmSync(join(data, "models"), { recursive: true });
  sql(data, "DELETE FROM promotion; UPDATE model SET golden = NULL");
  return data;
}

function sql(data: string, text: string): unknown[] {
  const database = new DatabaseSync(join(data, "looksee.db"));
  try {
    if (!text.startsWith("SELECT")) database.exec(text);
    return text.startsWith("SELECT") ? database.prepare(text).all() : [];
  } finally {
    database.close();
  }
}
const promotions = (data: string) =>
  sql(data, "SELECT model FROM promotion ORDER BY id").map((row) => Object.values(row!)[0]);
const models = (data: string) => (existsSync(join(data, "models")) ? readdirSync(join(data, "models")).sort() : []);

async function using<T>(looksee: Package, data: string, work: (shop: Shop) => Promise<T>): Promise<T> {
  const shop = await looksee.open(data);
  try {
    return await work(shop);
  } finally {
    await shop.close();
  }
}

/** What a search answers, without what is drawn anew each time. */
const ask = (looksee: Package, data: string, photo = 5) =>
  using(looksee, data, async (shop) => {
    const { modelVersion, hits, categories } = await shop.catalog("main").search({ image: await patches(photo, 30) });
    return { modelVersion, hits, categories };
  });

type Run = { exit: number | null; signal: string | null; stdout: string; stderr: string };

/** A command in a process of its own; `preload`: what it runs first. */
async function command(looksee: Package, words: string[], preload?: string): Promise<Run> {
  const child = spawn(process.execPath, [...(preload ? ["--import", preload] : []), looksee.main, ...words]);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => (stderr += text));
  const [exit, signal] = await once(child, "close");
  return { exit, signal, stdout, stderr };
}

/** A module that a process loads first: `code` has `fs`, the promises of node:fs, to lay hands on, and `die()`. */
function preload(name: string, code: string): string {
  const file = join(at.dir, `${name}.mjs`);
  writeFileSync(
    file,
    `import fs, { appendFileSync, cpSync, readFileSync, writeFileSync } from "node:fs";
     import { syncBuiltinESMExports } from "node:module";
     const { promises } = fs;
     const die = () => process.kill(process.pid, "SIGKILL");
     const of = (path) => String(path).includes("/models/.adding-");
     ${code}
     syncBuiltinESMExports();`,
  );
  return file;
}

/** A table of one product. */
async function oneRow(): Promise<string> {
  const table = join(at.dir, "one.jsonl");
  writeFileSync(join(at.dir, "one.png"), await patches(1));
  writeFileSync(table, `${JSON.stringify({ id: "one", title: "One", image: "one.png" })}\n`);
  return table;
}

test("after an upgrade the model of before answers on and imports on; the new one is moved to without a lost request", {
  timeout: 300_000,
}, async () => {
  const data = copyOf(filled);
  expect([models(data), promotions(data)]).toEqual([["pack-2"], ["pack-2"]]);
  const answer = await ask(earlier, data);
  expect([answer.modelVersion, answer.hits[0]!.itemId, answer.hits.length]).toEqual(["pack-2@1", "i5", 12]);
  expect(await ask(later, data)).toEqual(answer);

  await using(later, data, (shop) => shop.catalog("main").import(items(3, 12), { name: "second" }));
  const grown = await ask(later, data, 13);
  expect([grown.modelVersion, grown.hits[0]!.itemId, grown.hits.length]).toEqual(["pack-2@1", "i13", 15]);
  expect(models(data)).toEqual(["pack-2"]);

  const { stdout: listed } = await command(later, ["models", "ls", "--data", data]);
  expect(listed).toMatch(
    /pack-3 +comes with this version, not in use; lacks 15 .*main 0\n.*pack-2 +in use .*main 15\n/,
  );
  const note = async () =>
    (await later.doctor(data)).findings.find(({ check }) => check === "new model") ?? { remedy: "none" };
  expect(await note()).toMatchObject({
    state: "note",
    detail: "pack-3 comes with this version of looksee and is not in use; pack-2 answers",
    remedy: expect.stringMatching(
      /`looksee index --model pack-3 --catalog main`, then `looksee models promote pack-3`$/,
    ),
  });

  await using(later, data, async (shop) => {
    const { url, close } = await serve(shop, { port: 0, logger: pino({ level: "silent" }) });
    const answers: { status: number; model: string }[] = [];
    let asking = true;
    const client = async (n: number) => {
      for (let k = n; asking; k++) {
        const body = new FormData();
        body.append("image", new Blob([Buffer.from(await patches(k % 15, 30))]), "photo.png");
        const response = await fetch(`${url}/v1/catalogs/main/search`, { method: "POST", body });
        answers.push({ status: response.status, model: ((await response.json()) as SearchResult).modelVersion });
      }
    };
    const clients = [0, 5].map(client);
    for (const words of [
      ["index", "--model", "pack-3"],
      ["models", "promote", "pack-3"],
    ])
      expect(await command(later, [...words, "--data", data])).toMatchObject({ exit: 0 });
    await expect.poll(() => answers.at(-1)?.model, { timeout: 120_000 }).toBe("pack-3@1");
    asking = false;
    await Promise.all(clients);
    await close();
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(new Set(answers.map(({ model }) => model))).toEqual(new Set(["pack-2@1", "pack-3@1"]));
  });
  expect([models(data), promotions(data)]).toEqual([
    ["pack-2", "pack-3"],
    ["pack-2", "pack-3"],
  ]);
  expect(await note()).toEqual({ remedy: "none" });

  await using(later, data, async (shop) => {
    expect(await shop.models.rollback()).toMatchObject({ modelId: "pack-2", inUse: true, builtIn: false });
    await expect(shop.models.rollback()).rejects.toThrow(/MODEL_UNKNOWN: no model was promoted before pack-2/);
  });
  expect(await ask(earlier, data, 13)).toEqual(grown);
});

describe("a looksee that brings the same model with a newer card", () => {
  /** The earlier looksee's model, its card changed by `edit`. */
  async function withCard(name: string, edit: (card: Card) => void): Promise<Package> {
    const looksee = await install(join(at.dir, name), "pack-2", 2);
    const file = join(looksee.at, "models/default/card.json");
    const card = JSON.parse(readFileSync(file, "utf8")) as Card;
    edit(card);
    writeFileSync(file, JSON.stringify(card));
    return looksee;
  }
  const cardOf = (data: string): Card => JSON.parse(readFileSync(join(data, "models/pack-2/card.json"), "utf8"));
  const refitted = (card: Card) => {
    card.version = 2;
    card.calibration.score = { slope: 1, intercept: 0 };
  };

  test("answers by that card at once, with the codes that are there; the copy takes it over by the next import", async () => {
    const renewed = await withCard("renewed", refitted);
    const data = copyOf(filled);
    const [before, after] = [await ask(earlier, data), await ask(renewed, data)];
    expect([before.modelVersion, after.modelVersion]).toEqual(["pack-2@1", "pack-2@2"]);
    // Another score asks for a closer look at other photos, which orders the same items anew.
    expect(after.hits.map(({ itemId }) => itemId).sort()).toEqual(before.hits.map(({ itemId }) => itemId).sort());
    expect(after.hits.map(({ score }) => score)).not.toEqual(before.hits.map(({ score }) => score));
    expect([cardOf(data).version, await ask(earlier, data)]).toEqual([1, before]);

    await using(renewed, data, (shop) => shop.catalog("main").import(items(12)));
    expect(cardOf(data)).toMatchObject({ version: 2, calibration: { score: { slope: 1, intercept: 0 } } });
    expect([models(data), promotions(data), await ask(earlier, data)]).toEqual([["pack-2"], ["pack-2"], after]);
  });

  test("leaves the copy whole when it is killed as it takes the card over, and does so the next time", async () => {
    const renewed = await withCard("killed", refitted);
    const data = copyOf(filled);
    const table = await oneRow();
    const words = ["import", table, "--data", data, "--catalog", "other"];
    const hook = preload("card-on-its-way", "promises.rename = async (from) => of(from) && die();");
    expect((await command(renewed, words, hook)).signal).toBe("SIGKILL");
    expect([cardOf(data).version, (await ask(earlier, data)).modelVersion]).toEqual([1, "pack-2@1"]);
    expect(await command(renewed, words)).toMatchObject({ exit: 0 });
    expect([cardOf(data).version, models(data)]).toEqual([2, ["pack-2"]]);
  });

  test.each<[string, (card: Card) => void]>([
    [
      "is newer and makes other codes",
      (card) => Object.assign(card, { version: 2, codeThresholds: new Array(512).fill(0) }),
    ],
    ["is no newer", (card) => Object.assign(card.calibration.score, { slope: 1, intercept: 0 })],
  ])("keeps to the copy where the card %s", async (name, edit) => {
    const other = await withCard(name.replaceAll(" ", "-"), edit);
    const data = copyOf(filled);
    const answer = await ask(earlier, data);
    expect(await ask(other, data)).toEqual(answer);
    await using(other, data, (shop) => shop.catalog("main").import(items(12)));
    expect([cardOf(data).version, await ask(other, data)]).toEqual([1, answer]);
  });
});

test("a snapshot carries the model, and answers as at its moment whatever looksee it is restored with", async () => {
  // Of a folder of old, too: its codes mean nothing without the model.
  for (const data of [copyOf(filled), ofOld()]) {
    const folder = `${data}-snapshots`;
    await using(earlier, data, (shop) => shop.createSnapshot(folder));
    const restored = `${data}-restored`;
    await later.snapshots.restore(folder, undefined, restored);
    expect(await ask(later, restored)).toEqual(await ask(earlier, data));
  }
});

describe("a data folder of old, without a copy of its model,", () => {
  test("gets one by the next import, or as it is served while nobody writes to it", async () => {
    const imported = ofOld();
    await using(earlier, imported, (shop) => shop.catalog("main").import(items(12)));

    const served = ofOld();
    const store = openStore(served);
    const lock = store.catalog("main").tryWriterLock()!;
    await using(earlier, served, async (shop) => {
      await shop.catalog("main").search({ image: await patches(1, 30) });
      await shop.models.keep();
      expect([models(served), promotions(served)]).toEqual([[], []]);
      lock.release();
      await shop.models.keep();
      expect((await shop.catalog("main").search({ image: await patches(1, 30) })).modelVersion).toBe("pack-2@1");
    });
    store.close();
    for (const data of [imported, served]) {
      expect([models(data), promotions(data)]).toEqual([["pack-2"], ["pack-2"]]);
      expect(await ask(later, data)).toEqual(await ask(earlier, filled));
    }
  });

  test("says after the upgrade what happened and what to do: at the start of serve, and at every door", {
    timeout: 300_000,
  }, async () => {
    const data = ofOld();
    const said =
      /CATALOG_UNSEEN: model pack-3, which is in use, has seen no picture of catalog main; pack-2 has, and is not here .*left with it\)\. Run `looksee index --catalog main`.*`looksee models promote pack-2`/;
    await using(later, data, async (shop) => {
      const main = shop.catalog("main");
      await expect(main.search({ image: await patches(1, 30) })).rejects.toThrow(said);
      await expect(main.search({ itemId: "i3" })).rejects.toThrow(said);
      await expect(main.import(items(1, 40), { name: "late" })).rejects.toThrow(said);
      expect(main.item("i3").itemId).toBe("i3");
      expect(() => main.item("i40")).toThrow(/ITEM_UNKNOWN/);
      await shop.models.keep();
      expect([models(data), promotions(data)]).toEqual([[], []]);
    });
    expect((await later.doctor(data)).findings.find(({ check }) => check === "catalog main")).toMatchObject({
      state: "bad",
      detail: expect.stringContaining("CATALOG_UNSEEN"),
      remedy: expect.stringContaining("looksee index --catalog main"),
    });

    const serving = spawn(process.execPath, [later.main, "serve", "--port", "0", "--data", data]);
    try {
      let start = "";
      serving.stderr.on("data", (text) => (start += text));
      await expect.poll(() => start, { timeout: 120_000 }).toMatch(/looksee answers at \S+\n/);
      expect(start).toMatch(said);
      const url = /looksee answers at (\S+)/.exec(start)![1];
      const ready = await fetch(`${url}/health/ready`);
      expect([ready.status, await ready.json()]).toMatchObject([503, { code: "CATALOG_UNSEEN" }]);
      expect(await command(later, ["index", "--data", data])).toMatchObject({ exit: 0 });
      expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    } finally {
      serving.kill();
    }
    expect((await ask(later, data)).modelVersion).toBe("pack-3@1");
    expect([models(data), promotions(data)]).toEqual([["pack-3"], ["pack-3"]]);
  });

  test("answers as before with the earlier looksee's model added", async () => {
    const data = ofOld();
    await using(later, data, async (shop) => {
      await shop.models.add(join(earlier.at, "models/default"));
      await expect(shop.catalog("main").search({ image: await patches(1, 30) })).rejects.toThrow(
        /CATALOG_UNSEEN: .*; pack-2 has\. Run `looksee models promote pack-2`, or `looksee index --catalog main`/,
      );
      await shop.models.promote("pack-2");
    });
    expect(await ask(later, data)).toEqual(await ask(earlier, filled));
  });

  test("says so too where a promotion names the model that left, and can move on", async () => {
    const data = ofOld();
    sql(data, "INSERT INTO promotion (model, time) VALUES ('pack-2', 0)");
    await expect(ask(later, data)).rejects.toThrow(
      /MODEL_MISSING: model pack-2 is in use, and .*models\/pack-2 is not there .*`looksee index --model pack-3`, then `looksee models promote pack-3`/,
    );
    await using(later, data, async (shop) => {
      expect((await shop.models.faults()).map(({ code }) => code)).toEqual(["MODEL_MISSING"]);
      await shop.catalog("main").index({ model: "pack-3" });
      await shop.models.promote("pack-3");
    });
    expect((await ask(later, data)).hits[0]!.itemId).toBe("i5");
  });
});

describe("the copy is whole or not there", () => {
  const MOMENTS: [string, string][] = [
    [
      "in the middle of a file",
      `const { cp } = promises;
       promises.cp = async (from, to, options) => {
         if (!from.endsWith("model.onnx")) return cp(from, to, options);
         writeFileSync(to, readFileSync(from).subarray(0, 5000));
         die();
       };`,
    ],
    ["before it has its name", "promises.rename = async (from) => of(from) && die();"],
    [
      "when it has its name, and nobody has written down that it answers",
      `const { rename } = promises;
       promises.rename = async (from, to) => { await rename(from, to); if (of(from)) die(); };`,
    ],
  ];

  test.each(MOMENTS)("after kill -9 %s", { timeout: 300_000 }, async (name, code) => {
    const hook = preload(name.replaceAll(/\W+/g, "-"), code);
    const data = ofOld();
    const table = await oneRow();
    const killed = await command(earlier, ["import", table, "--data", data], hook);
    expect(killed.signal, killed.stderr).toBe("SIGKILL");
    expect(promotions(data)).toEqual([]);
    expect(models(data).filter((folder) => !folder.startsWith("."))).toEqual(name.startsWith("when") ? ["pack-2"] : []);

    // The upgrade comes at this very moment: what is whole can be promoted, of what is not nothing is taken for a model.
    const upgraded = copyOf(data);
    await expect(ask(later, upgraded)).rejects.toThrow(
      name.startsWith("when") ? /Run `looksee models promote pack-2`/ : /CATALOG_UNSEEN: .*Run `looksee index/,
    );
    // Or the same import again.
    expect(await command(earlier, ["import", table, "--data", data])).toMatchObject({ exit: 0 });
    expect([models(data), promotions(data)]).toEqual([["pack-2"], ["pack-2"]]);
    expect((await ask(later, data)).modelVersion).toBe("pack-2@1");
  });

  test("when several imports begin in a new folder at once", { timeout: 300_000 }, async () => {
    const data = join(at.dir, "together");
    const table = await oneRow();
    const runs = await Promise.all(
      [earlier, later, earlier].map((looksee, n) =>
        command(looksee, ["import", table, "--data", data, "--catalog", `c${n}`]),
      ),
    );
    expect(runs.map(({ exit, stderr }) => [exit, exit === 0 ? "" : stderr])).toEqual([0, 0, 0].map((n) => [n, ""]));
    const [inUse, ...others] = promotions(data);
    expect([models(data), others]).toEqual([[inUse], []]);
    await using(earlier, data, async (shop) => {
      expect(shop.catalogs()).toEqual(["c0", "c1", "c2"]);
      const used = (await shop.models.list()).find(({ modelId }) => modelId === inUse)!;
      expect(used.catalogs.map(({ codes }) => codes)).toEqual([1, 1, 1]);
    });
  });

  test("on a full disk nothing is imported, and nothing is left of it", async () => {
    const hook = preload(
      "full",
      `promises.cp = async (from, to) => {
         writeFileSync(to, "");
         throw Object.assign(new Error("ENOSPC: no space left on device, copyfile"), { code: "ENOSPC" });
       };`,
    );
    const data = join(at.dir, "full");
    const run = await command(earlier, ["import", await oneRow(), "--data", data], hook);
    expect([run.exit, run.stderr]).toEqual([3, expect.stringMatching(/^DATA_UNWRITABLE: .*ENOSPC/)]);
    expect([models(data), promotions(data)]).toEqual([[], []]);
  });
});
