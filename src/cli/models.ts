import type { Command } from "commander";
import type { ModelInfo } from "../index.ts";
import { evaluating } from "./eval.ts";
import { Progress } from "./progress.ts";
import { settingsOf, withShop } from "./settings.ts";
import { megabytes } from "./snapshot.ts";
import { printJson, table } from "./table.ts";

export function addModels(program: Command): void {
  const models = program
    .command("models")
    .description("the networks that look at pictures: try another, let it answer, go back");
  models
    .command("ls")
    .description("list them: which answers, and how much of each catalog the others have seen")
    .action(async (_options, command: Command) => {
      const list = await withShop(command, false, (shop) => shop.models.list());
      if (settingsOf(command).json) return printJson(list);
      const rows = list.map((model) => [
        model.modelId,
        stateOf(model),
        megabytes(model.bytes),
        model.side,
        model.width,
        model.catalogs.map(({ catalog, codes }) => `${catalog} ${codes}`).join(", "),
      ]);
      process.stdout.write(`${table(["model", "state", "size", "pixels", "feature", "codes"], rows)}\n`);
    });
  models
    .command("show")
    .description("one model's card: what it takes and gives, where it comes from, how good it was measured")
    .argument("<model>", "its id")
    .action(async (modelId: string, _options, command: Command) => {
      const { folder, card } = await withShop(command, false, (shop) => shop.models.show(modelId));
      printJson({ folder, ...card, codeThresholds: card.codeThresholds && `${card.codeThresholds.length} numbers` });
    });
  models
    .command("add")
    .description("take in an ONNX encoder; it answers once it has been promoted")
    .argument("<folder>", "with model.onnx and card.json, or hf:owner/name of the Hugging Face Hub")
    .addHelpText(
      "after",
      "\nExample:\n  looksee models add ./my-encoder\n  looksee index --model my-encoder\n  looksee models promote my-encoder",
    )
    .action(async (from: string, _options, command: Command) => {
      const progress = new Progress();
      const stop = new AbortController();
      process.once("SIGINT", () => stop.abort());
      const added = await withShop(command, false, (shop) =>
        shop.models.add(from, { signal: stop.signal, onProgress: progress.update }),
      );
      progress.end();
      if (settingsOf(command).json) return printJson(added);
      process.stdout.write(`${added.modelId}\n`);
      for (const note of added.notes) process.stderr.write(`note: ${note}\n`);
      process.stderr.write(
        `Next: looksee index --model ${added.modelId}, then looksee models promote ${added.modelId}\n`,
      );
    });
  models
    .command("eval")
    .description("measure a model as `looksee eval` does, before it is promoted")
    .argument("<model>", "its id")
    .argument("<queries>", "CSV with the columns file,itemId[,category,x1,y1,x2,y2]")
    .option("--html <file>", "also write a report with the best and worst queries as pictures")
    .action((model: string, queries: string, { html }: { html?: string }, command: Command) =>
      evaluating(command, queries, { model, html }),
    );
  models
    .command("promote")
    .description("let a model answer from now on; a running `serve` follows within seconds")
    .argument("<model>", "its id")
    .action(async (modelId: string, _options, command: Command) =>
      answers(command, await withShop(command, false, (shop) => shop.models.promote(modelId))),
    );
  models
    .command("rollback")
    .description("take the last promotion back")
    .action(async (_options, command: Command) =>
      answers(command, await withShop(command, false, (shop) => shop.models.rollback())),
    );
}

function answers(command: Command, model: ModelInfo): void {
  if (settingsOf(command).json) printJson(model);
  else process.stdout.write(`${model.modelId} answers\n`);
}

function stateOf({ inUse, builtIn, catalogs }: ModelInfo): string {
  if (inUse) return "in use";
  const missing = catalogs.reduce((sum, catalog) => sum + catalog.missing, 0);
  const state = missing === 0 ? "ready" : `lacks ${missing}`;
  return builtIn ? `comes with this version, not in use; ${state}` : state;
}
