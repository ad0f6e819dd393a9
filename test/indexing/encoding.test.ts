import { join } from "node:path";
import { expect, test } from "vitest";
import { decodeFile, detectEncoding } from "../../src/indexing/decode-file.ts";
import { scratch, write } from "./scene.ts";

/** Bytes of a text in any encoding that TextDecoder reads, found by decoding one and two bytes at a time. */
function encode(label: string, text: string): Buffer {
  const bytes = new Map<string, number[]>();
  const learn = (...from: number[]) => {
    const character = new TextDecoder(label).decode(Uint8Array.from(from));
    if ([...character].length === 1 && character !== "\ufffd" && !bytes.has(character)) bytes.set(character, from);
  };
  for (let a = 0; a < 256; a++) learn(a);
  if (!label.startsWith("windows")) for (let a = 0x81; a < 255; a++) for (let b = 0x40; b < 255; b++) learn(a, b);
  return Buffer.from([...text].flatMap((character) => bytes.get(character)!));
}

test.each([
  ["windows-1252", "id,title\n1,Größe für Mädchen\n2,Écharpe à carreaux – très élégante\n3,5 m² à 20 €\n"],
  ["windows-1252", "id,title\n1,“Smörgås” Ängelholm\n2,Blåbærsyltetøy\n"],
  ["windows-1250", "id,title\n1,Sukienka żółta w kwiaty, długi rękaw\n2,Spódnica wełniana\n"],
  ["windows-1251", "id,title\n1,Платье летнее красное\n2,Кроссовки мужские\n"],
  ["shift_jis", "id,title\n1,赤いドレス\n2,スニーカー メンズ サイズ\n"],
  ["gb18030", "id,title\n1,红色连衣裙，夏季新款\n2,男士运动鞋\n"],
  ["euc-kr", "id,title\n1,빨간 드레스 여름 신상품\n2,남성 운동화\n"],
])("a table in %s is read as it was written", async (label, text) => {
  const folder = scratch();
  write(folder, { "table.csv": encode(label, text) });
  const path = join(folder, "table.csv");
  expect(await detectEncoding(path)).toBe(label);
  let read = "";
  for await (const chunk of decodeFile(path, label)) read += chunk;
  expect(read).toBe(text);
});
