import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { link, mkdir, open, rename } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { LookseeError } from "../errors.ts";
import { explained } from "./database.ts";
import { filesUnder } from "./models.ts";
import { hashOf, PictureFiles } from "./picture-files.ts";
import type { Store } from "./store.ts";

const FORMAT = 1;
/** A block of the database that holds no changed page is not written again; 16 pages, so that few are dragged along. */
const BLOCK = 65_536;
/** Files read, hashed and written at a time. */
const AT_ONCE = 16;

/** What `<folder>/<snapshotId>.json` says. `checksum` is the SHA-256 of the document without it. */
export type Snapshot = {
  format: typeof FORMAT;
  snapshotId: string;
  /** ISO 8601, when the moment was fixed. */
  created: string;
  database: { bytes: number; blockBytes: number; blocks: string[] };
  /** `missing`: pictures whose file was gone or damaged when the snapshot was made. */
  pictures: { count: number; bytes: number; missing: string[] };
  catalogs: { name: string; version: number; items: number; variants: number; pictures: number }[];
  /** The files of added models, by their path below models/; snapshots of old have none. */
  models?: { path: string; bytes: number; blocks: string[] }[];
  /** Questions asked at the moment, and what was answered, for whoever checks a restored copy. */
  answers: SnapshotAnswers[];
};
export type SnapshotAnswers = { catalog: string; modelId: string; questions: [itemId: string, answer: string][] };

export type SnapshotStep = (stage: "database" | "pictures", done: number, total: number) => void;

/**
 * Snapshots of a data folder, side by side in one folder: `blocks/` and `pictures/` are content-addressed and shared,
 * so a snapshot costs what changed since the others; added models are kept as blocks too. Shoppers' photos are in none (design.md, promise 6).
 * A manifest is written last: what has one is whole.
 */
export class Snapshots {
  readonly folder: string;
  readonly #blocks: PictureFiles;
  readonly #pictures: PictureFiles;

  constructor(folder: string) {
    this.folder = resolve(folder);
    this.#blocks = new PictureFiles(this.folder, "blocks");
    this.#pictures = new PictureFiles(this.folder, "pictures");
  }

  /** Oldest first. */
  ids(): string[] {
    if (!existsSync(this.folder)) return [];
    const names = readdirSync(this.folder).filter((name) => NAME.test(name));
    return names.sort().map((name) => name.slice(0, -".json".length));
  }

  /** Oldest first. Throws SNAPSHOT_DAMAGED. */
  list(): Snapshot[] {
    return this.ids().map((snapshotId) => this.get(snapshotId));
  }

  /** Throws SNAPSHOT_UNKNOWN, SNAPSHOT_DAMAGED. */
  get(snapshotId: string): Snapshot {
    const path = join(this.folder, `${snapshotId}.json`);
    if (!NAME.test(`${snapshotId}.json`) || !existsSync(path))
      throw new LookseeError(
        "SNAPSHOT_UNKNOWN",
        `${this.folder} holds no snapshot ${JSON.stringify(snapshotId).slice(0, 80)}`,
        "List them with `looksee snapshot ls`",
      );
    try {
      const { checksum, ...snapshot } = JSON.parse(readFileSync(path, "utf8")) as Snapshot & { checksum: string };
      if (snapshot.format === FORMAT && checksum === checksumOf(snapshot)) return snapshot;
    } catch {}
    throw damaged(`${path} is no longer what was written`);
  }

