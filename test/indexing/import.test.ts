import { cpSync, existsSync, rmSync, utimesSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CatalogStore } from "../../src/catalog/index.ts";
import { type ImportOptions, type Item, importSource } from "../../src/indexing/index.ts";
import { fakeModel, jpeg } from "./fake-model.ts";
import { canonical, pictures, scratch, store, write } from "./scene.ts";

const ODD = 'id,title,price,image\n1,One,"1.299,00 €",1.jpg\n2,Two & <b>bold</b>,5,"2.jpg,3.jpg"\n3,Three,,3.jpg\n';

async function shop(csv = ODD, name = "shop.csv") {
  const folder = scratch();
  await pictures(folder, 6);
  write(folder, { [name]: csv });
  const data = store();
  const model = fakeModel();
  const path = join(folder, name);
  const run = (options: ImportOptions = {}) => importSource(data, "main", model, path, options);
  return { folder, data, model, path, run, catalog: () => data.catalog("main") };
}
/** What is sold under an item's last picture. */
function sold(catalog: CatalogStore, itemId: string) {
  const image = catalog.imagesOfItem(itemId).at(-1)!;
  return catalog
    .itemsOfImages([image])
    .get(image)
    ?.find((picture) => picture.itemId === itemId);
}
const numbers = ({
  rows,
  imported,
  unchanged,
  deselected,
  items,
  variants,
  pictures,
}: Awaited<ReturnType<typeof importSource>>) => ({
  rows,
  imported,
  unchanged,
  deselected,
  items,
  variants,
  pictures,
});

test("rows become items, pictures are seen once, an unchanged import recomputes and writes nothing", async () => {
  const { run, model, catalog } = await shop();
  const mappings: unknown[] = [];
  const stages = new Set<string>();
  const first = await run({
    onMapping: (tables) => mappings.push(...tables.map(({ mapping }) => mapping)),
    onProgress: ({ stage }) => stages.add(stage),
  });
  expect(first).toMatchObject({
    rows: 3,
    imported: 3,
    unchanged: 0,
    deselected: 0,
    items: 3,
    variants: 0,
    pictures: 3,
  });
  expect([first.quarantined, first.jobId, model.seen]).toEqual([[], "job-1", 3]);
  expect(mappings).toMatchObject([{ id: "id", price: "price", images: ["image"] }]);
  expect([...stages]).toEqual(["reading", "importing", "comparing"]);
  expect(catalog().item("1")).toMatchObject({ title: "One", price: 1299, currency: "EUR" });
  expect(catalog().item("2").title).toBe("Two & bold");
  expect(catalog().imagesOfItem("2")).toEqual([2, 3]);
  const version = catalog().version();
  const second = await run();
  expect(first.duplicates).toEqual({ compared: 3, waiting: 0, groups: 0 });
  expect(second.duplicates).toEqual({ compared: 0, waiting: 0, groups: 0 });
  expect(numbers(second)).toEqual({ ...numbers(first), imported: 0, unchanged: 3 });
  expect([model.seen, catalog().version()]).toEqual([3, version]);
});

test("a changed row and a changed picture are imported, the rest is not", async () => {
  const { run, folder, model, catalog } = await shop();
  await run();
  write(folder, { "shop.csv": ODD.replace("Three", "Drei"), "1.jpg": await jpeg(77) });
  const version = catalog().version();
  expect(await run()).toMatchObject({ imported: 2, unchanged: 1, pictures: 3 });
  expect([model.seen, catalog().item("3").title, catalog().imagesOfItem("1")]).toEqual([4, "Drei", [4]]);
  expect([...catalog().changes("fake", version)].map(({ imageId, code }) => [imageId, code === null])).toEqual([
    [1, true],
    [4, false],
  ]);
  utimesSync(join(folder, "1.jpg"), 1, 1); // touched, the same bytes
  expect(await run()).toMatchObject({ imported: 0, unchanged: 3 });
  expect(model.seen).toBe(4);
});

