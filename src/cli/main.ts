import { Command, CommanderError } from "commander";
import { config } from "../config.ts";
import { LookseeError } from "../errors.ts";
import { addDedup } from "./dedup.ts";
import { addDemo } from "./demo.ts";
import { addDoctor } from "./doctor.ts";
import { addEval } from "./eval.ts";
import { addExport } from "./export.ts";
import { addImport } from "./import.ts";
import { addIndex } from "./index-codes.ts";
import { addItems } from "./items.ts";
import { addJobs } from "./jobs.ts";
import { addMall } from "./mall.ts";
import { addModels } from "./models.ts";
import { addQuarantine } from "./quarantine.ts";
import { addSearch } from "./search.ts";
import { addServe } from "./serve.ts";
import { addSnapshot } from "./snapshot.ts";

// `looksee … | head` closes the pipe early; that is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const program = new Command("looksee")
  .description("Photo search for your shop: a photo in, the same product out, then the most similar ones.")
  .option("--data <dir>", "data folder (or LOOKSEE_DATA)", process.env.LOOKSEE_DATA ?? config.dataFolder)
  .option("--catalog <name>", "catalog", config.catalog)
  .option("--json", "print one JSON document on stdout")
  .showHelpAfterError("(run with --help for usage)")
  .exitOverride();
for (const add of [
  addDedup,
  addDemo,
  addDoctor,
  addImport,
  addIndex,
  addSearch,
  addEval,
  addServe,
  addItems,
  addJobs,
  addQuarantine,
  addExport,
  addMall,
  addModels,
  addSnapshot,
])
  add(program);
program.addHelpText(
  "after",
  `
Examples:
  looksee demo
  looksee import products.csv --images pictures/
  looksee search photo.jpg
  looksee eval queries.csv --json
  looksee serve`,
);
for (const command of program.commands) {
  command.exitOverride(); // a subcommand made before its parent's exitOverride does not inherit it
  for (const inner of command.commands) inner.exitOverride();
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Says what went wrong in one sentence on stderr; returns the exit code of design.md. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // commander has printed it
  if (error instanceof LookseeError) {
    process.stderr.write(`${error.message}\n`);
    return error.exit;
  }
  process.stderr.write(`INTERNAL: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.stderr.write("This is a fault of looksee: please report it with the command you ran.\n");
  return 3;
}
