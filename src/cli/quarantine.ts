import type { Command } from "commander";
import { settingsOf, withShop } from "./settings.ts";
import { printJson, table } from "./table.ts";

export function addQuarantine(program: Command): void {
  const quarantine = program.command("quarantine").description("rows and pictures that were set aside, with reasons");
  quarantine
    .command("ls")
    .description("list what was set aside; repair it in the source and import again")
    .action(async (_options, command: Command) => {
      const { catalog, json } = settingsOf(command);
      const list = await withShop(command, false, async (shop) => shop.catalog(catalog).quarantine());
      if (json) return printJson(list);
      const rows = list.map((entry) => [entry.file, entry.row, entry.code, entry.reason, entry.remedy]);
      if (rows.length === 0) process.stderr.write("Nothing is set aside.\n");
      else process.stdout.write(`${table(["file", "row", "code", "reason", "what to do"], rows)}\n`);
    });
}