test("byte order marks, separators, line ends and encodings give the same catalog", async () => {
  const plain = "id;title;price;image\n1;Größe;1,50;1.jpg\n2;Two;2,50;2.jpg\n";
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(plain, "utf16le")]);
  const forms: Record<string, string | Uint8Array> = {
    "plain.csv": plain,
    "bom.csv": `\ufeff${plain}`,
    "crlf.csv": plain.replaceAll("\n", "\r\n"),
    "excel.csv": `sep=;\r\n${plain.replaceAll("\n", "\r\n")}`,
    "utf16-bare.csv": Buffer.from(plain, "utf16le"),
    "cr.csv": plain.replaceAll("\n", "\r").trimEnd(),
    "tabs.tsv": plain.replaceAll(";", "\t"),
    "pipes.txt": plain.replaceAll(";", "|"),
    "latin.csv": Buffer.from(plain, "latin1"),
    "utf16.csv": utf16,
    "rows.jsonl":
      '{"id":1,"title":"Größe","price":1.5,"image":"1.jpg"}\n\n{"id":2,"title":"Two","price":2.5,"image":"2.jpg"}\n',
    "rows.json":
      '[{"id":1,"title":"Größe","price":"1,50","image":"1.jpg"},{"id":2,"title":"Two","price":2.5,"image":"2.jpg"}]',
  };
  const folder = scratch();
  await pictures(folder, 2);
  write(folder, forms);
  const data = store();
  const model = fakeModel();
  const catalogs: unknown[] = [];
  for (const name of Object.keys(forms)) {
    expect((await importSource(data, name, model, join(folder, name))).quarantined, name).toEqual([]);
    catalogs.push(canonical(data.catalog(name)).items);
  }
  for (const [i, catalog] of catalogs.entries()) expect(catalog, Object.keys(forms)[i]).toEqual(catalogs[0]);
  expect(data.catalog("latin.csv").item("1")).toMatchObject({ title: "Größe", price: 1.5 });
});

test("bad rows and pictures are set aside, each with its reason, and the rest goes on", async () => {
  const { run, folder, catalog } = await shop(
    [
      "id,title,price,url,image",
      "1,good,5,https://s/1,1.jpg",
      ",no id,5,,1.jpg",
      "3,bad price,five,,1.jpg",
      "4,no picture,5,,",
      "5,missing picture,5,,nowhere.jpg",
      "6,empty picture,5,,empty.jpg",
      "7,a text,5,,text.jpg",
      "8,cut short,5,,cut.jpg",
      "9,one good one bad,5,,1.jpg|nowhere.jpg",
      "1,the same id,5,,2.jpg",
      "11,too,many,fields,1.jpg,here",
      '12,"open quote,5,,1.jpg',
      "13,script,5,javascript:alert(1),1.jpg",
      "14,folder for a picture,5,,sub",
      "15,huge,5,,huge.png",
      "16,good too,5,,2.jpg",
    ].join("\n"),
  );
  const big = Buffer.from("89504e470d0a1a0a0000000d494844520000c3500000c3500806000000", "hex");
  write(folder, {
    "empty.jpg": "",
    "text.jpg": "no picture",
    "cut.jpg": (await jpeg(9, 300)).subarray(0, 700),
    "sub/x": "",
    "huge.png": big,
  });
  const report = await run();
  expect(report.quarantined.map(({ row, code, picture }) => [row, code, picture])).toEqual([
    [2, "ROW_NO_ID", undefined],
    [3, "ROW_BAD_VALUE", undefined],
    [4, "ROW_NO_PICTURE", undefined],
    [5, "PICTURE_MISSING", "nowhere.jpg"],
    [6, "PICTURE_EMPTY", "empty.jpg"],
    [7, "PICTURE_FORMAT", "text.jpg"],
    [8, "PICTURE_BROKEN", "cut.jpg"],
    [9, "PICTURE_MISSING", "nowhere.jpg"],
    [10, "ROW_DUPLICATE_ID", undefined],
    [11, "ROW_UNREADABLE", undefined],
    [12, "ROW_UNREADABLE", undefined],
    [13, "ROW_BAD_VALUE", undefined],
    [14, "PICTURE_MISSING", "sub"],
    [15, "PICTURE_TOO_LARGE", "huge.png"],
  ]);
  expect(report).toMatchObject({ rows: 16, imported: 9, items: 9, pictures: 2 });
  expect(report.rows).toBe(report.imported + report.quarantined.filter(({ picture }) => picture === undefined).length);
  for (const { file, reason } of report.quarantined)
    expect([file.endsWith("shop.csv"), reason.length > 10]).toEqual([true, true]);
  const kept = catalog().quarantine();
  expect(kept.map(({ row }) => row)).toEqual(report.quarantined.map(({ row }) => row));
  expect(kept[1]).toMatchObject({
    itemId: "3",
    code: "ROW_BAD_VALUE",
    jobId: "job-1",
    remedy: "Write it as 1299.00 or 1.299,00 €",
  });
  expect(kept[1]!.raw).toContain('"price":"five"');

  // Repaired, they come in and leave the quarantine; the rest is unchanged.
  const good = [
    "id,title,price,url,image",
    "1,good,5,https://s/1,1.jpg",
    "3,bad price,5,,1.jpg",
    "6,empty picture,5,,empty.jpg",
  ];
  write(folder, { "shop.csv": `${good.join("\n")}\n`, "empty.jpg": await jpeg(5) });
  const second = await run();
  expect(second).toMatchObject({ rows: 3, imported: 2, unchanged: 1, quarantined: [], items: 10, pictures: 3 });
  expect(catalog().quarantine()).toEqual([]);
});

