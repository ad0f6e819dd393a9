import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import chromium from "@sparticuz/chromium";
import { type Browser, type Page, chromium as playwright } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { createServer, type ServerOptions } from "../../src/server/server.ts";
import type { DoorShop } from "../../src/server/shop.ts";
import { ColourShop, twoColourPhoto } from "../server/colour-shop.ts";

/** Where the page as it is shipped is built. */
export const built = join(tmpdir(), `looksee-web-${process.pid}`);
let browser: Browser;

/** Called by each test file that looks at pages: builds the page and opens a browser, until the file's last test. */
export function withBrowser(): void {
  beforeAll(async () => {
    const root = resolve(import.meta.dirname, "../../web");
    await build({
      configFile: join(root, "vite.config.ts"),
      build: { outDir: built, emptyOutDir: true },
      logLevel: "error",
    });
    const executablePath = await chromium.executablePath();
    browser = await playwright.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(built, { recursive: true, force: true });
  });
}

export const photo = await twoColourPhoto(1, 13);
export const PHOTO_FILE = { name: "photo.jpg", mimeType: "image/jpeg", buffer: photo };

type Look = { scheme?: "light" | "dark"; phone?: boolean; stillness?: boolean };

/** A shop behind a real port, and tabs that look at it. Everything is closed after the test. */
export async function openShop<S extends DoorShop = ColourShop>(options: Partial<ServerOptions> = {}, given?: S) {
  const shop = given ?? (new ColourShop() as DoorShop as S);
  const app = await createServer(shop, { fetchPicture: async () => photo, page: built, ...options });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => app.close());
  const errors: string[] = [];
  const openTab = async (
    path = "/",
    { scheme = "light", phone = false, stillness = false }: Look = {},
  ): Promise<Page> => {
    const context = await browser.newContext({
      viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 900 },
      hasTouch: phone,
      isMobile: phone,
      colorScheme: scheme,
      reducedMotion: stillness ? "reduce" : "no-preference",
      locale: "en-IE",
    });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(30_000); // a slow machine is not a failure
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (line) => {
      if (line.type() === "error" && !line.text().startsWith("Failed to load resource")) errors.push(line.text());
    });
    await page.goto(url + path);
    return page;
  };
  return { shop, app, url, openTab, errors };
}

export async function choosePhoto(page: Page, file = PHOTO_FILE): Promise<void> {
  await page.locator("input[type=file]").first().setInputFiles(file);
}

/** The titles on the grid, once the answer to the latest question is there. */
export async function hits(page: Page): Promise<string[]> {
  await settled(page);
  return page.locator(".card-title").allTextContents();
}

/** Waits until nothing is being searched; the page is busy from the moment that a box moves. */
export async function settled(page: Page): Promise<void> {
  await page.waitForTimeout(60); // Back and Forward arrive as an event of their own
  await page.locator('.results[aria-busy="false"] .verdict:not(:empty), .trouble').first().waitFor();
}
