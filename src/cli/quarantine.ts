import type { Command } from "commander";
import type { ImportReport } from "../index.ts";
import { print, watched } from "./importing.ts";
import { settingsOf, withShop } from "./settings.ts";
import { printJson, table } from "./table.ts";

export function addQuarantine(program: Command): void {
  const quarantine = program.command("quarantine").description("rows and pictures that were set aside, with reasons");
  quarantine
    .command("ls")
    .description("list what was set aside; repair it in the source and retry")
    .action(async (_options, command: Command) => {
      const { catalog, json } = settingsOf(command);
      const list = await withShop(command, false, async (shop) => shop.catalog(catalog).quarantine());
      if (json) return printJson(list);
      const rows = list.map((entry) => [entry.file, entry.row, entry.code, entry.reason, entry.remedy]);
      if (rows.length === 0) process.stderr.write("Nothing is set aside.\n");
      else process.stdout.write(`${table(["file", "row", "code", "reason", "what to do"], rows)}\n`);
    });
  quarantine
    .command("retry")
    .description("look again at what was set aside: every source is read, only what failed or changed is worked on")
    .addHelpText("after", "\nWith --json: a list of reports as import prints them, one a source.")
    .action(async (_options, command: Command) => {
      const { catalog, json } = settingsOf(command);
      const jobs = await withShop(command, false, async (shop) => shop.catalog(catalog).jobsToRetry());
      if (jobs.length === 0) process.stderr.write("Nothing is set aside.\n");
      const reports: ImportReport[] = [];
      for (const job of jobs) {
        const report = await watched(command, false, (catalog, hooks) => catalog.retryJob(job, hooks));
        if (json) reports.push(report);
        else print(report);
      }
      if (json) printJson(reports);
    });
}
