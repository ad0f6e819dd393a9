import type { Locator, Page } from "playwright-core";
import sharp from "sharp";
import { expect, test } from "vitest";
import { ColourShop, twoColourPhoto } from "../server/colour-shop.ts";
import { choosePhoto, hits, openShop, PHOTO_FILE, photo, settled, withBrowser } from "./browser.ts";

withBrowser();

const LEFT = "bags number 1,"; // what the photo's left half shows
const RIGHT = "bags number 13,";
const box = (page: Page): Locator => page.getByRole("application");
const place = async (page: Page) => (await box(page).boundingBox())!;

async function drag(page: Page, from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2);
  await page.mouse.move(to.x, to.y);
  await page.mouse.up();
}

test("a chosen photo finds the product, shows the box, and gives the search a link", async () => {
  const { openTab, errors } = await openShop();
  const page = await openTab();
  await choosePhoto(page);
  expect((await hits(page))[0]).toContain(LEFT);
  expect(await box(page).getAttribute("aria-label")).toBe("Search area, from 4 to 48 % across, 10 to 90 % down");
  expect(page.url()).toMatch(/\?c=main&photo=[0-9a-f]{32}$/);
  expect(await page.getByRole("status").textContent()).toBe("20+ products");
  const first = page.locator(".card").first();
  expect(await first.textContent()).toMatch(/\d\d% (Looks|Probably) the same/);
  expect(await page.locator(".card").last().locator(".sameness").textContent()).toBe("Similar"); // no percentage
  expect(await first.textContent()).toContain("€10.00");
  expect(errors).toEqual([]);
});

test("what leaves the browser is small, upright and without what the camera wrote", async () => {
  const { openTab, shop } = await openShop();
  const page = await openTab();
  const large = await sharp(photo)
    .resize(3000)
    .withExif({ IFD0: { Copyright: "a shopper" }, IFD3: { GPSLatitudeRef: "N", GPSLatitude: "51/1 30/1 0/1" } })
    .withMetadata({ orientation: 6 })
    .toBuffer();
  await choosePhoto(page, { ...PHOTO_FILE, buffer: large });
  await settled(page);
  const meta = await sharp(shop.queries[0]!.image!).metadata();
  expect(meta.exif).toBeUndefined();
  expect([meta.width, meta.height]).toEqual([960, 1280]);
});

/** Gives the page a file as the clipboard or a drag would. */
function give(page: Page, kind: "paste" | "drop" | "dragenter", what: { file?: Buffer; text?: string }) {
  const bytes = what.file ? [...what.file] : null;
  // The page's own world: no DOM types here.
  return page.evaluate(`(() => {
    const data = new DataTransfer();
    const bytes = ${JSON.stringify(bytes)};
    if (bytes) data.items.add(new File([new Uint8Array(bytes)], "photo.jpg", { type: "image/jpeg" }));
    const text = ${JSON.stringify(what.text ?? null)};
    if (text) data.setData("text/plain", text);
    const init = { bubbles: true, cancelable: true };
    document.body.dispatchEvent("${kind}" === "paste"
      ? new ClipboardEvent("paste", { ...init, clipboardData: data })
      : new DragEvent("${kind}", { ...init, dataTransfer: data }));
  })()`);
}

test("a pasted photo and a pasted address are searched for", async () => {
  const { openTab, shop } = await openShop();
  const page = await openTab();
  await give(page, "paste", { file: photo });
  expect((await hits(page))[0]).toContain(LEFT);
  await give(page, "paste", { text: "https://shop.example/a.jpg" });
  await page.waitForURL(/url=https/);
  expect((await hits(page))[0]).toContain(LEFT);
  expect(shop.queries).toHaveLength(2);
});

test("a photo may be dropped anywhere; the page says so while it hovers", async () => {
  const { openTab } = await openShop();
  const page = await openTab();
  await give(page, "dragenter", { file: photo });
  await page.getByText("Drop it to search").waitFor();
  await give(page, "drop", { file: photo });
  expect((await hits(page))[0]).toContain(LEFT);
  expect(await page.getByText("Drop it to search").count()).toBe(0);
});

test("an address is searched for, and its link works by itself", async () => {
  const asked: string[] = [];
  const fetchPicture = async (url: string) => {
    asked.push(url);
    return photo;
  };
  const { openTab } = await openShop({ fetchPicture });
  const page = await openTab();
  await page.getByLabel("or the address of a picture").fill("https://shop.example/bag.jpg");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  expect((await hits(page))[0]).toContain(LEFT);
  expect(page.url()).toContain("url=https%3A%2F%2Fshop.example%2Fbag.jpg");
  const link = new URL(page.url());
  const other = await openTab(link.pathname + link.search);
  expect((await hits(other))[0]).toContain(LEFT);
  expect(asked).toEqual(["https://shop.example/bag.jpg", "https://shop.example/bag.jpg"]);
});

