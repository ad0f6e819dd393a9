import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { open, type Shop } from "../../src/index.ts";
import { fetchFromHub } from "../../src/indexing/models/hub.ts";
import { items, scratch } from "../vision/patches.ts";
import { tinyModel, tinyOnnx } from "../vision/tiny-onnx.ts";

/** The Hugging Face Hub's way of speaking: a listing with hashes, then files, the large ones behind a redirect. */
class Hub {
  readonly files = new Map<string, Uint8Array>();
  readonly asked: string[] = [];
  readonly sha = "0123456789abcdef0123456789abcdef01234567";
  /** Set by a test to get in the way; true: it has answered. */
  meddle: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  readonly #server: Server = createServer((request, response) => this.#answer(request, response));
  url = "";

  async start(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(request.url!.split("?")[0]!);
    this.asked.push(`${path}${request.headers.range ? ` ${request.headers.range}` : ""}`);
    if (this.meddle(request, response)) return;
    if (path === "/api/models/shops/tiny/revision/main" && request.url!.endsWith("?blobs=true")) {
      const siblings = [...this.files].map(([rfilename, bytes]) => {
        const blobId = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
        const sha256 = createHash("sha256").update(bytes).digest("hex");
        const lfs = rfilename.endsWith(".onnx") ? { lfs: { sha256, size: bytes.length, pointerSize: 134 } } : {};
        return { rfilename, size: bytes.length, blobId, ...lfs };
      });
      response.end(JSON.stringify({ id: "shops/tiny", sha: this.sha, siblings }));
      return;
    }
    const [, where, name] = new RegExp(`^/(shops/tiny/resolve/${this.sha}|cdn)/(.*)$`).exec(path) ?? [];
    const bytes = name === undefined ? undefined : this.files.get(name);
    if (!bytes) {
      response.writeHead(path.startsWith("/api") ? 401 : 404).end();
    } else if (where !== "cdn" && name!.endsWith(".onnx")) {
      response.writeHead(302, { location: `/cdn/${name}` }).end();
    } else {
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
      response.writeHead(from > 0 ? 206 : 200, { "content-length": bytes.length - from }).end(bytes.subarray(from));
    }
  }
}

const at = scratch();
let shop: Shop;
let hub: Hub;
beforeAll(async () => {
  shop = await open(join(at.dir, "data"));
  await shop.catalog("main").import(items(6));
  hub = await new Hub().start();
});
afterAll(async () => {
  hub.stop();
  await shop.close();
  at.remove();
});
afterEach(() => {
  hub.meddle = () => false;
  hub.files.clear();
  hub.asked.length = 0;
});

const models = () => {
  try {
    return readdirSync(join(at.dir, "data/models"));
  } catch {
    return [];
  }
};
const add = (reference: string, endpoint = hub.url) => shop.models.add(reference, { endpoint });

function publish(card: object = {}): void {
  const folder = tinyModel(join(at.dir, "published"), { width: 64 }, { id: "published", ...card });
  for (const name of ["card.json", "model.onnx"]) hub.files.set(name, readFileSync(join(folder, name)));
  hub.files.set("pytorch_model.bin", Buffer.alloc(100));
  hub.files.set("../../up.json", Buffer.from("{}"));
}

test("a repository with a looksee card; what looksee does not need stays there", async () => {
  publish();
  const { modelId } = await add("hf:shops/tiny");
  expect(modelId).toMatch(/^published-/);
  expect(hub.asked).toEqual([
    "/api/models/shops/tiny/revision/main",
    `/shops/tiny/resolve/${hub.sha}/card.json`,
    `/shops/tiny/resolve/${hub.sha}/model.onnx`,
    "/cdn/model.onnx",
  ]);
  expect(models()).toContain(modelId);
});

test("a repository as exporters make it: onnx/vision_model.onnx and preprocessor_config.json", async () => {
  hub.files.set("onnx/vision_model.onnx", tinyOnnx({ width: 48 }));
  hub.files.set("onnx/model.onnx", tinyOnnx({ secondInput: true }));
  const config = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5], size: { height: 32, width: 32 } };
  hub.files.set("preprocessor_config.json", Buffer.from(JSON.stringify(config)));
  const { modelId } = await add("hf:shops/tiny@main");
  expect(modelId).toMatch(/^shops-tiny-[0-9a-f]{8}$/);
  expect((await shop.models.show(modelId)).card).toMatchObject({
    input: { side: 32 },
    outputs: { feature: { width: 48 } },
  });
});

