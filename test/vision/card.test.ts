import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { defaultModelFolder, openModel } from "../../src/vision/index.ts";

// biome-ignore lint/suspicious/noExplicitAny: these tests spoil files in ways that no type allows
type Loose = any;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "looksee-model-"));
  await cp(defaultModelFolder(), folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function change(file: string, edit: (value: Loose) => void): Promise<void> {
  const value = JSON.parse(await readFile(join(folder, file), "utf8"));
  edit(value);
  await writeFile(join(folder, file), JSON.stringify(value));
}

const opening = async () => {
  const model = await openModel(folder);
  await model.close();
  return model.id;
};

describe("openModel refuses", () => {
  test("a folder without a card, or without a network", async () => {
    await rm(join(folder, "model.onnx"));
    await expect(opening()).rejects.toMatchObject({ code: "MODEL_MISSING" });
    await expect(openModel(join(folder, "nowhere"))).rejects.toMatchObject({ code: "MODEL_MISSING" });
  });
  test.each<[string, (card: Loose) => void]>([
    ["id", (card) => (card.id = "a b")],
    ["side", (card) => (card.input.side = 7)],
    ["std", (card) => Object.assign(card.input, { mean: [0, 0, 0], std: [1, 0, 1] })],
    ["mean without std", (card) => (card.input.mean = [0, 0, 0])],
    ["feature width", (card) => (card.outputs.feature.width = 256)],
    ["views", (card) => (card.views.sum = [])],
    ["thresholds", (card) => (card.codeThresholds = [0])],
    ["calibration", (card) => (card.calibration.score.slope = "steep")],
    ["calibration.score.lead", (card) => (card.calibration.score.lead = { most: 3, within: 0 })],
    ["calibration.presence", (card) => (card.calibration.presence = { slope: 9, intercept: -4 })],
    ["calibration.score.share", (card) => (card.calibration.score.share = { most: -1, within: 0.5 })],
    ["an output that the network lacks", (card) => (card.outputs.feature.name = "embedding")],
  ])("a card with a wrong %s", async (_, edit) => {
    await change("card.json", edit);
    await expect(opening()).rejects.toMatchObject({ code: "MODEL_CARD" });
  });
  test("a card that is no JSON", async () => {
    await writeFile(join(folder, "card.json"), "{");
    await expect(opening()).rejects.toMatchObject({ code: "MODEL_CARD" });
  });
  test("a network file that is none", async () => {
    await writeFile(join(folder, "model.onnx"), "not a network");
    await expect(opening()).rejects.toMatchObject({ code: "MODEL_CARD" });
  });
  test("golden answers of another model, other features, another picture", async () => {
    const golden = await readFile(join(folder, "golden.json"), "utf8");
    const edits: ((value: Loose) => void)[] = [
      (value) => (value.model = "another"),
      (value) => value.cases[0].outputs.feature.reverse(),
      (value) => (value.cases[0].outputs.box[0] += 0.1),
      (value) => (value.cases[0].sha256 = "00"),
      (value) => (value.cases = []),
    ];
    for (const edit of edits) {
      await writeFile(join(folder, "golden.json"), golden);
      await change("golden.json", edit);
      await expect(opening()).rejects.toMatchObject({ code: "MODEL_GOLDEN" });
    }
  });
});

test("an untouched copy opens", async () => {
  expect(await opening()).toBe(JSON.parse(await readFile(join(defaultModelFolder(), "card.json"), "utf8")).id);
});
