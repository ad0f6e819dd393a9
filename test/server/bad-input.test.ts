import sharp from "sharp";
import { Compile } from "typebox/compile";
import { expect, test } from "vitest";
import { LookseeError } from "../../src/errors.ts";
import { Problem } from "../../src/server/problem.ts";
import { twoColourPhoto } from "./colour-shop.ts";
import { type Field, form, openDoor } from "./harness.ts";

const SEARCH = "/v1/catalogs/main/search";
const problem = Compile(Problem);
const photo = await twoColourPhoto();
const big = await sharp({
  create: {
    width: 900,
    height: 900,
    channels: 3,
    background: "red",
    noise: { type: "gaussian", mean: 128, sigma: 60 },
  },
})
  .jpeg()
  .toBuffer();

/** The first 33 bytes of a PNG that claims 50,000 x 50,000 pixels. */
function hugePng(): Buffer {
  const bytes = Buffer.alloc(64);
  Buffer.from("89504e470d0a1a0a0000000d49484452", "hex").copy(bytes);
  bytes.writeUInt32BE(50_000, 16);
  bytes.writeUInt32BE(50_000, 20);
  bytes.set([8, 2, 0, 0, 0], 24);
  return bytes;
}

async function expectProblem(
  answer: { statusCode: number; headers: object; json(): unknown },
  status: number,
  code: string,
) {
  expect(answer.json()).toMatchObject({ status, code });
  expect(answer.statusCode).toBe(status);
  expect(answer.headers).toMatchObject({ "content-type": expect.stringContaining("application/problem+json") });
  expect(problem.Errors(answer.json())).toEqual([]);
}

const PICTURES: [what: string, bytes: Buffer, status: number, code: string][] = [
  ["an empty file", Buffer.alloc(0), 400, "PICTURE_EMPTY"],
  ["a text called .jpg", Buffer.from("this is no picture\n".repeat(50)), 415, "PICTURE_FORMAT"],
  ["a truncated JPEG", big.subarray(0, big.length / 2), 422, "PICTURE_BROKEN"],
  ["the head of a JPEG", big.subarray(0, 20), 422, "PICTURE_BROKEN"],
  ["a PNG of 50,000 x 50,000", hugePng(), 413, "PICTURE_TOO_LARGE"],
];

test.each(PICTURES)("%s is refused, as a form and as base64", async (_what, bytes, status, code) => {
  const { app, shop } = await openDoor();
  await expectProblem(
    await app.inject({ method: "POST", url: SEARCH, ...(await form(["image", bytes])) }),
    status,
    code,
  );
  const payload = { imageBase64: bytes.toString("base64") };
  await expectProblem(await app.inject({ method: "POST", url: SEARCH, payload }), status, code);
  expect(shop.saved.size, "a refused picture is not kept").toBe(0);
});

const BODIES: [what: string, payload: unknown, status: number, code: string][] = [
  ["nothing to search for", {}, 400, "SEARCH_BAD_INPUT"],
  ["two inputs", { itemId: "ware/1", imageId: "x" }, 400, "SEARCH_BAD_INPUT"],
  ["an unknown field", { itemId: "ware/1", colour: "red" }, 400, "SEARCH_BAD_INPUT"],
  ["filter, which is not there yet", { itemId: "ware/1", filter: "price < 5" }, 400, "SEARCH_BAD_INPUT"],
  ["a limit of 0", { itemId: "ware/1", limit: 0 }, 400, "SEARCH_BAD_INPUT"],
  ["a limit of 101", { itemId: "ware/1", limit: 101 }, 400, "SEARCH_BAD_INPUT"],
  ["a limit in words", { itemId: "ware/1", limit: "5" }, 400, "SEARCH_BAD_INPUT"],
  ["an array", [], 400, "SEARCH_BAD_INPUT"],
  ["null", "null", 400, "SEARCH_BAD_INPUT"],
  ["broken base64", { imageBase64: "####" }, 400, "SEARCH_BAD_INPUT"],
  ["broken JSON", '{"itemId":', 400, "USAGE"],
  ["an empty body", "", 400, "USAGE"],
  ["a box of three", { itemId: "ware/1", box: [0, 0, 1] }, 400, "SEARCH_BOX"],
  ["a box beyond the picture", { itemId: "ware/1", box: [0, 0, 1.2, 1] }, 400, "SEARCH_BOX"],
  ["a box inside out", { itemId: "ware/1", box: [0.8, 0, 0.2, 1] }, 400, "SEARCH_BOX"],
  ["a box in words", { itemId: "ware/1", box: "0,0,1,1" }, 400, "SEARCH_BOX"],
  ["an unknown category", { itemId: "ware/1", category: "boats" }, 400, "CATEGORY_UNKNOWN"],
  ["an expired cursor", { cursor: "gone" }, 410, "CURSOR_EXPIRED"],
  ["an unknown item", { itemId: "nobody" }, 404, "ITEM_UNKNOWN"],
  ["an unknown photo", { imageId: "0".repeat(32) }, 404, "IMAGE_UNKNOWN"],
];

