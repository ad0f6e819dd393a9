import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import sharp from "sharp";
import { Compile } from "typebox/compile";
import { afterAll, beforeAll, expect, test } from "vitest";
import { open, type Shop } from "../../src/index.ts";
import { openMall } from "../../src/mall/index.ts";
import { Catalog, Item } from "../../src/server/catalog-schema.ts";
import { serve } from "../../src/server/index.ts";
import { SearchResult } from "../../src/server/result-schema.ts";

/** The door on a real shop: real pictures, real model, real port. */
const mall = openMall({ items: 8, seed: 4711 });
const folder = mkdtempSync(join(tmpdir(), "looksee-serve-"));
const quiet = { port: 0, logger: pino({ level: "silent" }) };
let shop: Shop;

async function* wares() {
  for (let i = 0; i < 8; i++) {
    const { itemId, title, price, currency, category } = mall.item(i);
    yield { itemId, title, price, currency, category, images: [await mall.picture(i)] };
  }
}

beforeAll(async () => {
  shop = await open(folder);
  const report = await shop.catalog("main").import(wares());
  expect(report).toMatchObject({ items: 8, quarantined: [] });
});
afterAll(async () => {
  await shop.close();
  rmSync(folder, { recursive: true, force: true });
});

test("photo in, product out, over a real port: the answers fit the document", async () => {
  const { url, close } = await serve(shop, quiet);
  const body = new FormData();
  body.append("image", new Blob([Buffer.from(await mall.picture(3))]), "photo.jpg");
  const answer = await fetch(`${url}/v1/catalogs/main/search`, { method: "POST", body });
  const result = (await answer.json()) as SearchResult;
  expect(answer.status).toBe(200);
  expect(Compile(SearchResult).Errors(result)).toEqual([]);
  expect(result.hits[0]).toMatchObject({ itemId: mall.item(3).itemId, title: mall.item(3).title });

  const picture = await fetch(`${url}${result.hits[0]!.imageUrl}?size=160`);
  expect((await sharp(Buffer.from(await picture.arrayBuffer())).metadata()).width).toBeLessThanOrEqual(160);
  expect(picture.headers.get("etag")).toBeTruthy();
  expect((await fetch(`${url}/v1/photos/${result.imageId}`)).status).toBe(200);

  const again = await fetch(`${url}/v1/catalogs/main/search`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ imageId: result.imageId, box: [0.1, 0.1, 0.9, 0.9], limit: 2 }),
  });
  expect(Compile(SearchResult).Errors(await again.json())).toEqual([]);

  const similar = await fetch(`${url}/v1/catalogs/main/similar/${encodeURIComponent(mall.item(3).itemId)}`);
  const alike = (await similar.json()) as SearchResult;
  expect(alike.hits.map((hit) => hit.itemId)).not.toContain(mall.item(3).itemId);

  const one = await (await fetch(`${url}/v1/catalogs/main`)).json();
  expect(Compile(Catalog).Errors(one)).toEqual([]);
  expect(one).toMatchObject({ items: 8, pictures: 8 });
  const { items } = (await (await fetch(`${url}/v1/catalogs/main/items?limit=3`)).json()) as { items: Item[] };
  expect(items).toHaveLength(3);
  for (const item of items) expect(Compile(Item).Errors(item)).toEqual([]);
  expect(await (await fetch(`${url}/health/ready`)).json()).toEqual({ status: "ready", catalogs: 1 });
  await close();
});

test("pages of a real list neither repeat nor skip", async () => {
  const { url, close } = await serve(shop, quiet);
  const seen: string[] = [];
  let next: object | null = { itemId: mall.item(0).itemId, limit: 3 };
  while (next) {
    const answer: Response = await fetch(`${url}/v1/catalogs/main/search`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(next),
    });
    const { hits, nextCursor } = (await answer.json()) as SearchResult;
    seen.push(...hits.map((hit) => hit.itemId));
    next = nextCursor ? { cursor: nextCursor } : null;
  }
  await close();
  expect(seen.sort()).toEqual([1, 2, 3, 4, 5, 6, 7].map((i) => mall.item(i).itemId).sort());
});

test.each([
  ["GET", "/v1/catalogs/nobody", undefined, 404, "CATALOG_UNKNOWN"],
  ["GET", "/v1/catalogs/nobody/items", undefined, 404, "CATALOG_UNKNOWN"],
  ["GET", "/v1/catalogs/nobody/images/1", undefined, 404, "CATALOG_UNKNOWN"],
  ["POST", "/v1/catalogs/nobody/search", { itemId: "a" }, 404, "CATALOG_UNKNOWN"],
  ["GET", "/v1/catalogs/main/items/nobody", undefined, 404, "ITEM_UNKNOWN"],
  ["GET", "/v1/catalogs/main/similar/nobody", undefined, 404, "ITEM_UNKNOWN"],
  ["GET", "/v1/catalogs/main/images/99999", undefined, 404, "IMAGE_UNKNOWN"],
  ["GET", "/v1/photos/..%2F..%2Flooksee.db", undefined, 404, "IMAGE_UNKNOWN"],
  ["POST", "/v1/catalogs/main/search", { imageId: "f".repeat(32) }, 404, "IMAGE_UNKNOWN"],
  ["POST", "/v1/catalogs/main/search", { itemId: "nobody" }, 404, "ITEM_UNKNOWN"],
  ["POST", "/v1/catalogs/main/search", { imageUrl: "http://127.0.0.1:1/a.jpg" }, 400, "URL_REFUSED"],
  ["POST", "/v1/catalogs/main/search", { imageUrl: "http://169.254.169.254/latest" }, 400, "URL_REFUSED"],
  ["POST", "/v1/catalogs/main/search", { imageUrl: "http://[::1]/a.jpg" }, 400, "URL_REFUSED"],
  ["POST", "/v1/catalogs/main/search", { imageUrl: "file:///etc/passwd" }, 400, "URL_REFUSED"],
  ["POST", "/v1/catalogs/main/search", { itemId: mall.item(0).itemId, category: "boats" }, 400, "CATEGORY_UNKNOWN"],
  ["POST", "/v1/catalogs/main/search", { cursor: "made up" }, 410, "CURSOR_EXPIRED"],
])("a real shop refuses %s %s %j as %i %s", async (method, path, body, status, code) => {
  const { url, close } = await serve(shop, quiet);
  const init = body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {};
  const answer = await fetch(url + path, { method, ...init });
  expect(await answer.json()).toMatchObject({ status, code, remedy: expect.stringMatching(/\w{3}/) });
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toContain("application/problem+json");
  await close();
});

test("a port in use is said with what to do", async () => {
  const other = createTcpServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as { port: number };
  const refused = serve(shop, { ...quiet, port });
  await expect(refused).rejects.toMatchObject({ code: "PORT_IN_USE", remedy: expect.stringContaining("--port") });
  await new Promise((resolve) => other.close(resolve));
});

test.each(["0.0.0.0", "::", "192.168.1.20", "shop.example"])("without a key it does not listen on %s", async (host) => {
  await expect(serve(shop, { ...quiet, host })).rejects.toMatchObject({ code: "HOST_NEEDS_KEY", exit: 3 });
});

test("an address that the server takes back is free again, and a second server may have it", async () => {
  const first = await serve(shop, quiet);
  const port = Number(new URL(first.url).port);
  await first.close();
  const second = await serve(shop, { ...quiet, port });
  expect((await fetch(`${second.url}/health/live`)).status).toBe(200);
  await second.close();
});
