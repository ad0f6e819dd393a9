import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { LookseeError } from "../errors.ts";
import { CatalogStore } from "./catalog-store.ts";
import { Database } from "./database.ts";
import { type Inventory, takeInventory } from "./inventory.ts";
import { Models } from "./models.ts";
import { Photos } from "./photos.ts";
import { PictureFiles } from "./picture-files.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * Opens a data folder: `looksee.db`, `pictures/`, `photos/`, `locks/`. Any number of processes may have it open.
 * `frozen`: reads see the moment of opening until it is closed, and nothing can be written; not for long.
 * Throws CATALOG_UNKNOWN if it is not there and `create` is not set, DATA_UNWRITABLE, DATA_FORMAT, DATA_BUSY.
 */
export function openStore(dir: string, options: { create?: boolean; frozen?: boolean } = {}): Store {
  const folder = resolve(dir);
  if (!options.create && !existsSync(join(folder, "looksee.db")))
    throw new LookseeError(
      "CATALOG_UNKNOWN",
      `${folder} is no looksee data folder`,
      "Import a source first (looksee import SOURCE), or name the folder with --data",
    );
  return new Store(new Database(folder, options.frozen === true));
}

export class Store {
  readonly dir: string;
  readonly #db: Database;
  readonly #files: PictureFiles;
  readonly #photos: Photos;
  readonly models: Models;

  constructor(db: Database) {
    this.#db = db;
    this.models = new Models(db);
    this.dir = db.dir;
    this.#files = new PictureFiles(db.dir);
    this.#photos = new Photos(db.dir);
  }

  /** Names, sorted. */
  catalogs(): string[] {
    return this.#db.arrays<[string]>("SELECT name FROM catalog ORDER BY name").map(([name]) => name);
  }

  /** Makes the catalog, or gives the one of that name. Throws CATALOG_NAME. */
  createCatalog(name: string): CatalogStore {
    if (!NAME.test(name))
      throw new LookseeError(
        "CATALOG_NAME",
        `${JSON.stringify(name).slice(0, 100)} cannot name a catalog`,
        "Use 1 to 64 letters, digits, dots, dashes or underscores, a letter or digit first",
      );
    if (!this.catalogs().includes(name))
      this.#db.run("INSERT INTO catalog (name, created) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", name, Date.now());
    return this.catalog(name);
  }

  /** Throws CATALOG_UNKNOWN. */
  catalog(name: string): CatalogStore {
    const row = this.#db.get<{ id: number }>("SELECT id FROM catalog WHERE name = ?", name);
    if (!row) {
      const others = this.catalogs();
      throw new LookseeError(
        "CATALOG_UNKNOWN",
        `${this.dir} holds no catalog ${JSON.stringify(name).slice(0, 100)}`,
        others.length > 0
          ? `Name one of: ${others.slice(0, 10).join(", ")}; or import a source into it first`
          : "Import a source into it first (looksee import SOURCE)",
      );
    }
    return new CatalogStore(this.#db, this.#files, row.id, name);
  }

  /** Keeps a shopper's re-encoded photo under `id`, or one of its own; returns the unguessable id. */
  savePhoto(jpeg: Uint8Array, id?: string): string {
    return this.#photos.save(jpeg, id);
  }

  /** Throws IMAGE_UNKNOWN. */
  photo(id: string): Uint8Array {
    return this.#photos.read(id);
  }

  /** Deletes photos older than `maxAgeMs`. Returns how many. */
  sweepPhotos(maxAgeMs: number): number {
    return this.#photos.sweep(maxAgeMs);
  }

  /** The database as this store sees it, as a file of its own. */
  copyDatabase(path: string): Promise<void> {
    return this.#db.copyTo(path);
  }

  /** The bytes of a picture of any catalog; see PictureFiles.read. */
  pictureFile(sha256: string, verify = false): Uint8Array {
    return this.#files.read(sha256, verify);
  }

  /** How the picture files and the rows agree; see takeInventory. */
  inventory(options: Parameters<typeof takeInventory>[2]): Inventory {
    return takeInventory(this.#db, this.#files, options);
  }

  close(): void {
    this.#db.close();
  }
}
