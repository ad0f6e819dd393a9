import type { Command } from "commander";
import type { IndexReport } from "../index.ts";
import { duplicatesText } from "./importing.ts";
import { Progress } from "./progress.ts";
import { settingsOf, withShop } from "./settings.ts";
import { printJson } from "./table.ts";

export function addIndex(program: Command): void {
  program
    .command("index")
    .description("bring codes, groups of duplicates and segments up to date, after a new model or a kill")
    .option("--model <id>", "make the codes of another model, beside those in use (default: the model in use)")
    .action(async ({ model }: { model?: string }, command: Command) => {
      const { catalog, json } = settingsOf(command);
      const progress = new Progress();
      const report = await withShop(command, false, (shop) =>
        shop.catalog(catalog).index({ model, onProgress: progress.update }),
      );
      progress.end();
      if (json) printJson(report);
      else
        process.stdout.write(
          `${report.made} codes made, ${report.failed} pictures set aside, ${report.codes} in all.\n${duplicatesText(report)}${segmentsText(report)}`,
        );
      if (report.failed > 0) process.exitCode = 1;
    });
}

function segmentsText({ segments }: IndexReport): string {
  if (!segments) return "";
  const lists = segments.lists > 0 ? `, in ${segments.lists} lists` : "";
  return `${segments.codes} codes written for the search to start from${lists}.\n`;
}