test("a source that is no source says so, and makes no catalog", async () => {
  const { data, folder, model } = await shop();
  write(folder, {
    "empty.csv": "",
    "header.csv": "id,title,image\n",
    "zip.csv": "PK\u0003\u0004xxxx",
    "page.csv": "<html><body>",
    "x.parquet": "no",
  });
  write(folder, {
    "nothing/readme.txt": "x",
    "broken.json": "[{",
    "object.json": '{"a":1}',
    "columns.csv": "a,b\nx,x\nx,x\n",
  });
  const codeOf = (source: string, options: ImportOptions = {}) =>
    importSource(data, "new", model, source, options).then(
      () => "imported",
      ({ code, message }) => `${code} ${/\.$/.test(message)}`,
    );
  const at = (name: string) => join(folder, name);
  expect(await codeOf(at("absent.csv"))).toBe("SOURCE_MISSING true");
  expect(await codeOf(at("empty.csv"))).toBe("SOURCE_EMPTY true");
  expect(await codeOf("http://127.0.0.1:9/feed.csv")).toBe("URL_REFUSED true");
  expect(await codeOf("ftp://example.com/feed.csv")).toBe("URL_REFUSED true");
  expect(await codeOf(at("zip.csv"))).toBe("SOURCE_FORMAT true");
  expect(await codeOf(at("page.csv"))).toBe("SOURCE_FORMAT true");
  expect(await codeOf(at("x.parquet"))).toBe("SOURCE_FORMAT true");
  expect(await codeOf(at("nothing"))).toBe("SOURCE_EMPTY true");
  expect(await codeOf(at("broken.json"))).toBe("SOURCE_FORMAT true");
  expect(await codeOf(at("shop.csv"), { images: at("absent") })).toBe("SOURCE_MISSING true");
  expect(data.catalogs()).toEqual([]);
  expect(await codeOf(at("header.csv"))).toBe("SOURCE_EMPTY true");
  expect(await codeOf(at("columns.csv"))).toBe("MAPPING_COLUMN true");
  expect(await codeOf(at("shop.csv"), { map: { id: "idd" } })).toBe("MAPPING_COLUMN true");
  expect(await codeOf(at("shop.csv"))).toBe("imported");
});

