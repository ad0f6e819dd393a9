import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Item, open } from "../../src/index.ts";
import { CHANGES, type Change, changePicture, openMall } from "../../src/mall/index.ts";

/** Items a seed; every third is listed three times more, its picture changed in three of the ten ways by turns. */
const ITEMS = Number(process.env.LOOKSEE_ITEMS ?? 1000);
const [EVERY, COPIES] = [3, 3];
/** None of them is among the seeds that the check was fitted on (901 to 905), nor among the model's. */
const SEEDS = (process.env.LOOKSEE_SEEDS ?? "71,72,73").split(",").map(Number);
const PRECISION = 0.995;
const RECALL = 0.95;

const dir = mkdtempSync(join(tmpdir(), "looksee-duplicates-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function* listings(seed: number): AsyncGenerator<Item> {
  const mall = openMall({ items: ITEMS, seed });
  for (let index = 0; index < ITEMS; index++) {
    const jpeg = await mall.picture(index);
    yield { itemId: `${index}`, title: mall.item(index).title, images: [jpeg] };
    for (const change of changesOf(index)) {
      const picture = await changePicture(jpeg, change, seed, index);
      yield { itemId: `${index} ${change}`, title: change, images: [picture] };
    }
  }
}

/** No two of one item by turns are the same, and each of the ten comes as often as any. */
function changesOf(index: number): Change[] {
  if (index % EVERY !== 0) return [];
  return Array.from({ length: COPIES }, (_, k) => CHANGES[(index / EVERY + k * 3) % CHANGES.length]!);
}

/** Pairs within the groups, right and wrong, and of the original with each change those that were found. */
function count(groups: readonly { items: readonly { itemId: string }[] }[]) {
  const found = { right: 0, wrong: 0, byChange: Object.fromEntries(CHANGES.map((change) => [change, 0])) };
  const mistaken: string[] = [];
  for (const { items } of groups) {
    const named = items.map(({ itemId }) => itemId.split(" ") as [string, string?]);
    for (const [at, [a, changeA]] of named.entries())
      for (const [b, changeB] of named.slice(at + 1)) {
        if (a !== b) {
          found.wrong++;
          mistaken.push(`${a}/${b}`);
          continue;
        }
        found.right++;
        const change = changeA === undefined ? changeB : changeB === undefined ? changeA : undefined;
        if (change !== undefined) found.byChange[change]!++;
      }
  }
  return { ...found, mistaken: [...new Set(mistaken)] };
}

let [allRight, allWrong, allTrue] = [0, 0, 0];

test.each(SEEDS)("mall %i: the same picture under four sellers is one, different products are not", async (seed) => {
  const shop = await open(join(dir, String(seed)));
  try {
    const started = performance.now();
    await shop.catalog("main").import(listings(seed), { name: "mall" });
    await shop.catalog("main").index();
    const seconds = (performance.now() - started) / 1000;
    const { right, wrong, byChange, mistaken } = count(shop.catalog("main").duplicates());
    const all = (Math.ceil(ITEMS / EVERY) * (COPIES + 1) * COPIES) / 2;
    const planted = Array.from({ length: ITEMS }, (_, index) => changesOf(index)).flat();
    const shares = Object.fromEntries(
      CHANGES.map((change) => {
        const known = planted.filter((other) => other === change).length;
        return [change, `${byChange[change]} of ${known}`];
      }),
    );
    const figures = { seed, items: ITEMS, pairs: all, precision: right / (right + wrong), recall: right / all };
    console.log(JSON.stringify({ ...figures, recallOfOriginal: shares, mistaken, seconds: Math.round(seconds) }));
    allRight += right;
    allWrong += wrong;
    allTrue += all;
    expect(figures.recall).toBeGreaterThanOrEqual(RECALL);
    expect(figures.precision).toBeGreaterThanOrEqual(PRECISION);

    // Same cut, another colour: never one.
    const mall = openMall({ items: ITEMS, seed });
    const recoloured = mistaken.filter((pair) =>
      pair.split("/").some((i) => mall.item(Number(i)).latents.departs === "color"),
    );
    expect(recoloured).toEqual([]);
  } finally {
    await shop.close();
  }
});

test("over all seeds", () => {
  console.log(JSON.stringify({ precision: allRight / (allRight + allWrong), recall: allRight / allTrue }));
  expect(allTrue).toBeGreaterThan(0);
  expect(allRight / (allRight + allWrong)).toBeGreaterThanOrEqual(PRECISION);
  expect(allRight / allTrue).toBeGreaterThanOrEqual(RECALL);
});
