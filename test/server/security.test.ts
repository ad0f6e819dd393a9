import { Writable } from "node:stream";
import pino from "pino";
import { expect, test } from "vitest";
import { isLoopback } from "../../src/server/security.ts";
import { twoColourPhoto } from "./colour-shop.ts";
import { form, openDoor } from "./harness.ts";

test.each(["/", "/v1/catalogs", "/nothing", "/docs", "/v1/catalogs/main/images/1"])(
  "%s carries the headers",
  async (url) => {
    const { app } = await openDoor();
    const { headers } = await app.inject({ url, headers: { origin: "https://evil.example" } });
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "same-origin" });
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  },
);

test("a foreign name that leads to loopback is not answered", async () => {
  const { app } = await openDoor();
  for (const host of ["evil.example", "evil.example:7410", "127.0.0.1.evil.example", "10.0.0.5"]) {
    const answer = await app.inject({ url: "/v1/catalogs", headers: { host } });
    expect(answer.json(), host).toMatchObject({ status: 421, code: "HOST_UNKNOWN" });
  }
  for (const host of ["localhost", "localhost:7410", "127.0.0.1:7410", "[::1]:7410", "shop.localhost"])
    expect((await app.inject({ url: "/v1/catalogs", headers: { host } })).statusCode, host).toBe(200);
});

test.each([
  ["localhost", true],
  ["127.0.0.1", true],
  ["127.9.9.9", true],
  ["::1", true],
  ["[::1]", true],
  ["0.0.0.0", false],
  ["::", false],
  ["192.168.1.4", false],
  ["localhost.evil.example", false],
  ["1270.0.0.1", false],
  ["", false],
])("%s is loopback: %s", (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

test("the log names the searchId and the code, and holds no photo, no address asked for, no photo's id", async () => {
  const lines: string[] = [];
  const sink = new Writable({ write: (chunk, _encoding, done) => done(void lines.push(String(chunk))) });
  const photo = await twoColourPhoto();
  const { app } = await openDoor({ logger: pino({ level: "trace" }, sink), fetchPicture: async () => photo });
  const SEARCH = "/v1/catalogs/main/search";
  const found = (await app.inject({ method: "POST", url: SEARCH, ...(await form(["image", photo])) })).json();
  const imageUrl = "https://user:hunter2@shop.example/a.jpg?token=s3cret";
  await app.inject({ method: "POST", url: SEARCH, payload: { imageUrl } });
  await app.inject({ url: "/?url=https%3A%2F%2Fshop.example%2Fs3cret" });
  await app.inject(`/v1/photos/${found.imageId}`);
  await app.inject("/v1/catalogs/nobody");
  const log = lines.join("");
  expect(log).toContain(`"searchId":"${found.searchId}"`);
  expect(log).toContain('"code":"CATALOG_UNKNOWN"');
  expect(log).not.toMatch(/s3cret|hunter2/);
  expect(log).not.toContain(found.imageId);
  expect(log).not.toContain(photo.toString("base64").slice(0, 40));
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(2000);
});