test.each(BODIES)("JSON with %s is refused", async (_what, body, status, code) => {
  const { app } = await openDoor();
  const payload = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { "content-type": "application/json" };
  await expectProblem(await app.inject({ method: "POST", url: SEARCH, payload, headers }), status, code);
});

const FORMS: [what: string, fields: Field[], code: string][] = [
  ["no picture", [["limit", "3"]], "SEARCH_BAD_INPUT"],
  ["the picture as text", [["image", "hello"]], "SEARCH_BAD_INPUT"],
  [
    "two pictures",
    [
      ["image", photo],
      ["image", photo],
    ],
    "SEARCH_BAD_INPUT",
  ],
  ["a file under another name", [["photo", photo]], "SEARCH_BAD_INPUT"],
  [
    "an unknown field",
    [
      ["image", photo],
      ["colour", "red"],
    ],
    "SEARCH_BAD_INPUT",
  ],
  [
    "a field sent twice",
    [
      ["image", photo],
      ["limit", "3"],
      ["limit", "4"],
    ],
    "SEARCH_BAD_INPUT",
  ],
  [
    "a limit in words",
    [
      ["image", photo],
      ["limit", "many"],
    ],
    "SEARCH_BAD_INPUT",
  ],
  [
    "a box of three",
    [
      ["image", photo],
      ["box", "0,0,1"],
    ],
    "SEARCH_BOX",
  ],
  [
    "a box with a hole",
    [
      ["image", photo],
      ["box", "0,,1,1"],
    ],
    "SEARCH_BOX",
  ],
  [
    "a prototype's name",
    [
      ["image", photo],
      ["__proto__", "1"],
    ],
    "SEARCH_BAD_INPUT",
  ],
];

test.each(FORMS)("a form with %s is refused", async (_what, fields, code) => {
  const { app } = await openDoor();
  await expectProblem(await app.inject({ method: "POST", url: SEARCH, ...(await form(...fields)) }), 400, code);
});

test("a form that breaks off is refused", async () => {
  const { app } = await openDoor();
  const { payload, headers } = await form(["image", photo]);
  const half = payload.subarray(0, payload.length / 2);
  await expectProblem(
    await app.inject({ method: "POST", url: SEARCH, payload: half, headers }),
    400,
    "SEARCH_BAD_INPUT",
  );
});

test("a body beyond the limit is refused, announced or not, form or JSON", async () => {
  const { app } = await openDoor({ maxBodyBytes: 2 ** 20 });
  const large = Buffer.alloc(2 ** 20 + 5000, 1);
  const { payload, headers } = await form(["image", large]);
  await expectProblem(await app.inject({ method: "POST", url: SEARCH, payload, headers }), 413, "BODY_TOO_LARGE");
  const json = { imageBase64: large.toString("base64") };
  await expectProblem(await app.inject({ method: "POST", url: SEARCH, payload: json }), 413, "BODY_TOO_LARGE");
  const { Readable } = await import("node:stream");
  const unannounced = { method: "POST", url: SEARCH, payload: Readable.from([payload]), headers } as const;
  await expectProblem(await app.inject(unannounced), 413, "BODY_TOO_LARGE");
});

