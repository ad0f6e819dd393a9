import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { cp, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { LookseeError } from "../errors.ts";
import { LISTED } from "./codes.ts";
import { MODEL_STRIDE } from "./commit.ts";
import { type Database, explained } from "./database.ts";
import { tryWriterLock, type WriterLock } from "./writer-lock.ts";

/** How much of a catalog a model has seen. `missing`: pictures that the model in use has seen and this one has not. */
export type ModelCoverage = { catalog: string; codes: number; missing: number };

/**
 * The models of a data folder: `models/<id>/`, and which of them answers: the one promoted last. While none is, nothing has
 * been written yet, and the one that comes with looksee answers; the first work that makes codes keeps a copy of that one
 * here and promotes it, so that it answers on when another looksee brings another.
 */
export class Models {
  readonly #db: Database;
  readonly #dir: string;

  constructor(db: Database) {
    this.#db = db;
    this.#dir = join(db.dir, "models");
  }

  /** The model promoted last; null: none was. About 3 µs. */
  promoted(): string | null {
    return this.#db.get<{ model: string }>("SELECT model FROM promotion ORDER BY id DESC LIMIT 1")?.model ?? null;
  }

  /** Ids of the models with a folder here, sorted. */
  added(): string[] {
    if (!existsSync(this.#dir)) return [];
    return readdirSync(this.#dir)
      .filter((name) => !name.startsWith("."))
      .sort();
  }

  /** Whether its files are here. */
  has(modelId: string): boolean {
    return this.added().includes(modelId);
  }

  folder(modelId: string): string {
    return join(this.#dir, modelId);
  }

  /** Held by the one process that adds a model; undefined while another does. */
  tryLock(): WriterLock | undefined {
    return tryWriterLock(this.#db.dir, "models");
  }

  /** An empty folder for a model on its way, beside the others. What a killed process left of one goes; hold the lock. */
  draft(): string {
    return explained(this.#db.dir, () => {
      mkdirSync(this.#dir, { recursive: true });
      for (const name of readdirSync(this.#dir))
        if (name.startsWith(".adding-")) rmSync(join(this.#dir, name), { recursive: true, force: true });
      const folder = join(this.#dir, `.adding-${randomBytes(6).toString("hex")}`);
      mkdirSync(folder);
      return folder;
    });
  }

  /** Copies into a draft what `names` says lies in a folder. DATA_UNWRITABLE. */
  async fill(draft: string, folder: string, names: readonly string[]): Promise<void> {
    await this.#explained(async () => {
      for (const name of names) await cp(join(folder, name), join(draft, name), { recursive: true, dereference: true });
    });
  }

  /**
   * Gives a whole draft its name, durably. `answers`: hash of what the model answers, so that another network never goes
   * under a name that has codes here; of codes whose model was never kept here the name alone is known.
   * MODEL_EXISTS, DATA_UNWRITABLE.
   */
  async settle(draft: string, modelId: string, answers: string): Promise<void> {
    const known = this.#db.get<{ golden: string | null }>("SELECT golden FROM model WHERE name = ?", modelId)?.golden;
    if (this.has(modelId) || (known ?? answers) !== answers)
      throw new LookseeError(
        "MODEL_EXISTS",
        `there is a model ${modelId} already`,
        "Give the new one another id in its card.json",
      );
    await this.#explained(async () => {
      for (const path of await readdir(draft, { recursive: true })) await sync(join(draft, path));
      await sync(draft);
      this.#db.run(
        "INSERT INTO model (name, golden) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET golden = excluded.golden",
        modelId,
        answers,
      );
      await rename(draft, this.folder(modelId));
      await sync(this.#dir);
    });
  }

  /** Puts a card in the place of a model's own, durably; whole, or not at all. Hold the lock. DATA_UNWRITABLE. */
  async renewCard(modelId: string, card: string): Promise<void> {
    const draft = this.draft();
    const [ready, own] = [join(draft, "card.json"), this.folder(modelId)];
    await this.#explained(async () => {
      await cp(card, ready);
      await sync(ready);
      await rename(ready, join(own, "card.json"));
      await sync(own);
      await rm(draft, { recursive: true });
    });
  }

  /** Of every catalog, by name. */
  coverage(modelId: string, inUse: string): ModelCoverage[] {
    return this.#db.all<ModelCoverage>(
      `SELECT c.name AS catalog,
         (SELECT count(*) FROM member m JOIN code ON key = (SELECT id FROM model WHERE name = ?1) * ${MODEL_STRIDE} + m.image_id
          WHERE m.catalog_id = c.id AND m.live = 1) AS codes,
         ${modelId === inUse ? "0" : MISSING} AS missing
       FROM catalog c ORDER BY c.name`,
      modelId,
      ...(modelId === inUse ? [] : [inUse]),
    );
  }

  /** Writes down that `modelId` answers, if no promotion says which does. */
  begin(modelId: string): void {
    this.#db.run(
      "INSERT INTO promotion (model, time) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM promotion)",
      modelId,
      Date.now(),
    );
  }

  /** Whether a promotion of it stands, the last or an earlier one. */
  wasPromoted(modelId: string): boolean {
    return this.#db.get("SELECT 1 FROM promotion WHERE model = ?", modelId) !== undefined;
  }

  /**
   * From now on `modelId` answers. One transaction; what was imported until then has its codes. `inUse`: the model that
   * answers now. MODEL_INCOMPLETE, DATA_BUSY while an import or the like runs.
   */
  promote(modelId: string, inUse: string): void {
    this.#change(modelId, inUse, () =>
      this.#db.run("INSERT INTO promotion (model, time) VALUES (?, ?)", modelId, Date.now()),
    );
  }

  /** Takes the last promotion back. `before`: the model that answers then. Throws what promote throws. */
  rollback(before: string, inUse: string): void {
    this.#change(before, inUse, () => this.#db.run("DELETE FROM promotion WHERE id = (SELECT max(id) FROM promotion)"));
  }

  /** The model that answered before the last promotion; null: none is known. */
  before(): string | null {
    const rows = this.#db.all<{ model: string }>("SELECT model FROM promotion ORDER BY id DESC LIMIT 2");
    return rows[1]?.model ?? null;
  }

  /** Keeps imports and the like out of every catalog until it is released. DATA_BUSY while one runs. */
  lockCatalogs(): WriterLock {
    const locks: WriterLock[] = [];
    const release = () => {
      for (const lock of locks) lock.release();
    };
    try {
      for (const { id, name } of this.#db.all<{ id: number; name: string }>("SELECT id, name FROM catalog")) {
        const lock = tryWriterLock(this.#db.dir, `catalog-${id}`);
        if (!lock)
          throw new LookseeError(
            "DATA_BUSY",
            `catalog ${name} is being written to, with the model in use`,
            "Wait for its job to end, or pause it (looksee jobs ls)",
          );
        locks.push(lock);
      }
      return { release };
    } catch (error) {
      release();
      throw error;
    }
  }

  #change(modelId: string, inUse: string, write: () => void): void {
    const lock = this.lockCatalogs();
    try {
      this.#db.transaction(() => {
        const lacking = this.coverage(modelId, inUse).filter(({ missing }) => missing > 0);
        if (lacking.length > 0) throw incomplete(modelId, lacking);
        write();
        // Whoever still answers with the other model may do so for catalogs that have not changed since.
        this.#db.run("UPDATE catalog SET promoted = version");
      });
    } finally {
      lock.release();
    }
  }

  /** What the file system refuses, said as the rest of the data folder says it. */
  async #explained(work: () => Promise<void>): Promise<void> {
    await work().catch((error) =>
      explained(this.#db.dir, () => {
        throw error;
      }),
    );
  }
}

