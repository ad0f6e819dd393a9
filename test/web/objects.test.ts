import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { ColourShop } from "../server/colour-shop.ts";
import { choosePhoto, hits, openShop, settled, withBrowser } from "./browser.ts";

withBrowser();

const spots = (page: Page) => page.getByRole("button", { name: /^Search for the .* here instead/ });
const place = async (page: Page) => (await page.getByRole("application").getAttribute("aria-label"))!;
const LEFT = "from 4 to 48 % across";
const RIGHT = "from 52 to 96 % across";

/** A shop whose model sees `further` boxes of a sixth of the photo beside the main object, every other without a name. */
function shopSeeing(further: number): ColourShop {
  const shop = new ColourShop();
  const [main] = shop.objects;
  shop.objects = [
    main!,
    ...Array.from({ length: further }, (_, i) => {
      const [x, y] = [0.5 + (i % 2) * 0.25, Math.floor(i / 2) * 0.25];
      const box = [x, y, x + 0.16, y + 0.16] as const;
      return { box, score: 0.8 - i / 20, category: i % 2 ? "shoes" : null };
    }),
  ];
  return shop;
}

test.each([false, true])(
  "eight further objects are spots, each with a name of its own, that search for theirs; phone %s",
  async (phone) => {
    const given = shopSeeing(8);
    const { openTab, shop, errors } = await openShop({}, given);
    const page = await openTab("/", { phone, stillness: true });
    await choosePhoto(page);
    await settled(page);
    expect(await spots(page).count()).toBe(8);
    const names = await spots(page).evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
    expect(names[0]).toBe("Search for the other thing here instead, from 50 to 66 % across, 0 to 16 % down");
    expect(names[1]).toBe("Search for the shoes here instead, from 75 to 91 % across, 0 to 16 % down");
    expect(new Set(names).size).toBe(8);
    const { violations } = await new AxeBuilder({ page }).include(".photo-panel").analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    for (const [i, name] of names.entries()) {
      await page.getByRole("button", { name: name! }).click();
      await settled(page);
      expect(shop.queries.at(-1)!.box).toEqual(given.objects[i + 1]!.box.map((v) => Math.round(v * 1000) / 1000));
      expect(await spots(page).count(), "itself no more, the main object instead").toBe(8);
    }
    await page.getByRole("button", { name: "Search for the bags here instead" }).click();
    await settled(page);
    expect(await place(page)).toContain(LEFT);
    expect(errors).toEqual([]);
  },
);

test("without further objects there are no spots; without any, no box, and the products all the same", async () => {
  for (const [count, boxes] of [
    [1, 1],
    [0, 0],
  ]) {
    const given = shopSeeing(0);
    given.objects = given.objects.slice(0, count);
    const { openTab, errors } = await openShop({}, given);
    const page = await openTab();
    await choosePhoto(page);
    expect(await hits(page)).toHaveLength(20);
    expect([await spots(page).count(), await page.getByRole("application").count()]).toEqual([0, boxes]);
    expect(errors).toEqual([]);
  }
});

test("a tab brings the box to the object of that category; Back brings both back", async () => {
  const { openTab, shop } = await openShop();
  const page = await openTab();
  await choosePhoto(page);
  const all = await hits(page);
  expect(await place(page)).toContain(LEFT);
  await page.getByRole("tab", { name: "Shoes" }).click();
  const shoes = await hits(page);
  expect(shoes[0]).toContain("shoes number");
  expect(await place(page)).toContain(RIGHT);
  expect(await page.getByRole("button", { name: "Search for the bags here instead" }).count()).toBe(1);
  expect(shop.queries.at(-1)!.box, "the shop chooses the box").toBeUndefined();
  await page.goBack();
  expect(await hits(page)).toEqual(all);
  expect(await place(page)).toContain(LEFT);
  await page.goForward();
  expect(await hits(page)).toEqual(shoes);
  expect(await place(page)).toContain(RIGHT);
});

test("what only a further object is has a tab too", async () => {
  const given = new ColourShop();
  given.guesses = [0.99, 0.001, 0.009];
  const { openTab } = await openShop({}, given);
  const page = await openTab();
  await choosePhoto(page);
  await settled(page);
  expect(await page.getByRole("tab").allTextContents()).toEqual(["All", "Bags", "Shoes"]);
  await page.getByRole("tab", { name: "Shoes" }).click();
  await settled(page);
  expect(await page.getByRole("tab").allTextContents()).toEqual(["All", "Bags", "Shoes"]);
  expect(await page.getByRole("tab", { selected: true }).textContent()).toBe("Shoes");
});
