import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type FetchOptions, fetchPicture, importSource } from "../../src/indexing/index.ts";
import { isPublic, publicAddresses } from "../../src/indexing/public-address.ts";
import { fakeModel, jpeg } from "./fake-model.ts";
import { scratch, store, write } from "./scene.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A picture server on loopback; returns its address. */
async function serve(answer: Answer): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const QUICK: FetchOptions = { allowLoopback: true, timeoutMs: 400, backoffMs: 5, maxBytes: 50_000, retries: 2 };

test.each([
  "127.0.0.1",
  "10.1.2.3",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "0.0.0.0",
  "224.0.0.1",
  "255.255.255.255",
  "198.18.0.1",
  "::1",
  "::",
  "fe80::1",
  "fd00::1",
  "fc00::",
  "ff02::1",
  "::ffff:127.0.0.1",
  "::ffff:8.8.8.8",
  "64:ff9b::7f00:1",
  "2001:db8::1",
  "2002:7f00:1::",
  "2001::1",
  "::127.0.0.1",
  "fec0::1",
  "no address",
  "",
])("%s is not on the public internet", (address) => expect(isPublic(address)).toBe(false));

test.each(["8.8.8.8", "1.1.1.1", "172.32.0.1", "192.167.1.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1"])(
  "%s is",
  (address) => expect(isPublic(address)).toBe(true),
);

test("addresses that lead inside are refused however they are written", async () => {
  const local = await serve((_, response) => response.end("secret"));
  const port = new URL(local).port;
  for (const host of ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0", "[::1]", "[::ffff:7f00:1]", "127.1"])
    await expect(fetchPicture(`http://${host}:${port}/x.jpg`), host).rejects.toMatchObject({ code: "URL_REFUSED" });
  for (const address of ["file:///etc/passwd", "ftp://example.com/x", "data:image/png;base64,AAAA", "gopher://x"])
    await expect(fetchPicture(address), address).rejects.toMatchObject({ code: "URL_REFUSED" });
  await expect(fetchPicture("http://")).rejects.toMatchObject({ code: "URL_FAILED" });
  await expect(publicAddresses("10.0.0.1", true)).rejects.toMatchObject({ code: "URL_REFUSED" });
});

test("a redirect is checked like the first address", async () => {
  const away = await serve((_, response) => response.writeHead(302, { location: "http://10.0.0.1/x.jpg" }).end());
  await expect(fetchPicture(`${away}/a`, QUICK)).rejects.toThrow(
    /URL_REFUSED: 10\.0\.0\.1 leads into a private network/,
  );
  const file = await serve((_, response) => response.writeHead(301, { location: "file:///etc/passwd" }).end());
  await expect(fetchPicture(`${file}/a`, QUICK)).rejects.toMatchObject({ code: "URL_REFUSED" });
  let hops = 0;
  const loop = await serve((_, response) => {
    hops++;
    response.writeHead(302, { location: "/again" }).end();
  });
  await expect(fetchPicture(`${loop}/a`, QUICK)).rejects.toThrow(/URL_FAILED: .*more than 5 redirects/);
  expect(hops).toBe(6);
});

test("passing faults are asked again, lasting ones are not", async () => {
  const asked: Record<string, number> = {};
  const local = await serve((request, response) => {
    const path = request.url!;
    const times = (asked[path] ?? 0) + 1;
    asked[path] = times;
    if (path === "/429" && times < 3) return void response.writeHead(429, { "retry-after": "0" }).end();
    if (path === "/500" && times < 2) return void response.writeHead(500).end();
    if (path === "/503") return void response.writeHead(503).end();
    if (path === "/404") return void response.writeHead(404).end();
    if (path === "/wait") return void response.writeHead(429, { "retry-after": "3600" }).end();
    if (path === "/drop" && times < 2) return void request.socket.destroy();
    response.end("picture");
  });
  for (const path of ["/429", "/500", "/drop"])
    expect(Buffer.from(await fetchPicture(local + path, QUICK)).toString()).toBe("picture");
  await expect(fetchPicture(`${local}/503`, QUICK)).rejects.toThrow(/URL_FAILED: .*answered 503 \(asked 3 times\)/);
  await expect(fetchPicture(`${local}/404`, QUICK)).rejects.toThrow(/URL_FAILED: .*answered 404/);
  await expect(fetchPicture(`${local}/wait`, QUICK)).rejects.toMatchObject({ code: "URL_FAILED" });
  expect(asked).toEqual({ "/429": 3, "/500": 2, "/drop": 2, "/503": 3, "/404": 1, "/wait": 1 });
});

test("limits of size and time hold, whatever the server says of itself", async () => {
  const local = await serve((request, response) => {
    if (request.url === "/says-large") response.writeHead(200, { "content-length": "999999999" }).write("x");
    else if (request.url === "/is-large") {
      const pour = () => {
        while (response.write(Buffer.alloc(16_384)));
        response.once("drain", pour);
      };
      pour();
    } else if (request.url === "/says-more") {
      response.writeHead(200, { "content-length": "100" });
      response.write("short");
      setTimeout(() => response.destroy(), 20);
    } else if (request.url === "/stalls") response.writeHead(200).write("x");
    else if (request.url === "/gzip") response.writeHead(200, { "content-encoding": "gzip" }).end("x");
    // anything else: never an answer
  });
  const once = { ...QUICK, retries: 0 };
  await expect(fetchPicture(`${local}/says-large`, once)).rejects.toThrow(/PICTURE_TOO_LARGE: .*larger than 48 KiB/);
  await expect(fetchPicture(`${local}/is-large`, once)).rejects.toMatchObject({ code: "PICTURE_TOO_LARGE" });
  await expect(fetchPicture(`${local}/says-more`, once)).rejects.toThrow(/dropped before the picture was whole/);
  await expect(fetchPicture(`${local}/stalls`, once)).rejects.toThrow(/no answer within 0\.4 s/);
  await expect(fetchPicture(`${local}/silent`, once)).rejects.toThrow(/no answer within 0\.4 s/);
  await expect(fetchPicture(`${local}/gzip`, once)).rejects.toMatchObject({ code: "URL_FAILED" });
});

test("a stop is obeyed at once, and a secret in an address stays out of the message", async () => {
  const local = await serve(() => {});
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error("enough")), 30);
  await expect(fetchPicture(`${local}/x`, { ...QUICK, timeoutMs: 60_000, signal: stop.signal })).rejects.toThrow(
    "enough",
  );
  const gone = local.replace("http://", "http://user:pass@");
  const failure = await fetchPicture(`${gone}/p.jpg?key=secret`, { ...QUICK, retries: 0, timeoutMs: 50 }).catch(
    (error) => String(error),
  );
  expect(failure).toMatch(/URL_FAILED/);
  expect(failure).not.toMatch(/secret|pass/);
});