/** Pictures that items list, found or not, which model ?2 has seen and model ?1 has not. */
const MISSING = `(SELECT count(*) FROM member m WHERE m.catalog_id = c.id AND ${LISTED}
  AND EXISTS (SELECT 1 FROM code WHERE key = (SELECT id FROM model WHERE name = ?2) * ${MODEL_STRIDE} + m.image_id)
  AND NOT EXISTS (SELECT 1 FROM code WHERE key = coalesce((SELECT id FROM model WHERE name = ?1), -1) * ${MODEL_STRIDE} + m.image_id))`;

function incomplete(modelId: string, lacking: readonly ModelCoverage[]): LookseeError {
  const named = lacking.map(({ catalog, missing }) => `${missing} pictures of ${catalog}`).join(", ");
  const verbs = lacking.map(({ catalog }) => `looksee index --model ${modelId} --catalog ${catalog}`);
  return new LookseeError(
    "MODEL_INCOMPLETE",
    `model ${modelId} has not seen ${named}`,
    `Run \`${verbs.join("`, `")}\` first`,
  );
}

/** Paths below a folder, of files alone, sorted. */
export async function filesUnder(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => statSync(join(folder, name)).isFile()).sort();
}

async function sync(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  await handle.sync().finally(() => handle.close());
}
