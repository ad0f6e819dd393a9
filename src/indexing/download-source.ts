import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { LookseeError } from "../errors.ts";
import { type FetchOptions, fetchPicture } from "./fetch-picture.ts";

/** A feed may take longer, and be larger, than a picture; many are written while one waits. */
const LIMITS = { timeoutMs: 15 * 60_000, silenceMs: 120_000, maxBytes: 1024 * 1024 * 1024 };

/**
 * Fetches a table from an http(s) address into a file of its own, under the rules for pictures: host pinned, private
 * networks refused, few redirects. Throws URL_REFUSED, URL_FAILED, SOURCE_FORMAT.
 */
export async function downloadSource(
  address: string,
  options: FetchOptions,
): Promise<{ path: string; remove(): Promise<void> }> {
  const bytes = await fetchPicture(address, { ...options, ...LIMITS }).catch((error) => {
    if (!(error instanceof LookseeError) || error.code !== "PICTURE_TOO_LARGE") throw error;
    throw new LookseeError("SOURCE_FORMAT", error.problem, "Give the feed in parts", { cause: error });
  });
  const folder = await mkdtemp(join(tmpdir(), "looksee-source-"));
  // Its extension tells what it is; the rest of an address may be no file's name.
  const name =
    basename(new URL(address).pathname)
      .replace(/[^\w.-]/g, "_")
      .slice(-100) || "feed";
  const path = join(folder, name);
  await writeFile(path, bytes);
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}
