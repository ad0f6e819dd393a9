import { readFile, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CatalogStore, hashOf, type ImageRecord, type OriginRecord } from "../catalog/index.ts";
import { LookseeError } from "../errors.ts";
import type { PictureSource } from "./draft.ts";
import { HostFailure, type Validators } from "./fetch-picture.ts";
import { Gate } from "./gate.ts";
import type { Hosts } from "./hosts.ts";
import { recordOf, type Seeing } from "./seen.ts";

/** A larger file is no catalogue picture (bytes). */
const LARGEST_FILE = 100 * 1024 * 1024;
/** Pictures read, decoded and seen at a time; enough to fill the model's batches, few enough to bound memory. */
const IN_FLIGHT = 12;

/** A server's word that a picture will not change is taken for no longer than this. */
const LONGEST_TRUST_MS = 7 * 86_400_000;

export type Fetched =
  | { ok: true; sha256: string; image: ImageRecord | null; origin: OriginRecord | null }
  | { ok: false; error: LookseeError };

/**
 * Gets pictures and looks at them, each content once. A file whose size, time and inode are those of last time, or an
 * address whose server says that nothing changed, is taken from the catalog without being opened.
 */
export class Pictures {
  readonly #catalog: CatalogStore;
  readonly #model: Seeing;
  readonly #base: string;
  readonly #hosts: Hosts;
  readonly #signal: AbortSignal;
  readonly #eyes = new Gate(IN_FLIGHT);
  /** By location, while an item in hand may still ask for it; failures are kept, so a dead link is tried once a run. */
  readonly #byLocation = new Map<string, Promise<Fetched>>();
  /** By content: two files with the same bytes are seen once. */
  readonly #byHash = new Map<string, Promise<ImageRecord | null>>();

  constructor(catalog: CatalogStore, model: Seeing, base: string, hosts: Hosts, signal: AbortSignal) {
    this.#catalog = catalog;
    this.#model = model;
    this.#base = base;
    this.#hosts = hosts;
    this.#signal = signal;
  }

