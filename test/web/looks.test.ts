import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync, gzipSync } from "node:zlib";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { ColourShop } from "../server/colour-shop.ts";
import { built, choosePhoto, openShop, settled, withBrowser } from "./browser.ts";

withBrowser();

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary}`),
  );
}

/** What a finger must hit and is smaller than 44 pixels; side handles, which the buttons below replace, may be 24. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll("button, a, select, label.button, input:not([type=file]), .handle")]
    .filter((one) => {
      const box = (one.matches(".card a") ? one.closest(".card") : one).getBoundingClientRect();
      const least = one.matches(".handle.side") ? 24 : 44;
      return box.width > 0 && (box.width < least - 0.5 || box.height < least - 0.5);
    })
    .map((one) => one.outerHTML.slice(0, 120))`);
}

const widerThanScreen = (page: Page): Promise<boolean> =>
  page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");

const LOOKS = [
  { scheme: "light", phone: false },
  { scheme: "dark", phone: false },
  { scheme: "light", phone: true },
  { scheme: "dark", phone: true },
] as const;

test.each(LOOKS)("axe finds nothing at the start, in results, in trouble: $scheme, phone $phone", async (look) => {
  const { openTab, errors } = await openShop();
  const page = await openTab("/", { ...look, stillness: true });
  await page.locator(".examples img").first().waitFor();
  expect(await violations(page)).toEqual([]);
  expect(await smallTargets(page)).toEqual([]);
  expect(await widerThanScreen(page)).toBe(false);
  await choosePhoto(page);
  await settled(page);
  await page.getByRole("application").waitFor();
  expect(await violations(page)).toEqual([]);
  expect(await smallTargets(page)).toEqual([]);
  expect(await widerThanScreen(page)).toBe(false);
  await page.route("**/search", (route) => route.abort());
  await page.getByRole("tab", { name: "Dress" }).click();
  await page.getByRole("alert").waitFor();
  expect(await violations(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test("the docs page is clean too, and fits a phone", async () => {
  const { openTab } = await openShop();
  for (const look of [{ scheme: "light" }, { scheme: "dark", phone: true }] as const) {
    const page = await openTab("/docs", look);
    expect(await violations(page)).toEqual([]);
    expect(await widerThanScreen(page)).toBe(false);
  }
});

test("right to left, the page mirrors and the photo's box does not", async () => {
  const { openTab } = await openShop();
  for (const phone of [false, true]) {
    const page = await openTab("/", { phone });
    await page.evaluate("document.documentElement.dir = 'rtl'");
    await choosePhoto(page);
    await settled(page);
    expect(await widerThanScreen(page)).toBe(false);
    const [frame, box] = [
      await page.locator(".photo").boundingBox(),
      await page.getByRole("application").boundingBox(),
    ];
    expect(Math.abs((box!.x - frame!.x) / frame!.width - 0.04)).toBeLessThan(0.01);
    const brand = (await page.locator(".brand").boundingBox())!;
    expect(brand.x).toBeGreaterThan(phone ? 195 : 640);
  }
});

test("a page 320 pixels wide needs no sideways scrolling", async () => {
  const { openTab } = await openShop({}, new ColourShop(["a catalog with a long name", "main"]));
  const page = await openTab("/", { phone: true });
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await widerThanScreen(page)).toBe(false);
  await choosePhoto(page);
  await settled(page);
  await page.evaluate("scrollTo(0, 1000)");
  await page.getByRole("button", { name: "Back to your photo" }).waitFor();
  expect(await widerThanScreen(page)).toBe(false);
  expect(await smallTargets(page)).toEqual([]);
});

test.each([false, true])("nothing jumps from opening the page to the moved box (phone: %s)", async (phone) => {
  const { openTab } = await openShop();
  const page = await openTab("/", { phone });
  await page.evaluate(`(() => {
    window.shifts = 0;
    new PerformanceObserver((list) => { for (const one of list.getEntries()) window.shifts += one.value; })
      .observe({ type: "layout-shift", buffered: true });
  })()`);
  await page.locator(".examples img").first().waitFor();
  await choosePhoto(page);
  await settled(page);
  await page.getByRole("button", { name: "Whole photo" }).click();
  await settled(page);
  // 0.1 is what web.dev calls good for a whole visit.
  expect(await page.evaluate("window.shifts")).toBeLessThan(0.1);
});

test("the photo stays in view: beside the results, or small in the header of a phone", async () => {
  const { openTab } = await openShop();
  const desktop = await openTab();
  await choosePhoto(desktop);
  await settled(desktop);
  await desktop.mouse.wheel(0, 900);
  await desktop.waitForTimeout(150);
  expect((await desktop.locator(".stage").boundingBox())!.y).toBeGreaterThan(0);
  const phone = await openTab("/", { phone: true });
  await choosePhoto(phone);
  await settled(phone);
  await phone.evaluate("scrollTo(0, 1200)");
  const small = phone.getByRole("button", { name: "Back to your photo" });
  await small.tap();
  await phone.waitForFunction("scrollY === 0");
});

test("who asked for less motion gets none", async () => {
  const { openTab, app } = await openShop();
  expect(app.server.listening).toBe(true);
  const page = await openTab("/", { stillness: true });
  await page.route("**/search", () => {}); // never answered: the skeletons stay
  await choosePhoto(page);
  await page.locator(".card .skeleton").first().waitFor();
  expect(await page.evaluate("document.getAnimations().length")).toBe(0);
});

test("the script is small: under 25 kB gzipped, of the 60 allowed", () => {
  const folder = join(built, "assets");
  const scripts = readdirSync(folder).filter((name) => name.endsWith(".js"));
  const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0);
  expect(scripts.length).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(25_000);
});

test("the server sends the script compressed, to be kept for a year, and the page anew each time", async () => {
  const { app } = await openShop();
  const [name] = readdirSync(join(built, "assets")).filter((one) => one.endsWith(".js"));
  const plain = await app.inject(`/assets/${name}`);
  const small = await app.inject({ url: `/assets/${name}`, headers: { "accept-encoding": "gzip, br" } });
  expect(small.headers).toMatchObject({ "content-encoding": "br", "x-content-type-options": "nosniff" });
  expect(small.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  expect(brotliDecompressSync(small.rawPayload)).toEqual(plain.rawPayload);
  expect((await app.inject("/")).headers["cache-control"]).toBe("no-cache");
  expect((await app.inject("/assets/none.js")).json()).toMatchObject({ code: "ROUTE_UNKNOWN" });
});

test("the page loads nothing from elsewhere", async () => {
  const { openTab, url } = await openShop();
  const page = await openTab();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.reload();
  await choosePhoto(page);
  await settled(page);
  expect(asked.length).toBeGreaterThan(5);
  expect(asked.filter((one) => !one.startsWith(url) && !one.startsWith("blob:"))).toEqual([]);
});
