import type { Command } from "commander";
import { importing } from "./importing.ts";
import { mappingChoice, mappingText } from "./mapping.ts";

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
      await importing(command, true, (catalog, hooks) =>
        catalog.import(source, {
          ...(options.images === undefined ? {} : { images: options.images }),
          ...(options.map === undefined ? {} : { map: mappingChoice(options.map) }),
          ...(options.name === undefined ? {} : { name: options.name }),
          full: options.full === true,
          yes: options.yes === true,
          onMapping: (tables, others) => process.stderr.write(mappingText(tables, others)),
          ...hooks,
        }),
      );
    });
}

const collect = (value: string, earlier: string[] = []): string[] => [...earlier, value];
