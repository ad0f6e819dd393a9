import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { LookseeError } from "../../errors.ts";
import { INNER } from "../../vision/index.ts";

export const HUB = "hf:";

export type HubOptions = {
  /** Default HF_ENDPOINT, as other programs know it, or https://huggingface.co. */
  endpoint?: string | undefined;
  /** Bytes of all files together; more is refused. Default 4 GiB. */
  maxBytes?: number | undefined;
  /** An attempt ends when not a byte comes for so long. Default 30 s. */
  silenceMs?: number | undefined;
  signal?: AbortSignal | undefined;
  onBytes?: ((done: number, total: number) => void) | undefined;
};

/** A file of a repository as the hub's API lists it with `blobs=true`. */
type Sibling = { rfilename: string; size?: number; blobId?: string; lfs?: { sha256: string; size: number } };
type Wanted = { path: string; to: string; bytes: number; hash: { kind: "sha256" | "git"; value: string } };

/** Where repositories keep an encoder of pictures, the likeliest first. */
const NETWORKS = ["model.onnx", "onnx/vision_model.onnx", "onnx/model.onnx"];
const ATTEMPTS = 4;

/**
 * Fetches what a model needs from a repository of the Hugging Face Hub, `owner/name` or `owner/name@revision`, into
 * `folder`, each file checked against the hub's checksum; a connection that drops is taken up where it broke.
 * Throws MODEL_HUB.
 */
export async function fetchFromHub(reference: string, folder: string, options: HubOptions = {}): Promise<void> {
  const endpoint = (options.endpoint ?? process.env.HF_ENDPOINT ?? "https://huggingface.co").replace(/\/+$/, "");
  const [, repo, revision = "main"] = /^([\w.-]+\/[\w.-]+)(?:@([\w./-]+))?$/.exec(reference) ?? [];
  if (repo === undefined || repo.split("/").some((part) => /^\.+$/.test(part)))
    throw problem(
      `${HUB}${reference.slice(0, 200)} names no repository`,
      "Write hf:owner/name or hf:owner/name@revision",
    );
  const { sha, siblings } = await listing(endpoint, repo, revision, options);
  const files = wanted(siblings, repo);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const { maxBytes = 4 * 2 ** 30 } = options;
  if (total > maxBytes)
    throw problem(`the files of ${repo} have ${total} bytes, more than ${maxBytes}`, "Choose a smaller model");
  let done = 0;
  for (const file of files) {
    const to = join(folder, file.to);
    await mkdir(dirname(to), { recursive: true });
    const address = `${endpoint}/${repo}/resolve/${sha}/${file.path.split("/").map(encodeURIComponent).join("/")}`;
    await download(address, to, file, options, (bytes) => options.onBytes?.(done + bytes, total));
    await check(to, file);
    done += file.bytes;
  }
}

