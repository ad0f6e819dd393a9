import type { Command } from "commander";
import { doctor } from "../index.ts";
import { Progress } from "./progress.ts";
import { settingsOf } from "./settings.ts";
import { printJson } from "./table.ts";

const SIGN = { good: "good", note: "note", bad: "BAD " } as const;

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("examine machine, model and data folder, and say what to do; changes nothing")
    .option("--sweep", "delete picture files that no item shows")
    .action(async (options: { sweep?: boolean }, command: Command) => {
      const { data, json } = settingsOf(command);
      const progress = new Progress();
      const report = await doctor(data, { sweep: options.sweep === true, onProgress: progress.update });
      progress.end();
      if (json) printJson(report);
      else
        for (const { check, state, detail, remedy } of report.findings)
          process.stdout.write(`${SIGN[state]}  ${check}: ${detail}${remedy === null ? "" : `\n      → ${remedy}`}\n`);
      if (!report.ok) process.exitCode = 1;
    });
}