  /** Never throws for the picture's own faults; a model or disk that fails ends the import. */
  get(source: PictureSource): Promise<Fetched> {
    if (typeof source !== "string") return settled(this.#eyes.through(() => this.#take(source, null)));
    let fetched = this.#byLocation.get(source);
    if (!fetched) {
      fetched = settled(this.#fetch(source));
      this.#byLocation.set(source, fetched);
    }
    return fetched;
  }

  /** Forgets what is committed: from now on the catalog knows it. */
  forget(sources: Iterable<PictureSource>, hashes: Iterable<string>): void {
    for (const source of sources) if (typeof source === "string") this.#byLocation.delete(source);
    for (const hash of hashes) this.#byHash.delete(hash);
  }

  /** What a table from an address names is an address too, and never a file of this machine. */
  async #fetch(source: string): Promise<Fetched> {
    const remote = /^https?:\/\//i.test(this.#base);
    const location = remote ? (URL.parse(source, this.#base)?.href ?? source) : source;
    if (/^https?:\/\//i.test(location)) return this.#download(location);
    if (!remote) return this.#open(location);
    throw new LookseeError("URL_REFUSED", `${location.slice(0, 200)} is no http(s) address`, "Correct it in the feed");
  }

  async #open(location: string): Promise<Fetched> {
    const { path, size, stamp } = await this.#find(location);
    const known = this.#catalog.known.origin(path);
    if (known?.stamp === stamp && this.#isSeen(known.sha256))
      return { ok: true, sha256: known.sha256, image: null, origin: null };
    if (size === 0) throw new LookseeError("PICTURE_EMPTY", `${location} is empty`, "Put the picture there again");
    if (size > LARGEST_FILE)
      throw new LookseeError("PICTURE_TOO_LARGE", `${location} is larger than 100 MiB`, "Put a smaller picture there");
    return this.#eyes.through(async () => {
      this.#signal.throwIfAborted(); // many wait here; none is read any more once the import is stopped
      return this.#take(await readFile(path), { location: path, stamp });
    });
  }

  async #download(address: string): Promise<Fetched> {
    const origin = this.#catalog.known.origin(address);
    const known = origin && this.#isSeen(origin.sha256) ? origin : undefined;
    const last = known ? stampOf(known.stamp) : {};
    const unchanged: Fetched | null = known ? { ok: true, sha256: known.sha256, image: null, origin: null } : null;
    if (unchanged && Date.now() < (last.until ?? 0)) return unchanged;
    try {
      return await this.#hosts.fetch(address, last, async ({ bytes, freshMs, etag, modified }) => {
        // A server that says nothing of its pictures is believed for a week, one that can tell a change is asked.
        const trusted = freshMs ?? (etag === undefined && modified === undefined ? LONGEST_TRUST_MS : 0);
        const until = trusted > 0 ? Date.now() + Math.min(trusted, LONGEST_TRUST_MS) : undefined;
        const stamp = JSON.stringify({ etag, modified, until });
        if (bytes !== null) return this.#eyes.through(() => this.#take(bytes, { location: address, stamp }));
        const { sha256 } = known!;
        return {
          ok: true,
          sha256,
          image: null,
          origin: stamp === known!.stamp ? null : { location: address, stamp, sha256 },
        };
      });
    } catch (error) {
      // What was fetched before is still the shop's picture while its host is down.
      if (unchanged && error instanceof HostFailure) return unchanged;
      throw error;
    }
  }

  async #take(bytes: Uint8Array, from: { location: string; stamp: string } | null): Promise<Fetched> {
    this.#signal.throwIfAborted();
    const sha256 = hashOf(bytes);
    let seen = this.#byHash.get(sha256);
    if (!seen) {
      seen = this.#isSeen(sha256) ? Promise.resolve(null) : this.#see(sha256, bytes);
      this.#byHash.set(sha256, seen);
      seen.catch(() => this.#byHash.delete(sha256));
    }
    const image = await seen;
    return { ok: true, sha256, image, origin: from && { ...from, sha256 } };
  }

  async #see(sha256: string, bytes: Uint8Array): Promise<ImageRecord> {
    const sight = await this.#model.see(bytes);
    await this.#catalog.storePicture(sha256, bytes); // only what can be seen, or broken files would be left behind
    const { width, height, format } = sight;
    return { sha256, width, height, mime: `image/${format}`, bytes: bytes.length, sight: recordOf(sight) };
  }

  /** Known bytes, seen by this model, their file in place. */
  #isSeen(sha256: string): boolean {
    const image = this.#catalog.known.image(this.#model.id, sha256);
    return image?.seen === true && this.#catalog.hasPictureFile(sha256, image.bytes);
  }

  /** Beside the table (or under --images); an absolute path, as a shop's export writes it, is tried there first too. */
  async #find(location: string): Promise<{ path: string; size: number; stamp: string }> {
    const local = location.startsWith("file:") ? fileUrl(location) : location;
    const tries = [join(this.#base, local)];
    if (isAbsolute(local)) tries.push(local);
    if (local.includes("\\")) tries.push(join(this.#base, local.replaceAll("\\", "/")));
    for (const path of tries) {
      const stats = await stat(path, { bigint: true }).catch(() => undefined);
      if (stats?.isFile())
        return { path, size: Number(stats.size), stamp: `${stats.size}:${stats.mtimeNs}:${stats.ino}` };
    }
    throw new LookseeError(
      "PICTURE_MISSING",
      `there is no ${tries[0]}`,
      "Put the picture there, or name its folder with --images",
    );
  }
}

/** The stamp of an address: what to ask its server with, and from when on. Folders of old have an empty one. */
function stampOf(stamp: string): Validators & { until?: number } {
  return stamp.startsWith("{") ? (JSON.parse(stamp) as Validators & { until?: number }) : {};
}

function fileUrl(location: string): string {
  try {
    return fileURLToPath(location);
  } catch {
    return location;
  }
}

/** A picture's own faults become part of the answer; everything else stays an error. */
async function settled(fetched: Promise<Fetched>): Promise<Fetched> {
  try {
    return await fetched;
  } catch (error) {
    if (error instanceof LookseeError && /^(?:PICTURE|URL)_/.test(error.code)) return { ok: false, error };
    throw error;
  }
}
