import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LookseeError } from "../src/errors.ts";

/**
 * `npm run -s bench -- VERB [options]` runs bench/VERB.ts, which exports `benchVerb(args)` -> figures and may export
 * `table(figures)` -> text. With --json the figures are the one document on stdout; else a table stands on stderr.
 */
type Bench = Record<string, (args: readonly string[]) => Promise<object>> & { table?: (figures: object) => string };

async function main([verb, ...args]: string[]): Promise<void> {
  const verbs = readdirSync(import.meta.dirname)
    .filter(
      (file) => file.endsWith(".ts") && readFileSync(join(import.meta.dirname, file), "utf8").includes(nameOf(file)),
    )
    .map((file) => file.slice(0, -3));
  if (!verb || !/^[a-z-]+$/.test(verb) || !verbs.includes(verb) || !existsSync(join(import.meta.dirname, `${verb}.ts`)))
    throw new LookseeError(
      "USAGE",
      verb ? `there is no bench ${verb}` : "no bench named",
      `Use one of: ${verbs.join(", ")}`,
    );
  const bench: Bench = await import(`./${verb}.ts`);
  const figures = await bench[nameOf(`${verb}.ts`).slice("export async function ".length, -1)]!(args);
  if (args.includes("--json")) process.stdout.write(`${JSON.stringify(figures)}\n`);
  else console.error(bench.table?.(figures) ?? JSON.stringify(figures, undefined, 2));
}

/** photo.ts -> "export async function benchPhoto(" */
function nameOf(file: string): string {
  return `export async function bench${file[0]!.toUpperCase()}${file.slice(1, -3)}(`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof LookseeError) {
    console.error(error.message);
    process.exitCode = error.exit;
  } else if (error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS")) {
    console.error(`USAGE: ${error.message}`);
    process.exitCode = 2;
  } else throw error;
});
