import fc from "fast-check";
import { expect, test } from "vitest";
import { type CsvRecord, csvRecords, separatorOf } from "../../src/indexing/csv.ts";

async function* chunksOf(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}
async function parse(text: string, separator = ",", size = 7): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  for await (const record of csvRecords(chunksOf(text, size), separator)) records.push(record);
  return records;
}
const fields = (records: CsvRecord[]) => records.map((record) => ("fields" in record ? record.fields : record.fault));

test("what was written by RFC 4180 is read back, in any chunks, with any separator and line end", async () => {
  const field = fc.string({ unit: fc.constantFrom("a", "é", '"', ",", ";", "\t", "\n", "\r", " ", "|", "x y") });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 6 }),
      fc.constantFrom(",", ";", "\t", "|"),
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.integer({ min: 1, max: 20 }),
      async (rows, separator, end, size) => {
        const quoted = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(separator));
        expect(fields(await parse(quoted.join(end) + end, separator, size))).toEqual(rows);
      },
    ),
    { numRuns: 300, seed: 4180 },
  );
});

test("unquoted fields, empty fields, blank lines, no end at the end", async () => {
  expect(fields(await parse('a,b\r\n\r\n1,\n,\n  \n"x",5" pipe'))).toEqual([
    ["a", "b"],
    ["1", ""],
    ["", ""],
    ["x", '5" pipe'],
  ]);
  expect(fields(await parse('"a" ,"b"\n'))).toEqual([["a", "b"]]);
  expect(await parse("")).toEqual([]);
});

test.each([1, 2, 3, 5, 1000])("a bad quote costs its own line only (chunks of %i)", async (size) => {
  const closedLater = 'id,t\n1,"open\n2,two\n3,"three"\n4,four\n';
  expect(fields(await parse(closedLater, ",", size))).toEqual([
    ["id", "t"],
    "text follows a closing quote",
    ["2", "two"],
    ["3", "three"],
    ["4", "four"],
  ]);
  const neverClosed = 'id,t\n1,"open\n2,two\n3,three';
  expect(fields(await parse(neverClosed, ",", size))).toEqual([
    ["id", "t"],
    "a quote is opened and never closed",
    ["2", "two"],
    ["3", "three"],
  ]);
});

test("a quote that is never closed does not hold a large file in memory", async () => {
  const row = "12345,some words that make up a row of a catalog\n";
  const records = await parse(`id,t\n1,"open\n${row.repeat(60_000)}`, ",", 65_536);
  expect(records).toHaveLength(60_002);
  expect(records[1]).toEqual({ fault: "a quote is opened and never closed", raw: '1,"open' });
});

test("the separator is what the header has most of, outside quotes", () => {
  expect(separatorOf("a;b;c,d\n1,2,3,4,5")).toBe(";");
  expect(separatorOf('"a,b,c";d\n')).toBe(";");
  expect(separatorOf("a\tb\tc")).toBe("\t");
  expect(separatorOf("a|b")).toBe("|");
  expect(separatorOf("alone\n1,2")).toBe(",");
});
