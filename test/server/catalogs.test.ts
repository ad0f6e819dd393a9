import { expect, test } from "vitest";
import { ColourShop } from "./colour-shop.ts";
import { openDoor } from "./harness.ts";

test("the catalogs are listed by name with their counts and categories", async () => {
  const { app } = await openDoor({}, new ColourShop(["winter", "autumn"]));
  const { catalogs } = (await app.inject("/v1/catalogs")).json();
  expect(catalogs.map((one: { name: string }) => one.name)).toEqual(["autumn", "winter"]);
  expect((await app.inject("/v1/catalogs/winter")).json()).toEqual(catalogs[1]);
  expect(catalogs[0]).toMatchObject({ items: 24, pictures: 24, model: "colour-1" });
});

test("items come page by page, each with the address of its picture", async () => {
  const { app } = await openDoor();
  const first = (await app.inject("/v1/catalogs/main/items?limit=20")).json();
  expect(first.items).toHaveLength(20);
  expect(first.items[0]).toMatchObject({ itemId: "ware/1", imageUrl: "/v1/catalogs/main/images/1" });
  const rest = (await app.inject(`/v1/catalogs/main/items?limit=20&cursor=${first.nextCursor}`)).json();
  expect(rest).toMatchObject({ nextCursor: null });
  expect(rest.items).toHaveLength(4);
  const one = await app.inject(`/v1/catalogs/main/items/${encodeURIComponent("ware/7")}`);
  expect(one.json()).toMatchObject({ itemId: "ware/7", imageUrl: "/v1/catalogs/main/images/7" });
});

test("health: live while the process answers, ready while the data folder does", async () => {
  const { app, shop } = await openDoor();
  expect((await app.inject("/health/live")).json()).toEqual({ status: "live" });
  expect((await app.inject("/health/ready")).json()).toEqual({ status: "ready", catalogs: 1 });
  shop.trouble = new Error("disk gone");
  expect((await app.inject("/health/live")).statusCode).toBe(200);
  expect((await app.inject("/health/ready")).statusCode).toBe(500);
});
