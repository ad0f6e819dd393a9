import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Box } from "../../src/vision/index.ts";
import { ModelDraft, openModel } from "../../src/vision/index.ts";
import { Inference } from "../../src/vision/inference.ts";
import { apart } from "../../src/vision/objects.ts";
import { patches, scratch } from "./patches.ts";
import { type Tiny, tinyModel } from "./tiny-onnx.ts";

let at: ReturnType<typeof scratch>;
beforeEach(() => {
  at = scratch();
});
afterEach(() => {
  vi.restoreAllMocks();
  at.remove();
});

let made = 0;

type Objects = NonNullable<Tiny["objects"]>;

/** Made a model as `models add` does it. */
async function added(objects: Objects, card: object = {}, tiny: Tiny = {}): Promise<string> {
  const folder = tinyModel(
    join(at.dir, `m${made++}`),
    { categories: 3, ...tiny, objects },
    { codeThresholds: null, ...card },
  );
  const draft = await ModelDraft.open(folder, "unnamed", 1);
  try {
    await draft.finish([]);
    return folder;
  } finally {
    await draft.close();
  }
}

async function seen(objects: Objects, width: number, height: number, card: object = {}, tiny: Tiny = {}, box?: Box) {
  const model = await openModel(await added(objects, card, tiny));
  const run = vi.spyOn(Inference.prototype, "run");
  try {
    const picture = await sharp(await patches(1))
      .resize(width, height, { fit: "fill" })
      .png()
      .toBuffer();
    return { ...(await model.see(picture, box)), looks: run.mock.calls.length };
  } finally {
    await model.close();
  }
}

const WHICH = [0, 4, 0];
const rounded = (box: Box) => box.map((v) => Math.round(v * 1e4) / 1e4);

describe("further objects", () => {
  test("come with the one look at the whole picture, best first, in fractions of the picture", async () => {
    const objects = [
      { box: [0.1, 0.4, 0.3, 0.5], score: 0.5, category: [0, 0, 0] },
      { box: [0.9, 0.6, 0.6, 0.5], score: 0.9, category: WHICH }, // its corners in another order
    ];
    const sight = await seen(objects, 200, 100); // wide: a quarter of the square above and below is padding
    expect(sight.looks).toBe(1);
    expect(sight.objects.map(({ box }) => rounded(box))).toEqual([
      [0.6, 0.5, 0.9, 0.7],
      [0.1, 0.3, 0.3, 0.5],
    ]);
    expect(sight.objects.map(({ score }) => score)).toEqual([Math.fround(0.9), 0.5]);
    const e = Math.exp(4);
    expect([...sight.objects[0]!.category]).toEqual(
      [1 / (e + 2), e / (e + 2), 1 / (e + 2)].map((p) => expect.closeTo(p, 5)),
    );
    expect([...sight.objects[1]!.category]).toEqual(Array(3).fill(expect.closeTo(1 / 3, 5)));
  });

  test("lose what lies in the padding, and are none where nothing else is left of them", async () => {
    const objects = [
      { box: [0.1, 0, 0.3, 0.5], score: 0.9, category: WHICH }, // half above the picture
      { box: [0.5, 0, 0.9, 0.24], score: 0.8, category: WHICH }, // all of it
      { box: [0.5, 0, 0.9, 0.255], score: 0.8, category: WHICH }, // a hundredth of the picture
      { box: [Number.NaN, 0.4, 0.9, 0.6], score: 0.8, category: WHICH },
    ];
    const sight = await seen(objects.slice(0, 3), 200, 100);
    expect(sight.objects.map(({ box }) => rounded(box))).toEqual([[0.1, 0, 0.3, 0.5]]);
    await expect(added(objects)).rejects.toThrow(/objects that are no numbers/);
  });

  test("are likely enough by the card, or by 0.3; and at most eight", async () => {
    const row = (count: number) =>
      Array.from({ length: count }, (_, i) => ({
        box: [i / count, 0.4, (i + 0.9) / count, 0.6],
        score: 1 - i / 20,
        category: WHICH,
      }));
    const few = row(3).map((one, i) => ({ ...one, score: [0.31, 0.29, 0.05][i]! }));
    expect((await seen(few, 100, 100)).objects).toHaveLength(1);
    const views = { sum: [{ of: "whole", size: 1, weight: 1 }], minBoxScore: 0, minObjectScore: 0.1 };
    expect((await seen(few, 100, 100, { views })).objects).toHaveLength(2);
    expect((await seen(row(11), 100, 100)).objects.map(({ score }) => Math.round(score * 20))).toEqual([
      20, 19, 18, 17, 16, 15, 14, 13,
    ]);
  });

  test("do not repeat the main object: the whole picture where no box is found, or the network's box", async () => {
    const objects = [{ box: [0.05, 0, 1, 1], score: 0.9, category: WHICH }];
    const whole = await seen(objects, 100, 100);
    expect([whole.box, whole.objects]).toEqual([[0, 0, 1, 1], []]);
    const boxed = await seen(objects, 100, 100, {}, { box: true });
    const repeats = { ...objects[0]!, box: [...boxed.box] };
    expect((await seen([repeats], 100, 100, {}, { box: true })).objects).toEqual([]);
  });

  test("are not looked for where a box is given", async () => {
    const objects = [{ box: [0.1, 0.4, 0.3, 0.5], score: 0.9, category: WHICH }];
    expect((await seen(objects, 100, 100, {}, {}, [0.5, 0.5, 1, 1])).objects).toEqual([]);
  });

  test("are none where the network has no such outputs", async () => {
    const folder = tinyModel(join(at.dir, "none"), {}, { codeThresholds: null });
    const draft = await ModelDraft.open(folder, "unnamed", 1);
    await draft.finish([]);
    await draft.close();
    const model = await openModel(folder);
    expect((await model.see(await patches(1))).objects).toEqual([]);
    await model.close();
  });
});

