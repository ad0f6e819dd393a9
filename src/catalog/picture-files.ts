import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { mkdir, open, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { LookseeError } from "../errors.ts";
import { explained } from "./database.ts";

/** SHA-256 of a picture's bytes, in hex: its name on disk and what makes two pictures the same. */
export const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/**
 * The pictures of a data folder, content-addressed: `pictures/ab/abcd…`. A file under its final name is whole:
 * it is written under `pictures/drafts`, flushed, then renamed. `settle` flushes the folders; call it before the
 * commit that speaks of the pictures.
 */
export class PictureFiles {
  readonly #dir: string;
  readonly root: string;
  readonly #drafts: string;
  readonly #unsettled = new Set<string>();

  /** `name`: the folder within `dir`; it and its `drafts` must be there. */
  constructor(dir: string, name = "pictures") {
    this.#dir = dir;
    this.root = join(dir, name);
    this.#drafts = join(this.root, "drafts");
  }

  path(sha256: string): string {
    return join(this.root, sha256.slice(0, 2), sha256);
  }

  /** Stores the bytes unless they are there already. Throws DATA_UNWRITABLE. */
  async put(sha256: string, bytes: Uint8Array): Promise<void> {
    const path = this.path(sha256);
    const folder = join(this.root, sha256.slice(0, 2));
    if ((await stat(path).catch(() => undefined))?.size === bytes.length) {
      this.#unsettled.add(folder); // another process may have written it a moment ago
      return;
    }
    const draft = join(this.#drafts, randomBytes(12).toString("hex"));
    try {
      await mkdir(folder, { recursive: true });
      const file = await open(draft, "wx");
      try {
        await file.writeFile(bytes);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
    } catch (error) {
      rmSync(draft, { force: true });
      explained(this.#dir, () => {
        throw error;
      });
    }
    this.#unsettled.add(folder);
  }

  /** Makes the new names themselves durable. */
  async settle(): Promise<void> {
    if (this.#unsettled.size === 0 || process.platform === "win32") return;
    const folders = [this.root, ...this.#unsettled];
    this.#unsettled.clear();
    await Promise.all(
      folders.map(async (folder) => {
        const handle = await open(folder, "r");
        await handle.sync().finally(() => handle.close());
      }),
    );
  }

  /** Throws IMAGE_UNKNOWN if the file is gone; with `verify`, PICTURE_BROKEN if its bytes are no longer those stored. */
  read(sha256: string, verify = false): Uint8Array {
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(this.path(sha256));
    } catch (error) {
      throw new LookseeError(
        "IMAGE_UNKNOWN",
        `the picture file ${this.path(sha256)} is missing`,
        "Import its source again, which brings it back",
        { cause: error },
      );
    }
    if (verify && hashOf(bytes) !== sha256)
      throw new LookseeError(
        "PICTURE_BROKEN",
        `${this.path(sha256)} no longer holds the bytes that were stored`,
        "Delete that file and import its source again",
      );
    return bytes;
  }

  /** Whether the file is there with its full length; no look at the bytes. */
  has(sha256: string, bytes: number): boolean {
    return statSync(this.path(sha256), { throwIfNoEntry: false })?.size === bytes;
  }

  /** Deletes the file, if it is there. */
  remove(sha256: string): void {
    explained(this.#dir, () => rmSync(this.path(sha256), { force: true }));
  }

  /** Removes drafts that a killed process left behind, older than an hour. */
  sweepDrafts(now = Date.now()): void {
    for (const name of readdirSync(this.#drafts)) {
      const path = join(this.#drafts, name);
      const age = now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now);
      if (age > 3_600_000) rmSync(path, { force: true });
    }
  }
}
