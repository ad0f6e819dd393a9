import type { Command } from "commander";
import { type Comparison, type Figures, writeReport } from "../index.ts";
import { Progress } from "./progress.ts";
import { settingsOf, withShop } from "./settings.ts";
import { printJson } from "./table.ts";

type Options = { model?: string | undefined; compare?: string | undefined; html?: string | undefined };

export function addEval(program: Command): void {
  program
    .command("eval")
    .description("measure a catalog: how often does a photo find its product?")
    .argument("<queries>", "CSV with the columns file,itemId[,category,x1,y1,x2,y2]")
    .option("--compare <model>", "measure another model on the same photos too, which need not be the one in use")
    .option("--html <file>", "also write a report with the best and worst queries as pictures")
    .addHelpText("after", "\nExample:\n  looksee eval queries.csv --html report.html")
    .action((queries: string, options: Options, command: Command) => evaluating(command, queries, options));
}

/** Measures with the model in use, or with another, or with both. */
export async function evaluating(command: Command, queries: string, { model, compare, html }: Options): Promise<void> {
  const { catalog, json } = settingsOf(command);
  const progress = new Progress();
  const hooks = { onProgress: progress.update };
  const { evaluation, other } = await withShop(command, false, async (shop) => {
    const measured =
      compare === undefined
        ? { evaluation: await shop.catalog(catalog).evaluate(queries, { model, ...hooks }), other: undefined }
        : await shop.catalog(catalog).compare(queries, compare, hooks);
    progress.end();
    if (html !== undefined) await writeReport(measured.evaluation, html);
    return measured;
  });
  const { figures, unreadable } = evaluation;
  if (unreadable.length > 0) {
    process.stderr.write(`${unreadable.length} photos could not be searched, the first: ${unreadable[0]!.reason}\n`);
    process.exitCode = 1;
  }
  if (json) printJson(other === undefined ? figures : { ...figures, compare: other });
  else {
    process.stdout.write(`${figures.queries} queries\n`);
    if (other !== undefined) process.stdout.write(`${evaluation.modelVersion}\n`);
    print(figures);
    if (other !== undefined) printOther(other);
  }
  if (html !== undefined) process.stderr.write(`report: ${html}\n`);
}

const DEPTHS = ["1", "4", "20"] as const;
const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

function print(figures: Figures): void {
  for (const k of DEPTHS) {
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

function printOther({ modelVersion, figures, recallGained }: Comparison): void {
  process.stdout.write(`${modelVersion}\n`);
  print(figures);
  const points = (value: number) => `${value > 0 ? "+" : ""}${(100 * value).toFixed(1)}`;
  for (const k of DEPTHS) {
    const gained = recallGained?.[k];
    if (gained)
      process.stdout.write(
        `recall@${k.padEnd(2)} gained    ${points(gained.value)} points  (${gained.interval.map(points).join(" to ")})\n`,
      );
  }
}
