import type { Command } from "commander";
import { settingsOf, withShop } from "./settings.ts";
import { printJson, table } from "./table.ts";

export function addJobs(program: Command): void {
  const jobs = program.command("jobs").description("long work on a catalog: what runs, what ran, what failed");
  jobs
    .command("ls")
    .description("list the catalog's jobs, newest first")
    .action(async (_options, command: Command) => {
      const { catalog, json } = settingsOf(command);
      const list = await withShop(command, false, async (shop) => shop.catalog(catalog).jobs());
      if (json) return printJson(list);
      const rows = list.map((job) => [
        job.jobId,
        job.kind,
        job.source ?? "",
        job.state,
        job.stage,
        job.started,
        job.error ?? "",
      ]);
      process.stdout.write(`${table(["job", "kind", "source", "state", "stage", "started", "error"], rows)}\n`);
    });
}
