/**
 * Takes README's pictures of the page: `node scripts/screenshot.ts` after `npm run build:web`, writes docs/page.png (desktop)
 * and docs/page-phone.png. A drawn shop, the default model, and the first photo whose product comes first.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import chromium from "@sparticuz/chromium";
import pino from "pino";
import { type Browser, chromium as playwright } from "playwright-core";
import sharp from "sharp";
import { open, type Shop } from "../src/index.ts";
import { type Mall, openMall } from "../src/mall/index.ts";
import { serve } from "../src/server/index.ts";

const ITEMS = 240;
const SEED = 2026;
const docs = resolve(import.meta.dirname, "../docs");

async function* wares(mall: Mall) {
  for (let i = 0; i < ITEMS; i++) {
    const { itemId, title, price, currency, category, url } = mall.item(i);
    yield { itemId, title, price, currency, category, url, images: [await mall.picture(i)] };
  }
}

/** Among the photos of bags and shoes, the one whose product is found surest. */
async function bestPhoto(mall: Mall, shop: Shop): Promise<Uint8Array> {
  let best: { score: number; jpeg: Uint8Array } = { score: -1, jpeg: new Uint8Array() };
  for (let i = 0; i < ITEMS; i++) {
    const { itemId, category } = mall.item(i);
    if (category !== "bags" && category !== "shoes") continue;
    const { jpeg } = await mall.photo(i, 0);
    const { hits } = await shop.catalog("demo").search({ image: jpeg, limit: 1 });
    const [hit] = hits;
    if (hit?.itemId === itemId && hit.score > best.score) best = { score: hit.score, jpeg };
  }
  return best.jpeg;
}

async function shoot(browser: Browser, url: string, jpeg: Uint8Array, phone: boolean, path: string): Promise<void> {
  const context = await browser.newContext({
    viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 860 },
    deviceScaleFactor: phone ? 2 : 1.5,
    isMobile: phone,
    hasTouch: phone,
    locale: "en-IE",
  });
  const page = await context.newPage();
  await page.goto(url);
  const buffer = Buffer.from(jpeg);
  await page.locator("input[type=file]").first().setInputFiles({ name: "photo.jpg", mimeType: "image/jpeg", buffer });
  await page.getByRole("application").waitFor();
  await page.locator(".card img").nth(7).waitFor();
  await page.waitForLoadState("networkidle");
  // A palette of 256 colours takes a quarter of the bytes, and no eye sees it.
  await sharp(await page.screenshot())
    .png({ palette: true, quality: 92, effort: 10 })
    .toFile(path);
  await context.close();
}

const mall = openMall({ items: ITEMS, seed: SEED });
const folder = mkdtempSync(join(tmpdir(), "looksee-screenshot-"));
const shop = await open(folder);
await shop.catalog("demo").import(wares(mall));
const jpeg = await bestPhoto(mall, shop);
const server = await serve(shop, { port: 0, logger: pino({ level: "silent" }) });
const executablePath = await chromium.executablePath();
// The browser's own package brings one font, so that the picture is the same on every machine.
const env = { ...process.env, FONTCONFIG_PATH: join(tmpdir(), "fonts") } as Record<string, string>;
const browser = await playwright.launch({ executablePath, env, args: ["--no-sandbox", "--disable-gpu"] });
await shoot(browser, server.url, jpeg, false, join(docs, "page.png"));
await shoot(browser, server.url, jpeg, true, join(docs, "page-phone.png"));
await browser.close();
await server.close();
await shop.close();
rmSync(folder, { recursive: true, force: true });
