import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { AddedModel, Comparison, Figures, ModelInfo } from "../../src/index.ts";
import { defaultModelFolder, readCard } from "../../src/vision/index.ts";
import { patches, scratch } from "../vision/patches.ts";
import { tinyModel } from "../vision/tiny-onnx.ts";
import { json, looksee } from "./run.ts";

const at = scratch();
afterAll(() => at.remove());

test("an encoder from a folder to the model that answers, and back, by the command line alone", {
  timeout: 300_000,
}, async () => {
  const data = join(at.dir, "data");
  const rows = ["id,title,category,image"];
  const queries = ["file,itemId"];
  for (let n = 0; n < 12; n++) {
    writeFileSync(join(at.dir, `${n}.png`), await patches(n));
    writeFileSync(join(at.dir, `q${n}.png`), await patches(n, 30));
    rows.push(`i${n},Item ${n},${n % 2 ? "odd" : "even"},${n}.png`);
    queries.push(`q${n}.png,i${n}`);
  }
  writeFileSync(join(at.dir, "shop.csv"), `${rows.join("\n")}\n`);
  writeFileSync(join(at.dir, "queries.csv"), `${queries.join("\n")}\n`);
  const on = ["--data", data];
  const own = (await readCard(defaultModelFolder())).id;
  const folder = tinyModel(join(at.dir, "tiny"), { width: 64 });

  expect(looksee("models", "add", folder, ...on)).toMatchObject({
    exit: 3,
    stderr: expect.stringContaining("CATALOG_UNKNOWN"),
  });
  expect(looksee("import", join(at.dir, "shop.csv"), ...on).exit).toBe(0);
  const { modelId } = json<AddedModel>("models", "add", folder, ...on);
  expect(json<ModelInfo[]>("models", "ls", ...on).map((model) => [model.modelId, model.inUse])).toEqual([
    [own, true],
    [modelId, false],
  ]);
  expect(looksee("models", "ls", ...on).stdout).toMatch(new RegExp(`${modelId} +lacks 12 .*main 0`));
  expect(JSON.parse(looksee("models", "show", modelId, ...on).stdout)).toMatchObject({
    id: modelId,
    input: { side: 32 },
  });

  const early = looksee("models", "promote", modelId, ...on);
  expect([early.exit, early.stderr]).toEqual([
    3,
    expect.stringContaining(`Run \`looksee index --model ${modelId} --catalog main\` first`),
  ]);
  expect(json("index", "--model", modelId, ...on)).toMatchObject({ made: 12, codes: 12 });
  expect(json<Figures>("models", "eval", modelId, join(at.dir, "queries.csv"), ...on).identicalRecall).toEqual({
    "1": 1,
    "4": 1,
    "20": 1,
  });
  const both = json<Figures & { compare: Comparison }>(
    "eval",
    join(at.dir, "queries.csv"),
    "--compare",
    modelId,
    ...on,
  );
  const gained = both.compare.recallGained!["1"];
  expect(gained.value).toBeCloseTo(1 - both.identicalRecall!["1"], 9);
  expect(gained.interval[0]).toBeLessThanOrEqual(gained.value);
  expect(both.compare.modelVersion).toBe(`${modelId}@1`);

  expect(looksee("models", "promote", modelId, ...on).stdout).toBe(`${modelId} answers\n`);
  expect(json<{ modelVersion: string }>("search", join(at.dir, "q3.png"), ...on).modelVersion).toBe(`${modelId}@1`);
  expect(json<ModelInfo>("models", "rollback", ...on)).toMatchObject({ modelId: own, inUse: true });
  expect(looksee("models", "rollback", ...on)).toMatchObject({
    exit: 3,
    stderr: expect.stringContaining("no model was promoted"),
  });
});

test("what is no model is refused with its reason, and nothing stays", async () => {
  const data = join(at.dir, "data");
  const before = readdirSync(join(data, "models"));
  const two = tinyModel(join(at.dir, "two"), { secondInput: true });
  const run = looksee("models", "add", two, "--data", data);
  expect([run.exit, run.stdout]).toEqual([3, ""]);
  expect(run.stderr).toContain(
    `MODEL_CARD: ${two}/model.onnx takes 2 inputs (pixels, input_ids); an encoder of pictures takes one. `,
  );
  expect(looksee("models", "show", "nobody", "--data", data).stderr).toMatch(/^MODEL_UNKNOWN: /);
  expect(readdirSync(join(data, "models"))).toEqual(before);
});