test("a chosen mapping is remembered, also when other columns come and go", async () => {
  const { run, folder, catalog } = await shop("nr,a,b,image\n1,A1,B1,1.jpg\n2,A2,B2,2.jpg\n");
  await run({ map: { id: "nr", title: "b" } });
  expect(catalog().item("1").title).toBe("B1");
  write(folder, { "shop.csv": "nr,b,c,image\n1,B1,C1,1.jpg\n2,B2,C2,2.jpg\n" });
  await run();
  expect(sold(catalog(), "1")).toMatchObject({ title: "B1", attributes: { c: "C1" } });
  write(folder, { "shop.csv": "nr,c,image\n1,C1,1.jpg\n" });
  await expect(run()).rejects.toThrow(/MAPPING_COLUMN: .* has no column "b"/);
  expect(catalog().item("2").title).toBe("B2");
});

test("a group column makes variants; a parent row, wherever it stands, is the item", async () => {
  const { run, catalog } = await shop(
    [
      "sku,parent_sku,name,price,color,image",
      "T-red,T,Tee red,9,red,1.jpg",
      "single,,Single,5,blue,3.jpg",
      "T,,Tee,8,,2.jpg",
      "T-blue,T,Tee blue,10,blue,4.jpg",
      "O-1,orphan,Orphan one,7,green,5.jpg",
      "O-2,orphan,Orphan two,7,white,6.jpg",
    ].join("\n"),
  );
  expect(await run()).toMatchObject({ rows: 6, imported: 6, items: 3, variants: 4, pictures: 6, quarantined: [] });
  expect(catalog().item("T")).toMatchObject({ title: "Tee", price: 8 });
  expect(catalog().item("orphan")).toMatchObject({ title: "Orphan one", price: 7 });
  const hits = catalog().itemsOfImages(catalog().imagesOfItem("T"));
  expect([...hits.values()].flat().map((p) => [p.variantId, p.title, p.price, p.attributes.color])).toEqual(
    expect.arrayContaining([
      ["T-red", "Tee", 9, "red"],
      ["T-blue", "Tee", 10, "blue"],
    ]),
  );
  expect(catalog().item("single").itemId).toBe("single");
});

test("Shopify rows: options by name, the product's pictures and the variants' own, drafts left out", async () => {
  const { run, catalog } = await shop(
    [
      "Handle,Title,Body (HTML),Vendor,Type,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Price,Image Src,Image Position,Variant Image,Variant Grams,Status",
      "tee,Tee,<p>Soft</p>,Acme,Shirts,true,Color,Red,Size,M,T-R,19.90,1.jpg,1,2.jpg,200,active",
      "tee,,,,,,,Blue,,M,,21.90,2.jpg,2,3.jpg,210,",
      "tee,,,,,,,,,,,,4.jpg,3,,,",
      "mug,Mug,,Acme,Kitchen,true,Title,Default Title,,,M,5,5.jpg,1,,300,active",
      "old,Old,,Acme,Kitchen,true,Title,Default Title,,,O,5,6.jpg,1,,300,draft",
      "old,,,,,,,,,,,,5.jpg,2,,,",
    ].join("\n"),
  );
  expect(await run()).toMatchObject({ rows: 6, imported: 4, deselected: 2, items: 2, variants: 3, quarantined: [] });
  expect(catalog().item("tee")).toMatchObject({ title: "Tee", category: "Shirts" });
  const images = catalog().imagesOfItem("tee"); // 1, 2, 4 of the product, then 2 and 3 of the variants
  expect(images).toHaveLength(4);
  const owners = catalog().ownersOfImages(images);
  expect(owners.get(images[1]!)?.map(({ variantId }) => variantId)).toEqual(["T-R"]);
  const sold = [...catalog().itemsOfImages(images).values()].flat();
  expect(sold.find(({ variantId }) => variantId === "T-R")).toMatchObject({
    price: 19.9,
    attributes: { color: "Red", size: "M", vendor: "Acme" },
  });
  expect(sold.find(({ variantId }) => variantId === "tee#Blue/M")).toMatchObject({ price: 21.9, title: "Tee" });
  expect(await run()).toMatchObject({ unchanged: 4, deselected: 2 });
});

