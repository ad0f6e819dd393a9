import { expect, test } from "vitest";
import { guessMapping } from "../../src/indexing/index.ts";
import { choose, nearest, refuseUseless } from "../../src/indexing/mapping.ts";

const rows = (header: string, ...lines: string[]) => {
  const columns = header.split(",");
  const samples = lines.map((line) => {
    const cells = line.split(",").map((value, i): [string, string] => [columns[i]!, value]);
    return Object.fromEntries(cells.filter(([, value]) => value !== ""));
  });
  return guessMapping(columns, samples);
};

test("a plain table", () => {
  const mapping = rows(
    "id,title,category,department,image,description",
    "A,Apple,Fruit,Fresh,a.jpg,Sweet and good",
    "B,Bread,Bakery,Fresh,b.jpg,Brown",
  );
  expect(mapping).toMatchObject({ id: "id", title: "title", category: "category", images: ["image"], shape: "rows" });
  expect(mapping.attributes).toEqual(["department"]);
});

test("a Shopify export", () => {
  const mapping = rows(
    "Handle,Title,Body (HTML),Vendor,Type,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,Image Src,Image Position,Image Alt Text",
    "tee,Tee,<p>x</p>,Acme,Shirts,Red,T-R,5,19.90,https://x/1.jpg,1,A red tee",
    "tee,,,,,Blue,T-B,3,19.90,https://x/2.jpg,2,A blue tee",
  );
  expect(mapping).toMatchObject({
    id: "Variant SKU",
    group: "Handle",
    title: "Title",
    price: "Variant Price",
    category: "Type",
  });
  expect(mapping).toMatchObject({ description: "Body (HTML)", stock: "Variant Inventory Qty", images: ["Image Src"] });
  expect(mapping.attributes).toEqual(expect.arrayContaining(["Vendor", "Option1 Value"]));
});

test("a handle that every row has to itself is the item's id", () => {
  expect(rows("handle,name,img", "a,A,a.jpg", "b,B,b.jpg")).toMatchObject({
    id: "handle",
    group: null,
    images: ["img"],
  });
});

test("a Google Merchant feed", () => {
  const mapping = rows(
    "id,item_group_id,title,description,link,image_link,additional_image_link,availability,price,brand,color,size,google_product_category",
    "1,g,Tee,Long,https://s/p/1,https://s/1.jpg,https://s/2.jpg,in stock,19.90 EUR,Acme,red,M,Apparel > Shirts",
  );
  expect(mapping).toMatchObject({
    id: "id",
    group: "item_group_id",
    url: "link",
    price: "price",
    stock: "availability",
  });
  expect(mapping.images).toEqual(["image_link", "additional_image_link"]);
  expect(mapping.category).toBe("google_product_category");
  expect(mapping.attributes).toEqual(["brand", "color", "size"]);
});

test("a Magento export", () => {
  expect(
    rows(
      "sku,product_type,categories,name,price,qty,base_image,small_image,base_image_label,additional_attributes,additional_images,configurable_variations",
    ),
  ).toMatchObject({
    shape: "magento",
    id: "sku",
    title: "name",
    category: "categories",
    images: ["base_image", "additional_images"],
    attributes: ["additional_attributes"],
  });
});

test("a WooCommerce export", () => {
  const mapping = rows(
    "ID,Type,SKU,Name,Published,In stock?,Stock,Regular price,Categories,Images,Parent",
    "1,variable,A,Tee,1,1,5,19,Shirts,https://x/1.jpg,",
    "2,variation,A-1,Tee red,1,1,5,19,Shirts,https://x/2.jpg,1",
  );
  expect(mapping).toMatchObject({
    id: "ID",
    title: "Name",
    group: "Parent",
    category: "Categories",
    images: ["Images"],
  });
  expect(mapping).toMatchObject({ price: "Regular price", stock: "Stock" });
});

test("columns nobody named well: pictures by their values, the id by being different everywhere", () => {
  expect(rows("nr,what,where", "x1,Shoe,shoes/1.jpg", "x2,Shoe,shoes/2.jpg")).toMatchObject({
    id: "nr",
    images: ["where"],
  });
  const useless = rows("what,where", "Shoe,here", "Shoe,there");
  expect(() => refuseUseless(useless, ["what", "where"], "t.csv")).toThrow(
    /MAPPING_COLUMN: no column of t\.csv seems to hold pictures .*--map images=COLUMN/,
  );
});

test("a choice is laid over the guess; a wrong column is named with those near it", () => {
  const columns = ["SKU", "Name", "Foto", "Foto2", "Preis"];
  const guess = guessMapping(columns, []);
  expect(choose(guess, { id: "sku", image: "Foto,Foto2", price: "", level: "2" }, columns, "t.csv")).toMatchObject({
    id: "SKU",
    images: ["Foto", "Foto2"],
    price: null,
    level: 2,
  });
  expect(() => choose(guess, { id: "SKUU" }, columns, "t.csv")).toThrow(
    /MAPPING_COLUMN: t\.csv has no column "SKUU"\. Near it are: SKU/,
  );
  expect(() => choose(guess, { colour: "Name" }, columns, "t.csv")).toThrow(
    /"colour" is no field of an item\. Fields: id,/,
  );
  expect(() => choose(guess, { level: "x" }, columns, "t.csv")).toThrow("MAPPING_COLUMN");
  const colored = guessMapping(["id", "image", "color"], [{ id: "1", image: "a.jpg", color: "red" }]);
  expect(choose(colored, { title: "color" }, ["id", "image", "color"], "t.csv")).toMatchObject({
    title: "color",
    attributes: [],
  });
  expect(nearest("base image", ["name", "base_image", "image"])[0]).toBe("base_image");
});