test("a connection that breaks is taken up where it broke", async () => {
  publish();
  let breaks = 2;
  hub.meddle = (request, response) => {
    if (!request.url!.startsWith("/cdn/") || breaks-- <= 0) return false;
    const bytes = hub.files.get("model.onnx")!;
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, { "content-length": bytes.length - from });
    response.write(bytes.subarray(from, from + 3000));
    // A break throws away what is still on its way, so it waits until the file has all that was sent.
    const arrived = setInterval(() => {
      if (statSync(join(folder, "model.onnx"), { throwIfNoEntry: false })?.size !== from + 3000) return;
      clearInterval(arrived);
      response.destroy();
    }, 5);
    return true;
  };
  const folder = join(at.dir, "resumed");
  await fetchFromHub("shops/tiny", folder, { endpoint: hub.url });
  expect(Buffer.compare(readFileSync(join(folder, "model.onnx")), hub.files.get("model.onnx")!)).toBe(0);
  const ranges = hub.asked.filter((path) => path.startsWith("/cdn/")).map((path) => path.split(" ")[1] ?? "all");
  expect(ranges[0]).toBe("all");
  expect(ranges.slice(1)).toEqual(["bytes=3000-", "bytes=6000-"]);
});

test.each<[string, () => void, string, RegExp]>([
  [
    "a file that is not what the listing says",
    () => {
      publish();
      const wrong = Buffer.from(hub.files.get("model.onnx")!);
      wrong[500]! ^= 1;
      hub.meddle = (request, response) => {
        if (!request.url!.startsWith("/cdn/")) return false;
        response.end(wrong);
        return true;
      };
    },
    "hf:shops/tiny",
    /MODEL_HUB: model.onnx is not what the hub says it is/,
  ],
  [
    "a card that was changed on the way",
    () => {
      publish();
      const bytes = hub.files.get("card.json")!;
      hub.meddle = (request, response) => {
        if (!request.url!.endsWith("/card.json")) return false;
        response.end(Buffer.from(bytes).fill(32, 0, 1));
        return true;
      };
    },
    "hf:shops/tiny",
    /MODEL_HUB: card.json is not what the hub says it is/,
  ],
  [
    "a file longer than it said",
    () => {
      publish();
      hub.meddle = (request, response) => {
        if (!request.url!.startsWith("/cdn/")) return false;
        response.end(Buffer.alloc(1_000_000));
        return true;
      };
    },
    "hf:shops/tiny",
    /MODEL_HUB: model.onnx could not be fetched: it is longer than the hub says/,
  ],
  [
    "a listing that is a web page",
    () => {
      hub.meddle = (_, response) => Boolean(response.end("<!doctype html>"));
    },
    "hf:shops/tiny",
    /MODEL_HUB: .* does not answer as a hub does/,
  ],
  [
    "a hub that is out of order",
    () => {
      hub.meddle = (_, response) => Boolean(response.writeHead(503).end());
    },
    "hf:shops/tiny",
    /MODEL_HUB: .* answered 503/,
  ],
  [
    "a repository without a network",
    () => hub.files.set("README.md", Buffer.from("#")),
    "hf:shops/tiny",
    /MODEL_HUB: shops\/tiny holds no ONNX encoder/,
  ],
  [
    "a repository that is not there",
    () => {},
    "hf:shops/nothing",
    /MODEL_HUB: .* has no open model shops\/nothing at main/,
  ],
  ["a reference that names none", () => {}, "hf:tiny", /MODEL_HUB: hf:tiny names no repository/],
  ["a reference that leads elsewhere", () => {}, "hf:../..", /MODEL_HUB: hf:..\/.. names no repository/],
])("%s: said plainly, and nothing is left behind", async (_, arrange, reference, why) => {
  const before = models();
  arrange();
  await expect(add(reference)).rejects.toThrow(why);
  expect(models()).toEqual(before);
});

test("no hub there, or one that falls silent: said plainly, with what to do", async () => {
  const before = models();
  await expect(add("hf:shops/tiny", "http://127.0.0.1:9")).rejects.toThrow(
    /MODEL_HUB: 127.0.0.1:9 cannot be reached \(.+\). .*copy the model's folder here/,
  );
  await expect(add("hf:shops/tiny", "http://hub.invalid")).rejects.toThrow(
    /MODEL_HUB: hub.invalid cannot be reached \(E[A-Z_]+\)/,
  );
  hub.meddle = () => true; // hears, and never answers
  const silent = fetchFromHub("shops/tiny", join(at.dir, "silent"), { endpoint: hub.url, silenceMs: 200 });
  await expect(silent).rejects.toThrow(/MODEL_HUB: .* cannot be reached \(not a byte for 0.2 s\)/);
  expect(models()).toEqual(before);
});

test("files larger than allowed are refused before the first is fetched", async () => {
  publish();
  const fetching = fetchFromHub("shops/tiny", join(at.dir, "large"), { endpoint: hub.url, maxBytes: 1000 });
  await expect(fetching).rejects.toThrow(/MODEL_HUB: the files of shops\/tiny have \d+ bytes, more than 1000/);
  expect(hub.asked).toHaveLength(1);
});

test("stopped while it fetches, it says so and leaves nothing", async () => {
  publish();
  const before = models();
  const stop = new AbortController();
  hub.meddle = (request) => {
    if (!request.url!.startsWith("/cdn/")) return false;
    stop.abort();
    return true;
  };
  await expect(shop.models.add("hf:shops/tiny", { endpoint: hub.url, signal: stop.signal })).rejects.toThrow(
    /IMPORT_CANCELLED/,
  );
  expect(models()).toEqual(before);
});
