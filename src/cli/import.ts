import type { Command } from "commander";
import type { Removed } from "../index.ts";
import { mappingChoice, mappingText } from "./mapping.ts";
import { Progress } from "./progress.ts";
import { settingsOf, withShop } from "./settings.ts";
import { printJson, table } from "./table.ts";

type Options = { images?: string; map?: string[]; name?: string; full?: boolean; yes?: boolean };

export function addImport(program: Command): void {
  program
    .command("import")
    .description("bring a shop's rows and pictures in: CSV, TSV, JSONL, Parquet, a product feed (XML), or a folder")
    .argument(
      "<source>",
      "table, its http(s) address, or a folder; relative picture paths are looked up beside the table",
    )
    .option("--images <dir>", "folder that the table's picture paths start from")
    .option("--map <field=column>", "say which column holds a field, e.g. --map id=SKU --map title=Name", collect)
    .option("--name <source>", "name of this source, if the file's name changes from day to day")
    .option("--full", "the source is complete: remove its items that are gone from it")
    .option("--yes", "with --full: remove even more than 20 % of them")
    .addHelpText("after", "\nExample:\n  looksee import products.csv --images media/ --catalog shoes")
    .action(async (source: string, options: Options, command: Command) => {
      const { catalog, json } = settingsOf(command);
      const stop = new AbortController();
      const interrupt = () => {
        process.stderr.write("\nStopping after the batch in hand; run the same command again to go on.\n");
        stop.abort();
      };
      process.once("SIGINT", interrupt);
      const progress = new Progress();
      try {
        const report = await withShop(command, true, (shop) =>
          shop.catalog(catalog).import(source, {
            ...(options.images === undefined ? {} : { images: options.images }),
            ...(options.map === undefined ? {} : { map: mappingChoice(options.map) }),
            ...(options.name === undefined ? {} : { name: options.name }),
            full: options.full === true,
            yes: options.yes === true,
            signal: stop.signal,
            onProgress: progress.update,
            onMapping: (tables, others) => process.stderr.write(mappingText(tables, others)),
          }),
        );
        progress.end();
        if (json) printJson(report);
        else {
          process.stdout.write(
            `${report.rows} rows: ${report.imported} imported, ${report.unchanged} unchanged, ` +
              `${report.deselected} not selected, ${new Set(report.quarantined.filter((q) => q.picture === undefined).map((q) => q.row)).size} set aside. ` +
              `The catalog holds ${report.items} items, ${report.variants} variants, ${report.pictures} pictures from it ` +
              `(${report.seconds.toFixed(1)} s).\n`,
          );
          if (report.removed) process.stdout.write(removedText(report.removed));
          if (report.quarantined.length > 0) {
            const shown = report.quarantined.slice(0, 10);
            process.stderr.write(
              `Set aside (${report.quarantined.length}; all of them: looksee quarantine ls):\n` +
                `${table(
                  ["row", "code", "reason"],
                  shown.map((q) => [q.row, q.code, q.reason]),
                )}\n`,
            );
          }
        }
        if (report.quarantined.length > 0) process.exitCode = 1;
      } finally {
        progress.end();
        process.removeListener("SIGINT", interrupt);
      }
    });
}

function removedText({ items, itemIds, picturesWaiting, graceDays, picturesDeleted }: Removed): string {
  const named = items === 0 ? "" : ` (${itemIds.join(", ")}${items > itemIds.length ? " …" : ""})`;
  return (
    `Removed ${items} items that the source no longer lists${named}. ${picturesWaiting} pictures that no item shows ` +
    `are kept for ${graceDays} days, should they come back; ${picturesDeleted} older ones were deleted.\n`
  );
}

const collect = (value: string, earlier: string[] = []): string[] => [...earlier, value];
