import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { LookseeError } from "../errors.ts";
import { decodeManifest, type Manifest } from "./manifest.ts";

/** Where an index keeps its segments. */
export class Folder {
  readonly dir: string;
  readonly modelId: string;
  #next = 1;

  /** Throws INDEX_FOLDER if `dir` is not there and cannot be made. */
  constructor(dir: string, modelId: string) {
    this.dir = dir;
    this.modelId = modelId;
    try {
      mkdirSync(dir, { recursive: true });
    } catch (cause) {
      throw new LookseeError(
        "INDEX_FOLDER",
        `the folder ${dir} of the index cannot be made (${(cause as Error).message})`,
        "Give this user the right to write there, or name another folder",
        { cause },
      );
    }
  }

  /** Undefined where there is none yet. Throws SEGMENT_MODEL, and what decodeManifest throws. */
  manifest(): Manifest | undefined {
    if (!existsSync(join(this.dir, "manifest"))) return undefined;
    const bytes = this.read("manifest");
    const manifest = decodeManifest(bytes);
    this.#next = Math.max(this.#next, manifest.next);
    if (manifest.model !== this.modelId)
      throw new LookseeError(
        "SEGMENT_MODEL",
        `${this.dir} holds codes of ${JSON.stringify(manifest.model)}, not of ${JSON.stringify(this.modelId)}`,
        REBUILD,
      );
    return manifest;
  }

  /** Tells one state of the manifest from the next without reading it. */
  stamp(): string {
    const stats = statSync(join(this.dir, "manifest"), { throwIfNoEntry: false, bigint: true });
    return stats ? `${stats.ino} ${stats.mtimeNs} ${stats.size}` : "";
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  /** A file's bytes. Throws SEGMENT_MISSING, SEGMENT_DAMAGED. */
  read(name: string): Uint8Array {
    try {
      return readFileSync(this.path(name));
    } catch (cause) {
      const gone = (cause as NodeJS.ErrnoException).code === "ENOENT";
      const problem = gone ? `${name} is gone` : `${name} cannot be read (${(cause as Error).message})`;
      throw new LookseeError(gone ? "SEGMENT_MISSING" : "SEGMENT_DAMAGED", problem, REBUILD, { cause });
    }
  }

  newName(kind: "seg" | "lists"): string {
    return `${String(this.#next++).padStart(8, "0")}.${kind}`;
  }

  get next(): number {
    return this.#next;
  }
}

const REBUILD = "The index is built again from the catalog; nothing is lost";
