import type { Command } from "commander";
import { writeReport } from "../index.ts";
import { Progress } from "./progress.ts";
import { settingsOf, withShop } from "./settings.ts";
import { printJson } from "./table.ts";

export function addEval(program: Command): void {
  program
    .command("eval")
    .description("measure a catalog: how often does a photo find its product?")
    .argument("<queries>", "CSV with the columns file,itemId[,category,x1,y1,x2,y2]")
    .option("--html <file>", "also write a report with the best and worst queries as pictures")
    .addHelpText("after", "\nExample:\n  looksee eval queries.csv --html report.html")
    .action((queries: string, { html }: { html?: string }, command: Command) => evaluating(command, queries, { html }));
}

/** Measures with the model in use, or with another. */
export async function evaluating(
  command: Command,
  queries: string,
  { model, html }: { model?: string | undefined; html?: string | undefined },
): Promise<void> {
  const { catalog, json } = settingsOf(command);
  const progress = new Progress();
  const { figures, unreadable } = await withShop(command, false, async (shop) => {
    const evaluation = await shop.catalog(catalog).evaluate(queries, { model, onProgress: progress.update });
    progress.end();
    if (html !== undefined) await writeReport(evaluation, html);
    return evaluation;
  });
  if (unreadable.length > 0) {
    process.stderr.write(`${unreadable.length} photos could not be searched, the first: ${unreadable[0]!.reason}\n`);
    process.exitCode = 1;
  }
  if (json) printJson(figures);
  else {
    const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
    process.stdout.write(`${figures.queries} queries\n`);
    for (const k of ["1", "4", "20"] as const) {
      const value = figures.identicalRecall?.[k];
      const interval = figures.identicalRecallInterval?.[k];
      if (value !== undefined && interval !== undefined)
        process.stdout.write(
          `identical recall@${k.padEnd(2)} ${percent(value)}  (${percent(interval[0])} to ${percent(interval[1])})\n`,
        );
    }
    if (figures.categoryAccuracy !== undefined)
      process.stdout.write(`category accuracy ${percent(figures.categoryAccuracy)}\n`);
    if (figures.boxIou)
      process.stdout.write(
        `box IoU >= 0.5 ${percent(figures.boxIou["0.5"])}, >= 0.7 ${percent(figures.boxIou["0.7"])}\n`,
      );
    process.stdout.write(
      `latency p50 ${figures.latencyMs.p50.toFixed(1)} ms, p95 ${figures.latencyMs.p95.toFixed(1)} ms\n`,
    );
  }
  if (html !== undefined) process.stderr.write(`report: ${html}\n`);
}
