import { once } from "node:events";
import type { Command } from "commander";
import { settingsOf, withShop } from "./settings.ts";

export function addExport(program: Command): void {
  program
    .command("export")
    .description("print everything a catalog holds as JSON lines: categories, images with codes, items, quarantine")
    .addHelpText("after", "\nExample:\n  looksee export > catalog.jsonl")
    .action(async (_options, command: Command) => {
      await withShop(command, false, async (shop) => {
        for (const line of shop.catalog(settingsOf(command).catalog).export())
          if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, "drain");
      });
    });
}