test("a table at an address: NDJSON over HTTP, its pictures beside it there, and no file of this machine", async () => {
  const [one, two] = [await jpeg(1), await jpeg(2)];
  const rows = [
    { id: "1", title: "One", image: "img/1.jpg" },
    { id: "2", title: "Two", image: "/shop/img/2.jpg" },
    { id: "3", title: "Passwords", image: "file:///etc/passwd" },
  ];
  const files: Record<string, string | Uint8Array> = {
    "/shop/feed.ndjson": rows.map((row) => JSON.stringify(row)).join("\n"),
    "/shop/img/1.jpg": one,
    "/shop/img/2.jpg": two,
  };
  const server = createServer(({ url }, response) => {
    const body = files[url!.replace(/\?.*/, "")];
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const address = `http://127.0.0.1:${port}/shop/feed.ndjson?key=secret`;
  const data = store();
  const run = () => importSource(data, "main", fakeModel(), address, { fetch: { allowAddress: "127.0.0.1" } });
  const report = await run();
  expect(report).toMatchObject({ rows: 3, imported: 3, pictures: 2 });
  expect(report.quarantined).toMatchObject([{ row: 3, picture: "file:///etc/passwd", code: "URL_REFUSED" }]);
  expect(await run()).toMatchObject({ unchanged: 3 });
  // What may be a key is in no list.
  expect(report.quarantined[0]!.file).toBe(`http://127.0.0.1:${port}/shop/feed.ndjson`);
  expect(JSON.stringify([data.catalog("main").jobs.list(), data.catalog("main").quarantine()])).not.toContain("secret");
  await expect(
    importSource(data, "main", fakeModel(), `http://127.0.0.1:${port}/none.csv`, {
      fetch: { allowAddress: "127.0.0.1" },
    }),
  ).rejects.toThrow(/URL_FAILED: .*the server answered 404/);
  server.close();
});

test("Magento rows: variants before and after their parent, translations and items switched off left out", async () => {
  const { run, catalog } = await shop(
    [
      "sku,store_view_code,product_type,categories,name,product_online,price,base_image,additional_images,additional_attributes,configurable_variations",
      'P-S,,simple,"Root/Men/Tees,Root",Tee S,1,5,1.jpg,,"size=S,color=Red",',
      'P,,configurable,"Root/Men/Tees,Root",Tee,1,5,2.jpg,"3.jpg,1.jpg","has_options=1,material=Wool|Silk","sku=P-S,size=S|sku=P-M,size=M"',
      "P-M,,simple,Root/Men/Tees,Tee M,1,6,4.jpg,,color=Blue,",
      "P,de,,,T-Stück,,,,,,",
      "off,,simple,Root/Men,Off,2,5,5.jpg,,,",
      'alone,,simple,Root/Women/Skirts,Alone,1,5,6.jpg,,"pattern=Dots, wide",',
    ].join("\n"),
  );
  expect(await run()).toMatchObject({
    rows: 6,
    imported: 4,
    deselected: 2,
    items: 2,
    variants: 2,
    pictures: 5,
    quarantined: [],
  });
  expect(catalog().item("P")).toMatchObject({ title: "Tee", category: "Tees" });
  expect(catalog().itemsOfImages([1]).get(1)).toMatchObject([
    { variantId: "P-S", attributes: { material: "Wool|Silk", size: "S", color: "Red" } },
  ]);
  expect(sold(catalog(), "alone")).toMatchObject({ category: "Skirts", attributes: { pattern: "Dots, wide" } });
  expect(await run()).toMatchObject({ unchanged: 4, deselected: 2 });
});

test("of a group, only the rows that changed count as imported", async () => {
  const csv = "sku,parent_sku,name,price,image\nT,,Tee,8,1.jpg\nT-1,T,One,9,2.jpg\nT-2,T,Two,9,3.jpg\n";
  const { run, folder, catalog } = await shop(csv);
  await run();
  write(folder, { "shop.csv": csv.replace("Two,9", "Two,11") });
  expect(await run()).toMatchObject({ rows: 3, imported: 1, unchanged: 2, variants: 2 });
  write(folder, { "shop.csv": "sku,parent_sku,name,price,image\nT,,Tee,8,1.jpg\nT-1,T,One,9,2.jpg\n" });
  expect(await run()).toMatchObject({ rows: 2, imported: 0, unchanged: 2, variants: 1, pictures: 2 });
  expect(catalog().counts()).toEqual({ items: 1, variants: 1, pictures: 2 });
});

test("a folder of pictures: the path is the item, the first folder its category", async () => {
  const folder = scratch();
  for (const [i, name] of ["shoes/red/a.jpg", "shoes/b.JPG", "top.jpeg", ".hidden/x.jpg", "shoes/.y.jpg"].entries())
    write(folder, { [name]: await jpeg(i) });
  write(folder, { "notes.txt": "x", "shoes/broken.png": "x" });
  const data = store();
  const report = await importSource(data, "main", fakeModel(), folder);
  expect(report).toMatchObject({ rows: 4, imported: 4, items: 4, pictures: 3 });
  expect(report.quarantined).toMatchObject([{ row: 2, picture: "shoes/broken.png", code: "PICTURE_FORMAT" }]);
  expect(data.catalog("main").item("shoes/red/a")).toMatchObject({ category: "shoes", title: "a" });
  expect(data.catalog("main").item("top").category).toBeNull();
  expect(data.catalog("main").imagesOfItem("shoes/b")).toHaveLength(1);
});

test("Parquet, lists and numbers too", async () => {
  const folder = scratch();
  await pictures(folder, 3);
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run(
    `COPY (SELECT * FROM (VALUES ('A', 'One', 12.5, ['1.jpg', '2.jpg'], 3), ('B', 'Two, "too"', NULL, ['3.jpg'], NULL))
     t(id, title, price, images, stock)) TO '${join(folder, "rows.parquet")}' (FORMAT parquet)`,
  );
  connection.closeSync();
  const data = store();
  const report = await importSource(data, "main", fakeModel(), join(folder, "rows.parquet"));
  expect(report).toMatchObject({ rows: 2, imported: 2, items: 2, pictures: 3, quarantined: [] });
  expect(data.catalog("main").item("A")).toMatchObject({ price: 12.5, title: "One" });
  expect(data.catalog("main").imagesOfItem("A")).toHaveLength(2);
  expect(data.catalog("main").item("B")).toMatchObject({ price: null, title: 'Two, "too"' });
});

test("a program's own items, with bytes for pictures, variants and typed attributes", async () => {
  const data = store();
  const [one, two] = [await jpeg(1), await jpeg(2)];
  async function* items(): AsyncGenerator<Item> {
    yield {
      itemId: "A",
      title: "<b>A</b>",
      price: 5,
      currency: "eur",
      images: [one],
      attributes: { waterproof: true, weight: 1.5 },
    };
    yield {
      itemId: "B",
      price: 0.125,
      images: [two],
      variants: [{ variantId: "B-1", price: "9,90 €" }, { variantId: "B-2" }],
    };
    yield { itemId: "", images: [one] };
    yield { title: "nameless" } as unknown as Item;
    yield { itemId: "C", images: [] };
    yield { itemId: "A", images: [one] };
    yield { itemId: "D", price: -1, images: [one] };
    yield { itemId: "E", images: [Buffer.from("no picture")] };
    yield { itemId: "F", images: [one], variants: [{ variantId: "x" }, { variantId: "x" }] };
    yield null as unknown as Item;
  }
  const report = await importSource(data, "main", fakeModel(), items());
  expect(report.quarantined.map(({ row, code }) => [row, code])).toEqual([
    [3, "ROW_NO_ID"],
    [4, "ROW_NO_ID"],
    [5, "ROW_NO_PICTURE"],
    [6, "ROW_DUPLICATE_ID"],
    [7, "ROW_BAD_VALUE"],
    [8, "PICTURE_FORMAT"],
    [9, "ROW_DUPLICATE_ID"],
    [10, "ROW_UNREADABLE"],
  ]);
  expect(report).toMatchObject({ rows: 10, imported: 3, items: 3, variants: 2, pictures: 2 });
  expect(sold(data.catalog("main"), "A")).toMatchObject({
    title: "A",
    price: 5,
    attributes: { waterproof: true, weight: 1.5 },
  });
  expect(data.catalog("main").item("B").price).toBe(0.125);
  expect(await importSource(data, "main", fakeModel(), items())).toMatchObject({ imported: 0, unchanged: 3 });
});

test("a JSONL file of items is read as items", async () => {
  const folder = scratch();
  await pictures(folder, 2);
  write(folder, {
    "items.jsonl":
      '{"itemId":"A","images":["1.jpg"],"variants":[{"variantId":"A-1","images":["2.jpg"]}],"attributes":{"n":1}}\n{oops\n',
  });
  const data = store();
  const report = await importSource(data, "main", fakeModel(), join(folder, "items.jsonl"));
  expect(report).toMatchObject({ rows: 2, imported: 1, items: 1, variants: 1, pictures: 2 });
  expect(report.quarantined).toMatchObject([{ row: 2, code: "ROW_UNREADABLE" }]);
  expect(sold(data.catalog("main"), "A")?.attributes).toEqual({ n: 1 });
});

test("JSONL records with fields of their own are a table, and those fields its attributes", async () => {
  const folder = scratch();
  await pictures(folder, 2);
  write(folder, {
    "rows.jsonl": '{"itemId":"A","images":["1.jpg","2.jpg"],"brand":"Acme","attributes":{"Size (EU)":42}}\n',
  });
  const data = store();
  const report = await importSource(data, "main", fakeModel(), join(folder, "rows.jsonl"));
  expect(report).toMatchObject({ rows: 1, imported: 1, items: 1, pictures: 2 });
  expect(sold(data.catalog("main"), "A")?.attributes).toEqual({ brand: "Acme", size_eu: "42" });
  await expect(importSource(data, "main", fakeModel(), folder, { map: { id: "x" } })).rejects.toThrow(
    /MAPPING_COLUMN: .* has no columns to map/,
  );
});

test("--full removes what the same source no longer lists, never more than a fifth without yes", async () => {
  const rows = (ids: number[]) => `id,title,image\n${ids.map((id) => `${id},T${id},${1 + (id % 6)}.jpg`).join("\n")}\n`;
  const all = Array.from({ length: 10 }, (_, i) => i + 1);
  const { run, folder, data, model, catalog } = await shop(rows(all));
  write(folder, { "other.csv": rows([100, 3]) });
  await run();
  await importSource(data, "main", model, join(folder, "other.csv")); // 3 is the other source's from now on
  const ids = () =>
    catalog()
      .shelf(0, 100)
      .items.map(({ itemId }) => Number(itemId))
      .sort((a, b) => a - b);

  write(folder, { "shop.csv": rows(all.filter((id) => id !== 3 && id !== 7)) });
  await run();
  expect(ids()).toEqual([...all, 100]); // nothing goes without --full
  expect(await run({ full: true })).toMatchObject({
    removed: { items: 1, itemIds: ["7"], picturesWaiting: 0, graceDays: 7, picturesDeleted: 0 },
  });
  expect(ids()).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10, 100]);

  write(folder, { "shop.csv": `${rows([1, 2, 4, 5, 6])}8,broken,"x` }); // 8 is broken, not gone
  await expect(run({ full: true })).rejects.toThrow(/REMOVAL_TOO_LARGE: 2 of the 8 items/);
  expect(ids()).toHaveLength(10);
  write(folder, { "shop.csv": `${rows([1, 2, 4, 5, 6])}8,no picture,\n` });
  await run({ full: true, yes: true });
  expect(ids()).toEqual([1, 2, 3, 4, 5, 6, 8, 100]);
});

