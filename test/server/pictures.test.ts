import sharp from "sharp";
import { expect, test } from "vitest";
import { ColourShop, twoColourPhoto } from "./colour-shop.ts";
import { form, openDoor } from "./harness.ts";

const SEARCH = "/v1/catalogs/main/search";

test.each([160, 320, 640, 1280])("a catalog picture comes %i pixels large, cacheable, and once only", async (size) => {
  const { app } = await openDoor();
  const url = `/v1/catalogs/main/images/5?size=${size}`;
  const first = await app.inject(url);
  expect(first.statusCode).toBe(200);
  expect(first.headers).toMatchObject({ "content-type": "image/jpeg", "cache-control": "public, max-age=86400" });
  expect((await sharp(first.rawPayload).metadata()).width).toBe(size);
  const etag = String(first.headers.etag);
  for (const tag of [etag, `W/${etag}`, `"other", ${etag}`]) {
    const again = await app.inject({ url, headers: { "if-none-match": tag } });
    expect(again.statusCode).toBe(304);
    expect(again.rawPayload).toHaveLength(0);
  }
  const changed = await app.inject({ url, headers: { "if-none-match": '"other"' } });
  expect(changed.statusCode).toBe(200);
});

test("the original and each size carry tags of their own", async () => {
  const { app } = await openDoor();
  const urls = ["/v1/catalogs/main/images/5", "/v1/catalogs/main/images/5?size=160", "/v1/catalogs/main/images/6"];
  const tags = await Promise.all(urls.map(async (url) => (await app.inject(url)).headers.etag));
  expect(new Set(tags).size).toBe(3);
});

test("a query photo is kept after the answer, upright and without its metadata, and can be asked again", async () => {
  const { app, shop } = await openDoor();
  const lying = await sharp(await twoColourPhoto())
    .withExif({ IFD0: { Copyright: "a shopper", Orientation: "6" } })
    .withMetadata({ orientation: 6 })
    .toBuffer();
  const answer = await app.inject({ method: "POST", url: SEARCH, ...(await form(["image", lying])) });
  const { imageId } = answer.json();
  expect(imageId).toMatch(/^[0-9a-f]{32}$/);
  // Asked for at once, while it may still be on its way to disk.
  const kept = await app.inject(`/v1/photos/${imageId}`);
  expect(kept.statusCode).toBe(200);
  expect(kept.headers).toMatchObject({ "content-type": "image/jpeg", "cache-control": "private, max-age=3600" });
  const meta = await sharp(kept.rawPayload).metadata();
  expect([meta.width, meta.height]).toEqual([480, 640]);
  expect(meta.exif).toBeUndefined();
  const again = await app.inject({ method: "POST", url: SEARCH, payload: { imageId, box: [0, 0, 0.4, 1] } });
  expect(again.json()).toMatchObject({ imageId });
  expect(shop.saved.size).toBe(1);
});

test("photos asked again at once wait for their writing", async () => {
  const shop = new ColourShop();
  const save = shop.savePhoto.bind(shop);
  const { promise: diskIsFree, resolve: freeDisk } = Promise.withResolvers<void>();
  shop.savePhoto = async (bytes, id) => {
    await diskIsFree;
    return save(bytes, id);
  };
  const { app } = await openDoor({}, shop);
  const photo = await twoColourPhoto();
  const answer = await app.inject({ method: "POST", url: SEARCH, ...(await form(["image", photo])) });
  expect(answer.statusCode, "the answer does not wait for the disk").toBe(200);
  const { imageId } = answer.json();
  const asked = app.inject({ method: "POST", url: SEARCH, payload: { imageId } });
  freeDisk();
  expect((await asked).statusCode).toBe(200);
});

test("a photo that cannot be kept costs the shopper nothing but sending it again", async () => {
  const shop = new ColourShop();
  shop.savePhoto = async () => {
    throw new Error("disk full");
  };
  const { app } = await openDoor({}, shop);
  const answer = await app.inject({ method: "POST", url: SEARCH, ...(await form(["image", await twoColourPhoto()])) });
  expect(answer.statusCode).toBe(200);
  const { imageId } = answer.json();
  const again = await app.inject({ method: "POST", url: SEARCH, payload: { imageId } });
  expect(again.json()).toMatchObject({ status: 404, code: "IMAGE_UNKNOWN" });
});

test("with 0 hours no photo is kept, and the answer says so", async () => {
  const { app, shop } = await openDoor({ photoHours: 0 });
  const answer = await app.inject({ method: "POST", url: SEARCH, ...(await form(["image", await twoColourPhoto()])) });
  expect(answer.json().imageId).toBeNull();
  await app.close();
  expect(shop.saved.size).toBe(0);
});