test("a body of another kind is refused", async () => {
  const { app } = await openDoor();
  const headers = { "content-type": "image/jpeg" };
  await expectProblem(await app.inject({ method: "POST", url: SEARCH, payload: photo, headers }), 415, "MEDIA_TYPE");
});

const ADDRESSES: [method: "GET" | "POST" | "DELETE", url: string, status: number, code: string][] = [
  ["GET", "/nothing", 404, "ROUTE_UNKNOWN"],
  ["GET", "/v1/catalogs/main/search", 404, "ROUTE_UNKNOWN"],
  ["DELETE", "/v1/catalogs/main", 404, "ROUTE_UNKNOWN"],
  ["GET", "/v1/catalogs/nobody", 404, "CATALOG_UNKNOWN"],
  ["GET", "/v1/catalogs/nobody/items", 404, "CATALOG_UNKNOWN"],
  ["GET", "/v1/catalogs/nobody/similar/ware", 404, "CATALOG_UNKNOWN"],
  ["GET", "/v1/catalogs/nobody/images/1", 404, "CATALOG_UNKNOWN"],
  ["GET", "/v1/catalogs/main/items/nobody", 404, "ITEM_UNKNOWN"],
  ["GET", "/v1/catalogs/main/items?limit=0", 400, "USAGE"],
  ["GET", "/v1/catalogs/main/items?page=2", 400, "USAGE"],
  ["GET", "/v1/catalogs/main/similar/nobody", 404, "ITEM_UNKNOWN"],
  ["GET", "/v1/catalogs/main/similar/ware%2F1?limit=1e9", 400, "USAGE"],
  ["GET", "/v1/catalogs/main/images/999", 404, "IMAGE_UNKNOWN"],
  ["GET", "/v1/catalogs/main/images/one", 400, "USAGE"],
  ["GET", "/v1/catalogs/main/images/-1", 400, "USAGE"],
  ["GET", "/v1/catalogs/main/images/1?size=5000", 400, "USAGE"],
  ["GET", "/v1/catalogs/%E0%A4%A/items", 400, "USAGE"],
  ["GET", "/v1/photos/nobody", 404, "IMAGE_UNKNOWN"],
  ["GET", "/../../etc/passwd", 404, "ROUTE_UNKNOWN"],
];

test.each(ADDRESSES)("%s %s is refused", async (method, url, status, code) => {
  const { app } = await openDoor();
  await expectProblem(await app.inject({ method, url }), status, code);
});

test("a search in an unknown catalog is refused whatever it sends", async () => {
  const { app } = await openDoor();
  const url = "/v1/catalogs/nobody/search";
  await expectProblem(await app.inject({ method: "POST", url, payload: { itemId: "a" } }), 404, "CATALOG_UNKNOWN");
  await expectProblem(
    await app.inject({ method: "POST", url, ...(await form(["image", photo])) }),
    404,
    "CATALOG_UNKNOWN",
  );
});

test("what the safe download refuses reaches the client as it is", async () => {
  const fetchPicture = async () => {
    throw new LookseeError("URL_REFUSED", "10.0.0.1 is a private address", "Give a public address");
  };
  const { app } = await openDoor({ fetchPicture });
  const payload = { imageUrl: "http://10.0.0.1/secret" };
  await expectProblem(await app.inject({ method: "POST", url: SEARCH, payload }), 400, "URL_REFUSED");
});

test("an unforeseen error tells the client nothing of its insides", async () => {
  const { app, shop } = await openDoor();
  shop.trouble = new Error("SQLITE_CORRUPT in /secret/path");
  const answer = await app.inject("/v1/catalogs");
  await expectProblem(answer, 500, "INTERNAL");
  expect(answer.body).not.toContain("secret");
});