async function listing(endpoint: string, repo: string, revision: string, options: HubOptions) {
  const address = `${endpoint}/api/models/${repo}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const response = await ask(address, {}, options);
  if (response.status === 401 || response.status === 403 || response.status === 404)
    throw problem(
      `${endpoint} has no open model ${repo} at ${revision}`,
      "Check its name; private models must be fetched by hand",
    );
  if (!response.ok)
    throw problem(`${endpoint} answered ${response.status} to a question for ${repo}`, "Try again later");
  const { sha, siblings } = ((await response.json().catch(() => null)) ?? {}) as { sha?: string; siblings?: Sibling[] };
  if (!/^[0-9a-f]{40}$/.test(sha ?? "") || !Array.isArray(siblings))
    throw problem(`${endpoint} does not answer as a hub does`, "Check HF_ENDPOINT");
  return { sha: sha!, siblings };
}

/** Card, golden answers and network; what else lies there (other formats, words) stays there. */
function wanted(siblings: readonly Sibling[], repo: string): Wanted[] {
  const byName = new Map(
    siblings.filter(({ rfilename }) => INNER.test(rfilename)).map((file) => [file.rfilename, file]),
  );
  const network = NETWORKS.find((name) => byName.has(name));
  if (network === undefined)
    throw problem(`${repo} holds no ONNX encoder (${NETWORKS.join(", ")})`, "Choose a repository that has one");
  const beside = [...byName.keys()].filter((name) =>
    /^(?:card|golden|preprocessor_config)\.json$|^golden\/|^map\.f32$/.test(name),
  );
  const weights = [`${network}_data`, `${network}.data`].filter((name) => byName.has(name));
  return [...beside, network, ...weights].map((path) => {
    const { size, blobId, lfs } = byName.get(path)!;
    const to = path === network ? "model.onnx" : weights.includes(path) ? basename(path) : path;
    if (lfs && /^[0-9a-f]{64}$/.test(lfs.sha256))
      return { path, to, bytes: lfs.size, hash: { kind: "sha256", value: lfs.sha256 } };
    if (size !== undefined && /^[0-9a-f]{40}$/.test(blobId ?? ""))
      return { path, to, bytes: size, hash: { kind: "git", value: blobId! } };
    throw problem(`the hub gives no checksum of ${repo}/${path}`, "Fetch it by hand and add its folder");
  });
}

async function download(
  address: string,
  to: string,
  { path, bytes }: Wanted,
  options: HubOptions,
  onBytes: (bytes: number) => void,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const have = statSync(to, { throwIfNoEntry: false })?.size ?? 0;
    if (have === bytes && existsSync(to)) return;
    try {
      const response = await ask(address, have > 0 ? { range: `bytes=${have}-` } : {}, options);
      if (!response.ok || !response.body) throw new Error(`the hub answered ${response.status}`);
      const from = response.status === 206 ? have : 0;
      let got = from;
      const count = new Transform({
        transform(chunk: Buffer, _, next) {
          got += chunk.length;
          onBytes(got);
          next(got > bytes ? new Error("it is longer than the hub says") : null, chunk);
        },
      });
      await pipeline(Readable.fromWeb(response.body), count, createWriteStream(to, { flags: from > 0 ? "a" : "w" }));
      if (got < bytes) throw new Error(`it ends after ${got} of ${bytes} bytes`);
      return;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof LookseeError) throw error;
      if (attempt === ATTEMPTS)
        throw problem(`${path} could not be fetched: ${(error as Error).message}`, "Try again later");
    }
  }
}

async function check(file: string, { path, bytes, hash: { kind, value } }: Wanted): Promise<void> {
  const hash = createHash(kind === "git" ? "sha1" : "sha256");
  if (kind === "git") hash.update(`blob ${bytes}\0`); // as git names a file's content
  await pipeline(createReadStream(file), hash);
  if (hash.digest("hex") !== value)
    throw problem(
      `${path} is not what the hub says it is (its checksum differs)`,
      "Try again; if it stays so, do not use it",
    );
}

/** One request; its body too may be silent for no longer than allowed. MODEL_HUB when nobody answers. */
async function ask(address: string, headers: Record<string, string>, options: HubOptions): Promise<Response> {
  const { silenceMs = 30_000, signal } = options;
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error(`not a byte for ${silenceMs / 1000} s`)), silenceMs).unref();
  const stop = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal;
  try {
    const response = await fetch(address, {
      headers: { ...headers, "accept-encoding": "identity", "user-agent": "looksee" },
      signal: stop,
    });
    const heard = new TransformStream({
      transform(chunk, to) {
        timer.refresh();
        to.enqueue(chunk);
      },
      flush: () => clearTimeout(timer),
    });
    return new Response(response.body?.pipeThrough(heard), response);
  } catch (error) {
    clearTimeout(timer);
    signal?.throwIfAborted();
    const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
    throw problem(
      `${new URL(address).host} cannot be reached (${cause?.code ?? cause?.message ?? message})`,
      "Models are fetched from the internet only when you name one; without it, copy the model's folder here and add that",
      error,
    );
  }
}

const problem = (what: string, remedy: string, cause?: unknown): LookseeError =>
  new LookseeError("MODEL_HUB", what, remedy, { cause });
