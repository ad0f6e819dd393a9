import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LookseeError } from "../errors.ts";
import { explained } from "./database.ts";

const ID = /^[0-9a-f]{32}$/;

/** 128 random bits as 32 hex digits. */
const newPhotoId = (): string => randomBytes(16).toString("hex");

const unknownPhoto = (id: string): LookseeError =>
  new LookseeError("IMAGE_UNKNOWN", `no photo ${JSON.stringify(id).slice(0, 80)} is kept`, "Send the photo again");

/**
 * Shoppers' query photos, under ids nobody can guess (128 random bits), readable by this user only. They are no
 * part of the catalog: not in SQLite, in no snapshot, gone after `sweep` (design.md, promise 6). The caller
 * re-encodes them first.
 */
export class Photos {
  readonly #dir: string;
  readonly #root: string;

  constructor(dir: string) {
    this.#dir = dir;
    this.#root = join(dir, "photos");
  }

  /** `id`: 32 random hex digits, for an answer that is sent before the photo is written. */
  save(jpeg: Uint8Array, id = newPhotoId()): string {
    if (!ID.test(id)) throw unknownPhoto(id);
    return explained(this.#dir, () => {
      mkdirSync(this.#root, { recursive: true });
      const draft = join(this.#root, `${id}.tmp`);
      writeFileSync(draft, jpeg, { mode: 0o600 });
      renameSync(draft, join(this.#root, `${id}.jpg`));
      return id;
    });
  }

  /** Throws IMAGE_UNKNOWN: never there, or its time is over. */
  read(id: string): Uint8Array {
    if (ID.test(id))
      try {
        return readFileSync(join(this.#root, `${id}.jpg`));
      } catch {}
    throw unknownPhoto(id);
  }

  /** Deletes photos older than `maxAgeMs`; 0 deletes all. Returns how many. */
  sweep(maxAgeMs: number, now = Date.now()): number {
    let swept = 0;
    for (const name of readdirSync(this.#root)) {
      const path = join(this.#root, name);
      const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
      if (made === undefined || (now - made < maxAgeMs && maxAgeMs > 0)) continue;
      rmSync(path, { force: true });
      swept++;
    }
    return swept;
  }
}
