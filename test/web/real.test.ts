import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchPicture, open, type Shop } from "../../src/index.ts";
import { openMall } from "../../src/mall/index.ts";
import { choosePhoto, hits, openShop, settled, withBrowser } from "./browser.ts";

withBrowser();

/** The page on a real shop: real pictures, real model, real data folder. */
const ITEMS = 10;
const mall = openMall({ items: ITEMS, seed: 99 });
const folder = mkdtempSync(join(tmpdir(), "looksee-page-"));
let shop: Shop;

async function* wares() {
  for (let i = 0; i < ITEMS; i++) {
    const { itemId, title, price, currency, category, url } = mall.item(i);
    yield { itemId, title, price, currency, category, url, images: [await mall.picture(i)] };
  }
}

beforeAll(async () => {
  shop = await open(folder);
  await shop.catalog("main").import(wares());
});
afterAll(async () => {
  await shop.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a picture finds its product, the box can be moved, and more like this leaves the product itself out", async () => {
  const { openTab, errors } = await openShop({ fetchPicture }, shop);
  const page = await openTab();
  const file = { name: "a.jpg", mimeType: "image/jpeg", buffer: Buffer.from(await mall.picture(4)) };
  await choosePhoto(page, file);
  const { title } = mall.item(4);
  expect((await hits(page))[0]).toBe(title);
  await page.getByRole("button", { name: "Whole photo" }).click();
  expect((await hits(page))[0]).toBe(title);
  await page.locator(".like-this").first().click();
  await page.waitForURL(/item=/);
  await page.getByRole("img", { name: title }).waitFor();
  const alike = await hits(page);
  expect(alike).toHaveLength(ITEMS - 1);
  await page.goBack();
  expect((await hits(page))[0]).toBe(title);
  await page.getByLabel("New photo").setInputFiles({ ...file, buffer: Buffer.from("no picture") });
  await page.getByRole("alert").getByText("That file is not a picture we can read").waitFor();
  await settled(page);
  expect(errors).toEqual([]);
});

test("an address inside the house is refused in plain words", async () => {
  const { openTab } = await openShop({ fetchPicture }, shop);
  const page = await openTab();
  await page.getByLabel("or the address of a picture").fill("http://192.168.0.1/camera.jpg");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.getByRole("alert").getByText("We cannot open that address").waitFor();
});