test("what a removed item leaves behind waits a week for it to come back, and is deleted then", async () => {
  const rows = (...ids: number[]) => `id,title,image\n${ids.map((id) => `${id},T${id},${id}.jpg`).join("\n")}\n`;
  const { run, folder, model, catalog } = await shop(rows(1, 2, 3, 4, 5, 6));
  await run();
  const [image, { path }] = [catalog().imagesOfItem("6")[0]!, catalog().picture(6)];
  write(folder, { "shop.csv": rows(1, 2, 3, 4, 5) });
  expect((await run({ full: true })).removed).toMatchObject({ items: 1, picturesWaiting: 1, picturesDeleted: 0 });
  expect([catalog().counts().pictures, existsSync(path)]).toEqual([5, true]); // gone from the next search on
  write(folder, { "shop.csv": rows(1, 2, 3, 4, 5, 6) });
  expect(await run({ full: true })).toMatchObject({ imported: 1, removed: { items: 0, picturesWaiting: 0 } });
  expect([model.seen, catalog().imagesOfItem("6")]).toEqual([6, [image]]); // nothing was computed again

  write(folder, { "shop.csv": rows(1, 2, 3, 4, 5) });
  await run({ full: true });
  expect(catalog().sweepGone(Date.now() + 1)).toMatchObject({ waiting: 0, deleted: 1 }); // as if a week later
  expect([existsSync(path), catalog().known.origin(join(folder, "6.jpg"))]).toEqual([false, undefined]);
  write(folder, { "shop.csv": rows(1, 2, 3, 4, 5, 6) });
  expect(await run()).toMatchObject({ imported: 1, items: 6, pictures: 6, quarantined: [] });
  expect([model.seen, existsSync(path), [...catalog().changes("fake", 0)].length]).toEqual([7, true, 6]);
});

