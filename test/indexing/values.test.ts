import fc from "fast-check";
import { expect, test } from "vitest";
import { attributeList, attributeName } from "../../src/indexing/attribute-list.ts";
import { categoryOf } from "../../src/indexing/category-path.ts";
import { cleanLine, cleanText } from "../../src/indexing/clean-text.ts";
import { looksLikePictures, splitPictures } from "../../src/indexing/picture-list.ts";
import { parsePrice } from "../../src/indexing/price.ts";
import { readUrl } from "../../src/indexing/read-row.ts";
import { parseStock } from "../../src/indexing/stock.ts";

test.each([
  ["12", 12, null],
  ["12.5", 12.5, null],
  ["52.0000", 52, null],
  ["0.125", 0.125, null],
  ["1.299,00 €", 1299, "EUR"],
  ["€ 1.299,00", 1299, "EUR"],
  ["$1,299.00", 1299, "USD"],
  ["US$ 5", 5, "USD"],
  ["EUR 12", 12, "EUR"],
  ["12 usd", 12, "USD"],
  ["1 299,50", 1299.5, null],
  ["1\u00a0299,50\u00a0zł", 1299.5, "PLN"],
  ["1'299.00 CHF", 1299, "CHF"],
  ["1.299", 1299, null],
  ["1,299", 1299, null],
  ["12,99", 12.99, null],
  ["1.234.567", 1234567, null],
  ["1.234.567,8", 1234567.8, null],
  ["1234,567", 1234.567, null],
  ["12,- €", 12, "EUR"],
  ["12.– CHF", 12, "CHF"],
  ["299 kr", 299, null],
  ["299 kr.", 299, null],
  ["12 €.", 12, "EUR"],
])("the price %j is %d %s", (text, amount, currency) => {
  expect(parsePrice(text)).toEqual({ amount, currency });
});

test.each([
  "",
  "abc",
  "free",
  "-5",
  "10 - 20",
  "10-20",
  "1.2.3",
  "1,29,99",
  "12 per piece",
  "1..2",
  "€",
  "12 € $",
  "1e5",
  "NaN",
])("%j is no price", (text) => expect(parsePrice(text)).toBeUndefined());

test("a price printed the way a country prints it is read back", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 99_999_999 }),
      fc.constantFrom("en-US", "de-DE", "fr-FR", "de-CH", "pl-PL", "sv-SE", "pt-BR"),
      fc.constantFrom("EUR", "USD", "CHF", "PLN"),
      fc.constantFrom("symbol", "code"),
      (cents, locale, currency, currencyDisplay) => {
        const text = (cents / 100).toLocaleString(locale, {
          style: "currency",
          currency,
          currencyDisplay,
        } as Intl.NumberFormatOptions);
        expect(parsePrice(text)?.amount, text).toBeCloseTo(cents / 100, 6);
      },
    ),
    { numRuns: 500, seed: 1299 },
  );
});

test("reading a price never throws and never gives a negative or broken number", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."0123456789.,'- €$EUR") }), (text) => {
      const price = parsePrice(text);
      if (price) expect(Number.isFinite(price.amount) && price.amount >= 0, `${text} -> ${price.amount}`).toBe(true);
    }),
    { numRuns: 2000, seed: 7 },
  );
});

test("stock in numbers and in the words of feeds", () => {
  expect(["5", "1.0", "0", "-2", "in stock", "In_Stock", "out of stock", "sold out", "many"].map(parseStock)).toEqual([
    5,
    1,
    0,
    -2,
    null,
    null,
    0,
    0,
    undefined,
  ]);
});

test("HTML becomes text: tags out, blocks to lines, entities decoded", () => {
  expect(cleanText("<p>Two&nbsp;words</p>\n<ul><li>&bull; A &amp; B</li><li>5 &lt; 6</li></ul>")).toBe(
    "Two words\n• A & B\n5 < 6",
  );
  expect(cleanText("T&eacute;a &#8211; &#x1F600; &euro;5 &unknown; &#0;")).toBe("Téa – 😀 €5 &unknown;");
  expect(cleanText("a<script>alert('x')</script><style>p{}</style><!-- no --> b")).toBe("a b");
  expect(cleanText("size 5 < 6 and 7 > 3")).toBe("size 5 < 6 and 7 > 3");
  expect(cleanLine(" <b>Bold</b><br>title\u0007 ")).toBe("Bold title");
});

test("several pictures in one cell", () => {
  expect(splitPictures("a.jpg,b.jpg")).toEqual(["a.jpg", "b.jpg"]);
  expect(splitPictures("a.jpg | b.PNG;c.webp\nd.gif")).toEqual(["a.jpg", "b.PNG", "c.webp", "d.gif"]);
  expect(splitPictures("my photo 1.jpg, my photo 2.jpg")).toEqual(["my photo 1.jpg", "my photo 2.jpg"]);
  expect(splitPictures("https://x/w_100,h_200/a.jpg,https://x/b?c=d,e")).toEqual([
    "https://x/w_100,h_200/a.jpg",
    "https://x/b?c=d,e",
  ]);
  expect(splitPictures("http://x/1 http://x/2")).toEqual(["http://x/1", "http://x/2"]);
  expect(splitPictures("a.jpg,a.jpg,")).toEqual(["a.jpg"]);
  expect(splitPictures("one,two")).toEqual(["one", "two"]);
  expect(splitPictures('["a.jpg","b c.jpg"]')).toEqual(["a.jpg", "b c.jpg"]);
  expect(splitPictures(["a,b.jpg", " "])).toEqual(["a,b.jpg"]);
  expect(splitPictures("")).toEqual([]);
  expect([looksLikePictures("x/y.jpg?v=1"), looksLikePictures("blue")]).toEqual([true, false]);
});

test("categories from paths and lists", () => {
  expect(categoryOf("Apple", null, false)).toBe("Apple");
  expect(categoryOf("Men/Tops/Tees", null, false)).toBe("Tees");
  expect(categoryOf("Men &gt; Tops &amp; Co > Tees", 2, false)).toBe("Tops & Co");
  expect(categoryOf("Men/Tops", 5, false)).toBe("Tops");
  expect(categoryOf("Gear\nBags", null, false)).toBe("Bags");
  expect(categoryOf("A/B,C/D", null, true)).toBe("B");
  expect(categoryOf("Shirts, Blouses|Other", null, false)).toBe("Shirts, Blouses");
  expect([categoryOf("", null, false), categoryOf(" | ", null, true)]).toEqual([null, null]);
});

test("Magento's attribute lists, values with commas too", () => {
  expect(attributeList("sku=A-1,size=S,color=Black")).toEqual({ sku: "A-1", size: "S", color: "Black" });
  expect(attributeList("material=Wool, Silk,climate=A|B,empty=,x")).toEqual({
    material: "Wool, Silk",
    climate: "A|B",
    empty: ",x",
  });
  expect([attributeName("Variant Price (€)"), attributeName("Größe"), attributeName("--")]).toEqual([
    "variant_price",
    "größe",
    "",
  ]);
});

test("an address that could run in a shopper's page is refused", () => {
  expect([readUrl("https://x/y?z=1"), readUrl("/p/1"), readUrl("p.html"), readUrl("")]).toEqual([
    "https://x/y?z=1",
    "/p/1",
    "p.html",
    null,
  ]);
  for (const bad of [
    "javascript:alert(1)",
    " JaVaScRiPt:x",
    "data:text/html,x",
    "java\u0009script:x",
    "http://",
    "vbscript:x",
  ])
    expect(() => readUrl(bad), bad).toThrow("ROW_BAD_VALUE");
});