test("dragging the box by the mouse refreshes the results without a reload and without sending the photo again", async () => {
  const { openTab, shop } = await openShop();
  const page = await openTab();
  await choosePhoto(page);
  await settled(page);
  await page.evaluate("window.sameDocument = true");
  const { x, y, width, height } = await place(page);
  await drag(page, { x: x + width / 2, y: y + height / 2 }, { x: x + width / 2 + 300, y: y + height / 2 });
  expect((await hits(page))[0]).toContain(RIGHT);
  expect(await page.evaluate("window.sameDocument")).toBe(true);
  expect(page.url()).toMatch(/box=0\.5\d*%2C0\.1\d*%2C/);
  expect(shop.queries.at(-1)!.image, "the kept photo is named, not sent").toBeUndefined();
  expect(shop.queries.length, "one search after the hand rests, not one a move").toBeLessThanOrEqual(3);
});

test("each of the eight handles pulls its own sides and no other", async () => {
  const { openTab } = await openShop();
  const page = await openTab();
  await choosePhoto(page);
  await settled(page);
  for (const [name, dx, dy] of PULLS) {
    const before = await place(page);
    const handle = (await page.locator(`[data-handle="${name}"]`).boundingBox())!;
    const grip = { x: handle.x + handle.width / 2, y: handle.y + handle.height / 2 };
    await drag(page, grip, { x: grip.x + dx, y: grip.y + dy });
    const after = await place(page);
    const [hx, hy] = name.split(",").map(Number) as [number, number];
    const expected = {
      left: before.x + (hx < 0 ? dx : 0),
      top: before.y + (hy < 0 ? dy : 0),
      right: before.x + before.width + (hx > 0 ? dx : 0),
      bottom: before.y + before.height + (hy > 0 ? dy : 0),
    };
    const found = { left: after.x, top: after.y, right: after.x + after.width, bottom: after.y + after.height };
    for (const side of ["left", "top", "right", "bottom"] as const)
      expect(Math.abs(found[side] - expected[side]), `${name}: ${side}`).toBeLessThan(2);
  }
});
const PULLS: [handle: string, dx: number, dy: number][] = [
  ["-1,-1", 20, 15],
  ["0,-1", 30, 15],
  ["1,-1", -20, 15],
  ["1,0", -20, 30],
  ["1,1", -20, -15],
  ["0,1", 30, -15],
  ["-1,1", 20, -15],
  ["-1,0", -15, 30],
];

test("arrow keys move the box, with Shift they resize it, and the results follow", async () => {
  const { openTab } = await openShop();
  const page = await openTab();
  await choosePhoto(page);
  await settled(page);
  await box(page).focus();
  for (let i = 0; i < 24; i++) await page.keyboard.press("ArrowRight");
  expect((await hits(page))[0]).toContain(RIGHT);
  expect(await box(page).getAttribute("aria-label")).toContain("from 52 to 96 %");
  await page.keyboard.press("ArrowDown");
  for (let i = 0; i < 5; i++) await page.keyboard.press("Shift+ArrowLeft");
  expect(await box(page).getAttribute("aria-label")).toBe("Search area, from 52 to 86 % across, 12 to 92 % down");
  for (let i = 0; i < 60; i++) await page.keyboard.press("ArrowRight");
  expect(await box(page).getAttribute("aria-label"), "it stops at the edge").toContain("from 66 to 100 %");
});

test("without dragging: a dot, a tap beside the box, and the buttons below do the same", async () => {
  const { openTab } = await openShop();
  const page = await openTab("/", { phone: true });
  await choosePhoto(page);
  await settled(page);
  await page.getByRole("button", { name: "Search for the shoes here instead" }).tap();
  expect((await hits(page))[0]).toContain(RIGHT);
  const photoBox = (await page.locator(".box-layer").boundingBox())!;
  await page.touchscreen.tap(photoBox.x + photoBox.width * 0.2, photoBox.y + photoBox.height / 2);
  expect((await hits(page))[0]).toContain(LEFT);
  const before = await place(page);
  await page.getByRole("button", { name: "Smaller box" }).tap();
  expect((await place(page)).width).toBeLessThan(before.width);
  await page.getByRole("button", { name: "Larger box" }).tap();
  expect(Math.abs((await place(page)).width - before.width)).toBeLessThan(2);
  await page.getByRole("button", { name: "Whole photo" }).tap();
  await settled(page);
  expect(page.url()).toContain("box=0%2C0%2C1%2C1");
});