test("a lost picture file comes back with the next import", async () => {
  const { run, catalog, model } = await shop();
  await run();
  const { path } = catalog().picture(1);
  rmSync(path);
  expect(() => catalog().picture(1).bytes()).toThrow("IMAGE_UNKNOWN");
  expect(await run()).toMatchObject({ unchanged: 3 });
  expect(catalog().picture(1).bytes(true).length).toBeGreaterThan(0);
  expect(model.seen).toBe(4);
});

test("a model that fails ends the import with its own error, and blames no picture", async () => {
  const { data, path, catalog } = await shop();
  const failing = { id: "fake", see: () => Promise.reject(new Error("the worker died")) };
  await expect(importSource(data, "main", failing, path)).rejects.toThrow("the worker died");
  expect([catalog().counts().items, catalog().quarantine(), catalog().jobs.list()[0]?.state]).toEqual([
    0,
    [],
    "failed",
  ]);
});

test("two imports of one catalog take turns, visibly", async () => {
  const { folder, path, catalog, data } = await shop();
  cpSync(path, join(folder, "two.csv"));
  const stages: string[] = [];
  let slow: ReturnType<typeof importSource> | undefined;
  await new Promise<void>((begun) => {
    // Its first word of progress comes from under the lock; until then the other import might win the race for it.
    slow = importSource(data, "main", fakeModel("fake", 30), path, { onProgress: () => begun() });
  });
  const second = importSource(data, "main", fakeModel(), join(folder, "two.csv"), {
    onProgress: ({ stage }) => stages.push(stage),
  });
  expect(await slow).toMatchObject({ imported: 3 });
  expect(await second).toMatchObject({ imported: 0, unchanged: 3 });
  expect(stages[0]).toBe("waiting");
  expect(catalog().counts().items).toBe(3);
});