describe("a card with objects is refused", () => {
  const objects = [{ box: [0.1, 0.4, 0.3, 0.5], score: 0.9, category: WHICH }];
  const named = { boxes: "boxes", scores: "boxScores", categories: "boxCategories" };
  const feature = { name: "feature" };
  const category = { name: "category", kind: "logits" };
  test.each<[string, object, RegExp]>([
    [
      "that names two outputs of three",
      { outputs: { feature, category, objects: { boxes: "boxes" } } },
      /objects must name/,
    ],
    ["without categories of its own", { outputs: { feature, objects: named } }, /outputs.category says nothing/],
    [
      "of an output that is not there",
      { outputs: { feature, category, objects: { ...named, scores: "no" } } },
      /has no no/,
    ],
    [
      "that takes one output for another",
      { outputs: { feature, category, objects: { ...named, boxes: "boxCategories" } } },
      /boxCategories as n x 1 x 3; 4 numbers for each of a picture's objects/,
    ],
    [
      "that takes a table for a row",
      { outputs: { feature, category, objects: { ...named, scores: "boxCategories" } } },
      /boxCategories as .* one row of numbers a picture is wanted/,
    ],
    [
      "with an odd least score",
      { views: { sum: [{ of: "whole", size: 1, weight: 1 }], minBoxScore: 0, minObjectScore: 2 } },
      /minObjectScore must be 0 to 1/,
    ],
  ])("%s", async (_, card, why) => {
    await expect(added(objects, card)).rejects.toThrow(why);
  });
});

/** Boxes on a grid of 8 x 8 cells, so that areas can be counted. */
const grid = fc
  .tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 8 })))
  .map(([a, b, c, d]) => [Math.min(a!, b!), Math.min(c!, d!), Math.max(a!, b!), Math.max(c!, d!)] as const)
  .filter(([x1, y1, x2, y2]) => x1 < x2 && y1 < y2);
type Cells = readonly [number, number, number, number];

function cellsOf([x1, y1, x2, y2]: Cells): Set<number> {
  const cells = new Set<number>();
  for (let x = x1; x < x2; x++) for (let y = y1; y < y2; y++) cells.add(8 * y + x);
  return cells;
}

/** More than half of the cells that either covers are covered by both. */
function same(a: Cells, b: Cells): boolean {
  const [one, other] = [cellsOf(a), cellsOf(b)];
  return 2 * [...one].filter((cell) => other.has(cell)).length > new Set([...one, ...other]).size;
}

test("of several boxes of one thing the best stays: as counting cells says, box by box", () => {
  fc.assert(
    fc.property(fc.array(grid, { maxLength: 10 }), grid, (boxes, main) => {
      const stays = (i: number): boolean =>
        !same(main, boxes[i]!) && boxes.every((box, j) => j >= i || !same(box, boxes[i]!) || !stays(j));
      const fractions = (cells: Cells) => cells.map((v) => v / 8) as unknown as Box;
      const given = boxes.map((cells, id) => ({ id, box: fractions(cells) }));
      const expected = [...boxes.keys()].filter(stays);
      expect(apart(given, fractions(main)).map(({ id }) => id)).toEqual(expected);
    }),
    { seed: 12, numRuns: 500 },
  );
});