test("tabs: the guess comes first, choosing one searches in it, Back undoes it", async () => {
  const { openTab } = await openShop();
  const page = await openTab();
  await choosePhoto(page);
  await settled(page);
  expect(await page.getByRole("tab").allTextContents()).toEqual(["All", "Bags", "Shoes", "Dress"]);
  const all = await hits(page);
  await page.getByRole("tab", { name: "All" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  const shoes = await hits(page);
  expect(shoes).toHaveLength(8);
  expect(shoes.every((title) => title.startsWith("shoes"))).toBe(true);
  expect(await page.getByRole("tab", { selected: true }).textContent()).toBe("Shoes");
  expect(page.url()).toContain("category=shoes");
  await page.goBack();
  expect(await hits(page)).toEqual(all);
  expect(await page.getByRole("tab", { selected: true }).textContent()).toBe("All");
});

test("more like this, then Back to the photo, Forward to the product, and by its link in another tab", async () => {
  const { openTab } = await openShop();
  const page = await openTab();
  await choosePhoto(page);
  const before = await hits(page);
  await page.getByRole("button", { name: "More like this: shoes number 5," }).click();
  await page.waitForURL(/item=ware%2F5/);
  const alike = await hits(page);
  expect(alike).not.toEqual(before);
  expect(new Set(await page.locator(".sameness").allTextContents())).toEqual(new Set(["Similar"])); // other items all of them
  await page.getByRole("img", { name: "shoes number 5," }).waitFor();
  expect(await box(page).count(), "an item is searched for as a whole").toBe(0);
  await page.goBack();
  expect(await hits(page)).toEqual(before);
  await box(page).waitFor();
  await page.goForward();
  expect(await hits(page)).toEqual(alike);
  const other = await openTab(new URL(page.url()).search);
  expect(await hits(other)).toEqual(alike);
  await other.getByRole("img", { name: "shoes number 5," }).waitFor();
});

test("a link brings back photo, box and category in another browser", async () => {
  const { openTab } = await openShop();
  const page = await openTab();
  await choosePhoto(page);
  await settled(page);
  await box(page).focus();
  for (let i = 0; i < 24; i++) await page.keyboard.press("ArrowRight");
  await settled(page);
  await page.getByRole("tab", { name: "Dress" }).click();
  const asked = await hits(page);
  const other = await openTab(new URL(page.url()).search);
  expect(await hits(other)).toEqual(asked);
  expect(await box(other).getAttribute("aria-label")).toContain("from 52 to 96 %");
  expect(await other.getByRole("tab", { selected: true }).textContent()).toBe("Dress");
  await other.reload();
  expect(await hits(other)).toEqual(asked);
});

test("Back across a reload leads to the photo of then, not to a newer one", async () => {
  const { openTab } = await openShop();
  const page = await openTab();
  await choosePhoto(page);
  const then = await hits(page);
  const link = page.url();
  await page.reload();
  await settled(page);
  await choosePhoto(page, { ...PHOTO_FILE, buffer: await twoColourPhoto(13, 1) });
  await page.waitForFunction(`location.href !== ${JSON.stringify(link)}`);
  expect((await hits(page))[0]).toContain(RIGHT);
  await page.goBack();
  await page.waitForURL(link);
  expect(await hits(page)).toEqual(then);
});

test("a photo that the server lost is sent again unasked; where nobody holds it, the page says so", async () => {
  const { openTab, shop } = await openShop();
  const page = await openTab();
  await choosePhoto(page);
  await settled(page);
  await expect.poll(() => shop.saved.size).toBeGreaterThan(0); // photos are written after the answer
  shop.saved.clear();
  await page.getByRole("button", { name: "Whole photo" }).click();
  expect((await hits(page)).length).toBeGreaterThan(0);
  expect(shop.queries.at(-1)!.image).toBeDefined();
  const link = new URL(page.url()).search;
  await settled(page);
  await expect.poll(() => shop.saved.size).toBeGreaterThan(0); // photos are written after the answer
  shop.saved.clear();
  const other = await openTab(link);
  await other.getByRole("alert").getByText("This photo is no longer kept").waitFor();
});

test("where no photo is kept at all, the box still moves and Back still works", async () => {
  const { openTab } = await openShop({ photoHours: 0 });
  const page = await openTab();
  await choosePhoto(page);
  const first = await hits(page);
  expect(await page.locator(".sameness").first().textContent()).toMatch(/the same/);
  await page.getByRole("button", { name: "Search for the shoes here instead" }).click();
  expect((await hits(page))[0]).toContain(RIGHT);
  await page.getByRole("button", { name: "More like this" }).first().click();
  await page.waitForURL(/item=/);
  await settled(page);
  await page.goBack();
  expect((await hits(page))[0]).toContain(RIGHT);
  expect(first[0]).toContain(LEFT);
});

test("show more adds the next page and repeats nothing", async () => {
  const { openTab } = await openShop();
  const page = await openTab();
  await choosePhoto(page);
  expect(await hits(page)).toHaveLength(20);
  await page.getByRole("button", { name: "Show more" }).click();
  await page.getByText("24 products").waitFor();
  const names = await page.locator(".like-this").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
  expect(new Set(names).size).toBe(24);
  expect(await page.getByRole("button", { name: "Show more" }).count()).toBe(0);
});

test("an example picture is searched for as if the shopper had taken it", async () => {
  const { openTab, shop } = await openShop();
  const page = await openTab();
  await page.getByRole("button", { name: "Search with the picture of shoes number 2," }).click();
  await settled(page);
  expect(shop.queries[0]!.image).toBeDefined();
  await box(page).waitFor();
});

test("several catalogs can be chosen between, and the photo stays", async () => {
  const { openTab } = await openShop({}, new ColourShop(["autumn", "winter"]));
  const page = await openTab();
  await choosePhoto(page);
  await settled(page);
  expect(page.url()).toContain("c=autumn");
  await page.getByLabel("Catalog").selectOption("winter");
  await page.waitForURL(/c=winter/);
  expect((await hits(page))[0]).toContain(LEFT);
});

test("a file that is no picture is refused in plain words, and the next photo works", async () => {
  const { openTab } = await openShop();
  const page = await openTab();
  await choosePhoto(page, { name: "notes.jpg", mimeType: "image/jpeg", buffer: Buffer.from("not a picture at all") });
  await page.getByRole("alert").getByText("That file is not a picture we can read").waitFor();
  await choosePhoto(page);
  expect((await hits(page))[0]).toContain(LEFT);
  expect(await page.getByRole("alert").count()).toBe(0);
});

test("a shop that does not answer is said in plain words, and trying again works", async () => {
  const { openTab } = await openShop();
  const page = await openTab();
  await page
    .getByRole("button", { name: /Search with the picture/ })
    .first()
    .waitFor();
  await page.route("**/search", (route) => route.abort());
  await choosePhoto(page);
  await page.getByRole("alert").getByText("The shop does not answer").waitFor();
  await page.unroute("**/search");
  await page.getByRole("button", { name: "Try again" }).click();
  expect((await hits(page))[0]).toContain(LEFT);
});

test("no good match is said plainly above what comes closest", async () => {
  const { openTab } = await openShop();
  const page = await openTab();
  const grey = await sharp({ create: { width: 300, height: 300, channels: 3, background: "#c8c8c8" } })
    .jpeg()
    .toBuffer();
  await choosePhoto(page, { ...PHOTO_FILE, buffer: grey });
  await page.getByRole("status").getByText("We may not have this one").waitFor();
  expect((await hits(page)).length).toBeGreaterThan(0);
  expect(new Set(await page.locator(".sameness").allTextContents())).toEqual(new Set(["Similar"])); // not "maybe the same" besides
});

test("a photo chosen before the page knows the catalogs is searched for all the same", async () => {
  const { openTab } = await openShop({}, new ColourShop(["autumn"]));
  const page = await openTab();
  const { promise: may, resolve: go } = Promise.withResolvers<void>();
  await page.route("**/v1/catalogs", async (route) => {
    await may;
    await route.continue();
  });
  await page.reload();
  await choosePhoto(page);
  go();
  expect((await hits(page))[0]).toContain(LEFT);
  expect(page.url()).toContain("c=autumn");
});

test("an old link into a catalog that is gone leads back to what there is", async () => {
  const { openTab } = await openShop();
  const page = await openTab("/?c=gone&item=ware%2F1");
  await page.getByRole("alert").getByText("There is no such catalog").waitFor();
  await page.getByRole("button", { name: "Start over", exact: true }).click();
  await page.getByRole("heading", { name: "Find it by photo" }).waitFor();
  expect(page.url()).toContain("c=main");
});

test("a shop without a catalog says what is missing", async () => {
  const { openTab } = await openShop({}, new ColourShop([]));
  const page = await openTab();
  await page.getByRole("heading", { name: "There is nothing to search yet" }).waitFor();
});

test("a catalog's text never becomes a script: only web addresses are linked", async () => {
  const { openTab } = await openShop();
  const page = await openTab();
  await choosePhoto(page);
  await settled(page);
  const links = await page.locator(".card a").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  expect(links.length).toBeGreaterThan(3);
  expect(links.filter((link) => !link?.startsWith("https://shop.example/"))).toEqual([]);
});
