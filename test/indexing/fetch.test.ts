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

/** The one private address that downloads may ask here; all others on this machine stay refused. */
const ALLOWED = "127.0.0.2";

/** A picture server on loopback; returns its address. */
async function serve(answer: Answer, host = ALLOWED): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

const QUICK: FetchOptions = { allowAddress: ALLOWED, timeoutMs: 10_000, backoffMs: 5, maxBytes: 50_000, retries: 2 };

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
  const local = await serve((_, response) => response.end("secret"), "127.0.0.1");
  const port = new URL(local).port;
  for (const host of ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0", "[::1]", "[::ffff:7f00:1]", "127.1"])
    await expect(fetchPicture(`http://${host}:${port}/x.jpg`), host).rejects.toMatchObject({ code: "URL_REFUSED" });
  for (const address of ["file:///etc/passwd", "ftp://example.com/x", "data:image/png;base64,AAAA", "gopher://x"])
    await expect(fetchPicture(address), address).rejects.toMatchObject({ code: "URL_REFUSED" });
  await expect(fetchPicture("http://")).rejects.toMatchObject({ code: "URL_FAILED" });
  await expect(publicAddresses("10.0.0.1", ALLOWED)).rejects.toMatchObject({ code: "URL_REFUSED" });
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
  await expect(fetchPicture(`${local}/stalls`, { ...once, timeoutMs: 400 })).rejects.toThrow(/not whole within 0\.4 s/);
  const impatient = { ...once, timeoutMs: 60_000, silenceMs: 200 };
  for (const path of ["stalls", "silent"])
    await expect(fetchPicture(`${local}/${path}`, impatient)).rejects.toThrow(/no answer within 0\.2 s/);
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

/** How each picture of the bad server behaves, and what an import says of it; null: it comes in. */
const BAD: Record<string, { answer: Answer; says: RegExp | null }> = {
  "stalls-first": { answer: () => {}, says: /URL_FAILED: .*no answer within 2 s \(asked 3 times\)/ },
  "stalls-midway": {
    answer: (_, response) => void response.writeHead(200, { "content-length": "5000" }).write("x"),
    says: /URL_FAILED: .*no answer within 2 s \(asked 3 times\)/,
  },
  drips: {
    answer: (_, response) => {
      const drip = setInterval(() => response.write("x"), 100);
      response.on("close", () => clearInterval(drip));
    },
    says: /URL_FAILED: .*not whole within 4 s \(asked 3 times\)/,
  },
  "drops-first": { answer: (request) => void request.socket.destroy(), says: /dropped .* \(asked 3 times\)/ },
  "drops-midway": {
    answer: (_, response) =>
      void response.writeHead(200, { "content-length": "5000" }).write("x", () => response.destroy()),
    says: /dropped before the picture was whole \(asked 3 times\)/,
  },
  "says-shorter": {
    answer: (request, response) =>
      void jpeg(3, 40).then((bytes) => {
        request.socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${bytes.length >> 1}\r\n\r\n`);
        request.socket.end(bytes);
        response.destroy();
      }),
    says: /PICTURE_BROKEN|dropped/,
  },
  "says-huge": {
    answer: (_, response) => void response.writeHead(200, { "content-length": "999999999" }).write("x"),
    says: /PICTURE_TOO_LARGE: .*larger than 48 KiB/,
  },
  "no-http": {
    answer: (request) => void request.socket.end("SSH-2.0-OpenSSH_9.9\r\n"),
    says: /URL_FAILED: .*(no proper HTTP|dropped)/,
  },
  page: {
    answer: (_, response) =>
      void response.writeHead(200, { "content-type": "image/jpeg" }).end("<!doctype html><p>Not here"),
    says: /PICTURE_FORMAT: the file is a web page, no picture/,
  },
  empty: { answer: (_, response) => void response.end(), says: /PICTURE_EMPTY/ },
  "404": { answer: (_, response) => void response.writeHead(404).end(), says: /URL_FAILED: .*answered 404$/ },
  "429": { answer: (_, response) => void response.writeHead(429).end(), says: /answered 429 \(asked 5 times\)/ },
  "500": { answer: (_, response) => void response.writeHead(500).end(), says: /answered 500 \(asked 5 times\)/ },
  loop: {
    answer: (_, response) => void response.writeHead(302, { location: "/loop" }).end(),
    says: /URL_FAILED: .*more than 5 redirects/,
  },
  private: {
    answer: (_, response) => void response.writeHead(302, { location: "http://192.168.0.1/x.jpg" }).end(),
    says: /URL_REFUSED: 192\.168\.0\.1 leads into a private network/,
  },
};

test("an import from a bad server brings every healthy picture in and names every failure", {
  timeout: 120_000,
}, async () => {
  const asked = new Map<string, number>();
  let [open, most, longest, secrets] = [0, 0, 0, 0];
  const secret = await serve((_, response) => {
    secrets++;
    response.end("secret");
  }, "127.0.0.1");
  const local = await serve((request, response) => {
    const [, kind, number] = /^\/([a-z]+|\d+|[a-z-]+)(?:\.(\d+))?$/.exec(request.url!)!;
    const times = (asked.get(request.url!) ?? 0) + 1;
    asked.set(request.url!, times);
    most = Math.max(most, ++open);
    const since = performance.now();
    response.on("close", () => {
      open--;
      longest = Math.max(longest, performance.now() - since);
    });
    if (kind === "inside") return void response.writeHead(302, { location: `${secret}/x.jpg` }).end();
    const bad = BAD[kind!];
    if (bad) return bad.answer(request, response);
    const send = () => void jpeg(Number(number), 40).then((bytes) => response.end(bytes));
    if (kind === "moved") return void response.writeHead(301, { location: `/good.${number}` }).end();
    // 429 and 500 by turns before it answers; every second one is dropped once, too.
    if (kind === "turns" && times < 4) {
      if (times === 3 && Number(number) % 2 === 0) return void request.socket.destroy();
      return void (times % 2 === 1 ? response.writeHead(429, { "retry-after": "0" }) : response.writeHead(500)).end();
    }
    send();
  });
  const healthy = Array.from(
    { length: 60 },
    (_, i) => `${i % 3 === 2 ? "turns" : i % 10 === 0 ? "moved" : "good"}.${i}`,
  );
  const faulty = [...Object.keys(BAD), "inside"];
  // Healthy ones between the faulty, so that none in a row of failures ends the host.
  const names = healthy.flatMap((name, i) =>
    faulty[Math.floor(i / 3)] && i % 3 === 0 ? [name, faulty[Math.floor(i / 3)]!] : [name],
  );
  expect(names).toHaveLength(healthy.length + faulty.length);
  const folder = scratch();
  write(folder, { "feed.csv": `id,image_link\n${names.map((name) => `${name},${local}/${name}`).join("\n")}\n` });
  const data = store();
  const model = fakeModel();
  const run = (limits: { timeoutMs: number; silenceMs: number }) =>
    importSource(data, "main", model, join(folder, "feed.csv"), { fetch: { ...QUICK, retries: 4, ...limits } });
  const report = await run({ timeoutMs: 4000, silenceMs: 2000 });
  const known = data.catalog("main");
  for (const name of healthy) expect(known.imagesOfItem(name), name).toHaveLength(1);
  expect(report).toMatchObject({ rows: names.length, items: names.length, pictures: healthy.length });
  const reasons = new Map(
    report.quarantined.map(({ picture, code, reason }) => [picture!.slice(local.length + 1), `${code}: ${reason}`]),
  );
  expect([...reasons.keys()].sort()).toEqual([...faulty].sort());
  for (const [name, { says }] of Object.entries(BAD)) expect(reasons.get(name), name).toMatch(says!);
  expect(reasons.get("inside")).toMatch(/URL_REFUSED: 127\.0\.0\.1 leads into a private network/);
  expect(secrets).toBe(0);
  expect(most, "questions at a time").toBeLessThanOrEqual(6);
  for (const [path, times] of asked) expect(times, path).toBeLessThanOrEqual(path === "/loop" ? 6 : 5);
  // An attempt ends by its limit of four seconds; the slack is for a busy machine.
  expect(longest).toBeLessThan(20_000);

  const before = new Map(asked);
  const again = await run({ timeoutMs: 1000, silenceMs: 500 }); // no healthy picture is asked for, none can be late
  expect(again).toMatchObject({ imported: 0, unchanged: names.length, pictures: healthy.length });
  expect(model.seen).toBe(healthy.length);
  for (const name of healthy) expect(asked.get(`/${name}`)).toBe(before.get(`/${name}`)); // only what failed is asked again
});

test("a server that can tell is asked whether its pictures changed, and only what changed is downloaded", async () => {
  const tags = new Map<string, number>();
  const log: string[] = [];
  let broken = false;
  const local = await serve((request, response) => {
    const [, kind, number] = /^\/([a-z]+)(\d+)$/.exec(request.url!)!;
    const tag = tags.get(request.url!) ?? Number(number);
    const etag = `"v${tag}"`;
    const modified = new Date(1_700_000_000_000 + tag * 1000).toUTCString();
    const { "if-none-match": match, "if-modified-since": since } = request.headers;
    const same = kind === "tagged" ? match === etag : kind === "dated" && since === modified;
    log.push(`${request.url} ${broken ? 503 : same ? 304 : 200}`);
    if (broken) return void response.writeHead(503).end();
    if (kind === "tagged") response.setHeader("etag", etag);
    if (kind === "dated") response.setHeader("last-modified", modified);
    if (kind === "fresh") response.setHeader("cache-control", "public, max-age=3600");
    if (same) return void response.writeHead(304).end();
    void jpeg(tag, 40).then((bytes) => response.end(bytes));
  });
  const names = ["tagged1", "dated2", "fresh3", "plain4"];
  const folder = scratch();
  write(folder, { "feed.csv": `id,image_link\n${names.map((name) => `${name},${local}/${name}`).join("\n")}\n` });
  const data = store();
  const run = async () => {
    log.length = 0;
    return importSource(data, "main", fakeModel(), join(folder, "feed.csv"), { fetch: QUICK });
  };
  const hashOfItem = (name: string) => {
    const catalog = data.catalog("main");
    return catalog.picture(catalog.imagesOfItem(name)[0]!).hash;
  };
  expect(await run()).toMatchObject({ imported: 4, pictures: 4 });
  expect(log.sort()).toEqual(["/dated2 200", "/fresh3 200", "/plain4 200", "/tagged1 200"]);
  expect(await run()).toMatchObject({ imported: 0, unchanged: 4 });
  expect(log.sort()).toEqual(["/dated2 304", "/tagged1 304"]);
  const before = names.map(hashOfItem);
  tags.set("/tagged1", 77);
  tags.set("/dated2", 78);
  expect(await run()).toMatchObject({ imported: 2, unchanged: 2, pictures: 4 });
  expect(log.sort()).toEqual(["/dated2 200", "/tagged1 200"]);
  const after = names.map(hashOfItem);
  expect(names.filter((_, i) => before[i] !== after[i])).toEqual(["tagged1", "dated2"]);
  broken = true; // what was fetched before stays while its host is down
  expect(await run()).toMatchObject({ imported: 0, unchanged: 4, quarantined: [] });
  expect(log.some((line) => line.endsWith("503"))).toBe(true);
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