  /** Stores what `store`, opened frozen, sees. Throws DATA_UNWRITABLE. */
  async write(
    store: Store,
    answers: SnapshotAnswers[],
    onStep: SnapshotStep = () => {},
  ): Promise<{ snapshot: Snapshot; newBytes: number }> {
    const created = new Date();
    for (const name of ["blocks/drafts", "pictures/drafts"])
      explained(this.folder, () => mkdirSync(join(this.folder, name), { recursive: true }));
    const copy = join(this.folder, "blocks/drafts", `${randomBytes(12).toString("hex")}.db`);
    let newBytes = 0;
    const keep = async (files: PictureFiles, sha256: string, bytes: number, read: () => Uint8Array) => {
      if (files.has(sha256, bytes)) return;
      await files.put(sha256, read());
      newBytes += bytes;
    };
    try {
      await store.copyDatabase(copy);
      const keepBlocks = async (path: string, onBytes: (bytes: number) => void = () => {}) => {
        const blocks: string[] = [];
        let bytes = 0;
        await each(blocksOf(path), async ({ block, at }) => {
          const sha256 = hashOf(block);
          blocks[at] = sha256;
          bytes += block.length;
          await keep(this.#blocks, sha256, block.length, () => block);
          onBytes(bytes);
        });
        return { bytes, blocks };
      };
      const { size } = await sizeOf(copy);
      const { bytes, blocks } = await keepBlocks(copy, (bytes) => onStep("database", bytes, size));
      const models: NonNullable<Snapshot["models"]> = [];
      for (const modelId of store.models.added())
        for (const file of await filesUnder(store.models.folder(modelId)))
          models.push({ path: `${modelId}/${file}`, ...(await keepBlocks(join(store.models.folder(modelId), file))) });

      const shown = shownIn(copy);
      const pictures = { count: shown.length, bytes: 0, missing: [] as string[] };
      let done = 0;
      await each(shown, async ({ sha256, bytes }) => {
        try {
          await keep(this.#pictures, sha256, bytes, () => store.pictureFile(sha256, true));
          pictures.bytes += bytes;
        } catch (error) {
          if (!(error instanceof LookseeError) || !/^(?:IMAGE|PICTURE)_/.test(error.code)) throw error;
          pictures.missing.push(sha256);
        }
        onStep("pictures", ++done, shown.length);
      });
      pictures.missing.sort();
      await Promise.all([this.#blocks.settle(), this.#pictures.settle()]);

      const snapshot: Snapshot = {
        format: FORMAT,
        snapshotId: newId(created),
        created: created.toISOString(),
        database: { bytes, blockBytes: BLOCK, blocks },
        pictures,
        models,
        catalogs: store.catalogs().map((name) => {
          const catalog = store.catalog(name);
          return { name, version: catalog.version(), ...catalog.counts() };
        }),
        answers,
      };
      const text = JSON.stringify({ ...snapshot, checksum: checksumOf(snapshot) });
      await writeDurably(join(this.folder, `${snapshot.snapshotId}.json`), [Buffer.from(text)]);
      return { snapshot, newBytes: newBytes + text.length };
    } finally {
      rmSync(copy, { force: true });
    }
  }

  /**
   * Makes a data folder of the snapshot at `target`, every byte checked against its hash. `looksee.db` comes last, so
   * a restore that was killed leaves no data folder, and the next one goes on. `link`: pictures are not copied but
   * linked, for a look that nobody writes to. Throws SNAPSHOT_UNKNOWN, SNAPSHOT_DAMAGED, SNAPSHOT_TARGET, DATA_UNWRITABLE.
   */
  async restore(
    snapshotId: string,
    target: string,
    options: { link?: boolean; onStep?: SnapshotStep } = {},
  ): Promise<Snapshot> {
    const { link: linked = false, onStep = () => {} } = options;
    const snapshot = this.get(snapshotId);
    const folder = resolve(target);
    const database = join(folder, "looksee.db");
    if (existsSync(database))
      throw new LookseeError(
        "SNAPSHOT_TARGET",
        `${folder} holds a looksee database already`,
        "Name a new folder with --to, or move the old one away first",
      );
    for (const name of ["pictures/drafts", "photos", "locks"])
      explained(folder, () => mkdirSync(join(folder, name), { recursive: true }));
    // Segments of the database that lay here before would be taken for this one's: both count changes from 1.
    explained(folder, () => rmSync(join(folder, "index"), { recursive: true, force: true }));
    const draft = `${database}.restoring`;
    await writeDurably(
      draft,
      this.#checked("the database", snapshot.database, (bytes, total) => onStep("database", bytes, total)),
    );
    for (const { path, ...content } of snapshot.models ?? []) {
      const file = join(folder, "models", path);
      await mkdir(dirname(file), { recursive: true });
      await writeDurably(file, this.#checked(path, content));
    }

    const missing = new Set(snapshot.pictures.missing);
    const wanted = shownIn(draft).filter(({ sha256 }) => !missing.has(sha256));
    const files = new PictureFiles(folder);
    let done = 0;
    await each(wanted, async ({ sha256, bytes }) => {
      if (linked || !files.has(sha256, bytes)) {
        const picture = this.#read(this.#pictures, sha256, "picture");
        if (!linked) await files.put(sha256, picture);
        else {
          await mkdir(dirname(files.path(sha256)), { recursive: true });
          await link(this.#pictures.path(sha256), files.path(sha256));
        }
      }
      onStep("pictures", ++done, wanted.length);
    });
    await files.settle();
    for (const ending of ["-wal", "-shm"]) rmSync(`${draft}${ending}`, { force: true });
    await rename(draft, database);
    await syncFolder(folder);
    return snapshot;
  }

  *#checked(
    what: string,
    { blocks, bytes: total }: { blocks: readonly string[]; bytes: number },
    onBytes: (bytes: number, total: number) => void = () => {},
  ): Generator<Uint8Array> {
    let bytes = 0;
    for (const sha256 of blocks) {
      const block = this.#read(this.#blocks, sha256, "block");
      bytes += block.length;
      onBytes(bytes, total);
      yield block;
    }
    if (bytes !== total) throw damaged(`${what} has ${bytes} bytes, not ${total}`);
  }

  #read(files: PictureFiles, sha256: string, what: string): Uint8Array {
    try {
      return files.read(sha256, true);
    } catch (cause) {
      throw damaged(`${what} ${files.path(sha256)} is missing or no longer what was written`, cause);
    }
  }
}

const NAME = /^\d{8}-\d{6}-[0-9a-f]{4}\.json$/;

/** Sorts by time; the random end keeps two of one second apart. */
const newId = (at: Date): string =>
  `${at.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-")}-${randomBytes(2).toString("hex")}`;

const checksumOf = (snapshot: object): string => createHash("sha256").update(JSON.stringify(snapshot)).digest("hex");

/** Every picture that an item shows, by its content. */
function shownIn(database: string): { sha256: string; bytes: number }[] {
  const connection = new DatabaseSync(database);
  try {
    const sql = "SELECT sha256, bytes FROM image WHERE EXISTS (SELECT 1 FROM picture WHERE image_id = image.id)";
    return connection.prepare(sql).all() as { sha256: string; bytes: number }[];
  } catch (cause) {
    throw damaged(`the database cannot be read (${(cause as Error).message})`, cause);
  } finally {
    connection.close();
  }
}

async function sizeOf(path: string): Promise<{ size: number }> {
  const file = await open(path, "r");
  return file.stat().finally(() => file.close());
}

async function* blocksOf(path: string): AsyncGenerator<{ block: Uint8Array; at: number }> {
  const file = await open(path, "r");
  try {
    for (let at = 0; ; at++) {
      const block = new Uint8Array(BLOCK);
      const { bytesRead } = await file.read(block, 0, BLOCK, at * BLOCK);
      if (bytesRead === 0) return;
      yield { block: block.subarray(0, bytesRead), at };
    }
  } finally {
    await file.close();
  }
}

/** Runs `work` on up to AT_ONCE entries at a time; the first failure ends it. */
async function each<Entry>(
  entries: AsyncIterable<Entry> | Iterable<Entry>,
  work: (entry: Entry) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  for await (const entry of entries) {
    const task: Promise<void> = work(entry)
      .catch((error) => void failures.push(error))
      .finally(() => running.delete(task));
    running.add(task);
    if (running.size >= AT_ONCE) await Promise.race(running);
    if (failures.length > 0) break;
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}

/** Under its name only when it is whole and on disk. Throws DATA_UNWRITABLE. */
async function writeDurably(path: string, parts: Iterable<Uint8Array>): Promise<void> {
  const draft = `${path}.tmp`;
  try {
    const file = await open(draft, "w");
    try {
      for (const part of parts) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
    await syncFolder(dirname(path));
  } catch (error) {
    rmSync(draft, { force: true });
    explained(dirname(path), () => {
      throw error;
    });
  }
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}

const damaged = (problem: string, cause?: unknown): LookseeError =>
  new LookseeError("SNAPSHOT_DAMAGED", problem, "Take another snapshot; this one cannot be trusted", { cause });
