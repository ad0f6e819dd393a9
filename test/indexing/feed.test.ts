import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { importSource } from "../../src/indexing/index.ts";
import { type XmlRecord, xmlRecords } from "../../src/indexing/xml.ts";
import { fakeModel } from "./fake-model.ts";
import { pictures, scratch, store, write } from "./scene.ts";

const RSS = `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title><link>https://s.example</link>
<!-- <item>not this one</item> -->
<item><title>Not this</title><g:title>Tee &amp; more</g:title><g:id>T-R</g:id><g:item_group_id>T</g:item_group_id>
  <g:description><![CDATA[<p>Soft</p> </item> & <b>good</b>]]></g:description><g:link>https://s.example/t?c=red</g:link>
  <g:image_link>1.jpg</g:image_link><g:additional_image_link>2.jpg</g:additional_image_link>
  <g:additional_image_link>3.jpg</g:additional_image_link><g:availability>in_stock</g:availability>
  <g:price>1.299,50 EUR</g:price><g:color>red</g:color><g:product_type>Home &gt; Women &gt; Tees</g:product_type>
  <g:shipping><g:country>DE</g:country><g:price>4.90 EUR</g:price></g:shipping></item>
<item><g:title>Tee</g:title><g:id>T-B</g:id><g:item_group_id>T</g:item_group_id><g:image_link>4.jpg</g:image_link>
  <g:price>15 EUR</g:price><g:color>blue</g:color><g:availability>out_of_stock</g:availability></item>
<item><g:title>Broken</b></g:title><g:id>X</g:id><g:image_link>5.jpg</g:image_link></item>
<item><g:title>Mug</g:title><g:id>M</g:id><g:image_link>5.jpg</g:image_link><g:price>5 USD</g:price></item>
</channel></rss>`;

test("a Google Merchant feed: variants grouped, entities and CDATA read, a broken record costs itself", async () => {
  const folder = scratch();
  await pictures(folder, 5);
  write(folder, { "feed.xml": RSS });
  const data = store();
  const run = () => importSource(data, "main", fakeModel(), join(folder, "feed.xml"));
  const report = await run();
  expect(report).toMatchObject({ rows: 4, imported: 3, items: 2, variants: 2, pictures: 5 });
  expect(report.quarantined).toMatchObject([
    { row: 3, code: "ROW_UNREADABLE", reason: "its XML is not well formed: </b> closes what <g:title> opened" },
  ]);
  const catalog = data.catalog("main");
  expect(catalog.item("T")).toMatchObject({ title: "Tee & more", category: "Tees" });
  expect(catalog.item("M")).toMatchObject({ price: 5, currency: "USD" });
  const images = catalog.imagesOfItem("T");
  expect(images).toHaveLength(4);
  const sold = [...catalog.itemsOfImages(images).values()].flat();
  expect(sold.find(({ variantId }) => variantId === "T-R")).toMatchObject({
    price: 1299.5,
    attributes: { color: "red" },
  });
  expect(sold.find(({ variantId }) => variantId === "T-B")).toMatchObject({ price: 15, attributes: { color: "blue" } });
  expect(await run()).toMatchObject({ imported: 0, unchanged: 3 });
});

test("an Atom feed and a plain export, in other encodings too", async () => {
  const folder = scratch();
  await pictures(folder, 2);
  const atom = `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><entry><g:id>1</g:id>
    <title>Größe</title><link href="https://s.example/1"/><g:image_link>1.jpg</g:image_link></entry></feed>`;
  const plain = `<?xml version="1.0" encoding="ISO-8859-1"?><export><products><product id="1"><name>Größe</name>
    <images><image>1.jpg</image><image>2.jpg</image></images><url>https://s.example/1</url></product></products></export>`;
  write(folder, { "atom.xml": atom, "plain.xml": Buffer.from(plain, "latin1") });
  const data = store();
  for (const name of ["atom", "plain"]) {
    const report = await importSource(data, name, fakeModel(), join(folder, `${name}.xml`));
    expect([name, report.quarantined, report.items]).toEqual([name, [], 1]);
    expect(data.catalog(name).item("1")).toMatchObject({ title: "Größe", url: "https://s.example/1" });
  }
  expect(data.catalog("plain").imagesOfItem("1")).toHaveLength(2);
});

test("records are the same however the text is cut into chunks", async () => {
  const all = async (chunks: string[]) => {
    const found: XmlRecord[] = [];
    async function* text() {
      yield* chunks;
    }
    for await (const record of xmlRecords(text(), "item")) found.push(record);
    return found;
  };
  const whole = await all([RSS]);
  expect(whole).toHaveLength(4);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(RSS.length), { maxLength: 40 }), async (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), RSS.length];
      expect(await all(at.slice(1).map((end, i) => RSS.slice(at[i], end)))).toEqual(whole);
    }),
    { seed: 7, numRuns: 60 },
  );
  expect(await all([`${RSS.slice(0, 700)}`])).toMatchObject([{ fault: "the file ends within a <item>" }]);
});