test("an import from a bad server brings every healthy picture in and names every failure", async () => {
  const asked = new Map<string, number>();
  let [open, most] = [0, 0];
  const good = await jpeg(1, 40);
  const local = await serve((request, response) => {
    const path = request.url!;
    const times = (asked.get(path) ?? 0) + 1;
    asked.set(path, times);
    most = Math.max(most, ++open);
    response.on("close", () => open--);
    if (path.startsWith("/good"))
      setTimeout(() => void jpeg(Number(path.slice(5)), 40).then((bytes) => response.end(bytes)), 5);
    else if (path === "/flaky") times < 2 ? response.writeHead(500).end() : response.end(good);
    else if (path === "/404") response.writeHead(404).end();
    else if (path === "/page") response.writeHead(200, { "content-type": "image/jpeg" }).end("<html>not here</html>");
    else if (path === "/cut")
      response.writeHead(200, { "content-length": good.length }).write(good.subarray(0, 200), () => response.destroy());
    else if (path === "/inside") response.writeHead(302, { location: "http://192.168.0.1/x.jpg" }).end();
    else if (path === "/empty") response.end();
    else if (path !== "/silent") response.writeHead(503).end();
  });
  const names = [
    "good1",
    "good2",
    "404",
    "page",
    "cut",
    "inside",
    "silent",
    "empty",
    "503",
    "flaky",
    "good3",
    "good4",
    "good5",
    "good6",
  ];
  const folder = scratch();
  write(folder, { "feed.csv": `id,image_link\n${names.map((name) => `${name},${local}/${name}`).join("\n")}\n` });
  const data = store();
  const model = fakeModel();
  const run = () => importSource(data, "main", model, join(folder, "feed.csv"), { fetch: { ...QUICK, retries: 1 } });
  const report = await run();
  expect(report).toMatchObject({ rows: 14, imported: 14, items: 14, pictures: 6 }); // flaky and good1 have the same bytes
  expect(report.quarantined.map(({ picture, code }) => [picture!.slice(local.length + 1), code])).toEqual([
    ["404", "URL_FAILED"],
    ["page", "PICTURE_FORMAT"],
    ["cut", "URL_FAILED"],
    ["inside", "URL_REFUSED"],
    ["silent", "URL_FAILED"],
    ["empty", "PICTURE_EMPTY"],
    ["503", "URL_FAILED"],
  ]);
  expect(most).toBeLessThanOrEqual(4);
  const again = await run();
  expect(again).toMatchObject({ imported: 0, unchanged: 14 });
  expect([asked.get("/good1"), asked.get("/404"), model.seen]).toEqual([1, 2, 6]); // only what failed is asked again
});

test("a host that is gone is given up after a few pictures", async () => {
  const local = await serve((request) => request.socket.destroy());
  const folder = scratch();
  write(folder, {
    "feed.csv": `id,image_link\n${Array.from({ length: 60 }, (_, i) => `${i},${local}/${i}.jpg`).join("\n")}\n`,
  });
  const report = await importSource(store(), "main", fakeModel(), join(folder, "feed.csv"), {
    fetch: { ...QUICK, retries: 0 },
  });
  expect(report.quarantined).toHaveLength(60);
  expect(report.quarantined.at(-1)?.reason).toMatch(/failed 8 times in a row and was not asked again/);
});
