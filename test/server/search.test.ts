import type { Response } from "light-my-request";
import { Compile } from "typebox/compile";
import { expect, test } from "vitest";
import { SearchResult } from "../../src/server/result-schema.ts";
import { twoColourPhoto } from "./colour-shop.ts";
import { form, openDoor } from "./harness.ts";

const SEARCH = "/v1/catalogs/main/search";
const result = Compile(SearchResult);
const photo = await twoColourPhoto(1, 13);

test("a photo in a form finds the product, and the answer has the shape of the document", async () => {
  const { app, shop } = await openDoor();
  const box: [string, string] = ["box", "0.52,0.1,0.96,0.9"];
  const send = await form(["image", photo], box, ["category", "bags"], ["limit", "3"]);
  const answer = await app.inject({ method: "POST", url: SEARCH, ...send });
  expect(answer.statusCode).toBe(200);
  expect(result.Errors(answer.json())).toEqual([]);
  expect(answer.json().hits).toHaveLength(3);
  expect(answer.json().hits[0]).toMatchObject({ itemId: "ware/13", imageUrl: "/v1/catalogs/main/images/13" });
  expect(shop.queries[0]).toMatchObject({ box: [0.52, 0.1, 0.96, 0.9], category: "bags", limit: 3 });
  expect(answer.headers["cache-control"]).toBe("no-store");
});

test.each([
  ["base64", photo.toString("base64")],
  ["a data: address", `data:image/jpeg;base64,${photo.toString("base64")}`],
])("JSON with the photo as %s answers as the form does", async (_kind, imageBase64) => {
  const { app } = await openDoor();
  const sent = await app.inject({ method: "POST", url: SEARCH, ...(await form(["image", photo])) });
  const answer = await app.inject({ method: "POST", url: SEARCH, payload: { imageBase64 } });
  expect(answer.statusCode).toBe(200);
  expect(answer.json().hits).toEqual(sent.json().hits);
});

test("imageUrl is downloaded by the shop's own safe download, and nothing else is", async () => {
  const asked: string[] = [];
  const fetchPicture = async (url: string) => {
    asked.push(url);
    return photo;
  };
  const { app } = await openDoor({ fetchPicture });
  const imageUrl = "https://shop.example/a.jpg";
  const answer = await app.inject({ method: "POST", url: SEARCH, payload: { imageUrl, limit: 1 } });
  expect(answer.statusCode).toBe(200);
  expect(asked).toEqual([imageUrl]);
  expect(answer.json().imageId).toMatch(/^[0-9a-f]{32}$/);
});

test("an item, its similar items and the same search by JSON agree", async () => {
  const { app } = await openDoor();
  const byItem = await app.inject({ method: "POST", url: SEARCH, payload: { itemId: "ware/4", limit: 5 } });
  const similar = await app.inject(`/v1/catalogs/main/similar/${encodeURIComponent("ware/4")}?limit=5`);
  expect(similar.statusCode).toBe(200);
  expect(result.Check(similar.json())).toBe(true);
  expect(similar.json().hits).toEqual(byItem.json().hits);
  expect(similar.json().hits).toHaveLength(5);
});

test("pages by cursor alone neither repeat nor skip", async () => {
  const { app } = await openDoor();
  const seen: string[] = [];
  let next: object | undefined = { itemId: "ware/1", limit: 7 };
  while (next) {
    const answer: Response = await app.inject({ method: "POST", url: SEARCH, payload: next });
    const { hits, nextCursor }: SearchResult = answer.json();
    seen.push(...hits.map((hit) => hit.itemId));
    next = nextCursor ? { cursor: nextCursor } : undefined;
  }
  expect(seen).toHaveLength(24);
  expect(new Set(seen).size).toBe(24);
});

test("the search of a catalog with an odd name addresses pictures by that name", async () => {
  const { ColourShop } = await import("./colour-shop.ts");
  const { app } = await openDoor({}, new ColourShop(["spring 24"]));
  const answer = await app.inject({
    method: "POST",
    url: "/v1/catalogs/spring%2024/search",
    payload: { itemId: "ware/1" },
  });
  const { imageUrl } = answer.json().hits[0];
  expect(imageUrl).toBe("/v1/catalogs/spring%2024/images/1");
  expect((await app.inject(imageUrl)).statusCode).toBe(200);
});
