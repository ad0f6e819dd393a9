import type { Command } from "commander";
import type { Catalog, ImportOptions, ImportReport, Removed } from "../index.ts";
import { Progress } from "./progress.ts";
import { settingsOf, withShop } from "./settings.ts";
import { printJson, table } from "./table.ts";

type Hooks = Required<Pick<ImportOptions, "signal" | "onProgress">>;

/** Runs one import, however it was begun: progress on stderr, Ctrl-C ends it cleanly, its report on stdout. */
export async function importing(
  command: Command,
  create: boolean,
  work: (catalog: Catalog, hooks: Hooks) => Promise<ImportReport>,
): Promise<void> {
  const report = await watched(command, create, work);
  if (settingsOf(command).json) printJson(report);
  else print(report);
}

/** The same without the report on stdout, for a verb that runs several. */
export async function watched(
  command: Command,
  create: boolean,
  work: (catalog: Catalog, hooks: Hooks) => Promise<ImportReport>,
): Promise<ImportReport> {
  const { catalog } = settingsOf(command);
  const stop = new AbortController();
  const interrupt = () => {
    process.stderr.write("\nStopping after the batch in hand; run the same command again to go on.\n");
    stop.abort();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.once(signal, interrupt);
  const progress = new Progress();
  try {
    const report = await withShop(command, create, (shop) =>
      work(shop.catalog(catalog), {
        signal: stop.signal,
        onProgress: progress.update,
      }),
    );
    if (report.quarantined.length > 0) process.exitCode = 1;
    return report;
  } finally {
    progress.end();
    for (const signal of signals) process.removeListener(signal, interrupt);
  }
}

export function print(report: ImportReport): void {
  const rowsAside = new Set(report.quarantined.filter((q) => q.picture === undefined).map((q) => `${q.file} ${q.row}`));
  process.stdout.write(
    `${report.rows} rows: ${report.imported} imported, ${report.unchanged} unchanged, ` +
      `${report.deselected} not selected, ${rowsAside.size} set aside. ` +
      `The catalog holds ${report.items} items, ${report.variants} variants, ${report.pictures} pictures from it ` +
      `(${report.seconds.toFixed(1)} s).\n`,
  );
  process.stdout.write(duplicatesText(report));
  if (report.removed) process.stdout.write(removedText(report.removed));
  if (report.quarantined.length === 0) return;
  const shown = report.quarantined.slice(0, 10).map((q) => [q.row, q.code, q.reason]);
  process.stderr.write(
    `Set aside (${report.quarantined.length}; all of them: looksee quarantine ls):\n` +
      `${table(["row", "code", "reason"], shown)}\n`,
  );
}

/** What there is to say of duplicates, if anything. */
export function duplicatesText({ duplicates: { waiting, groups } }: Pick<ImportReport, "duplicates">): string {
  const found = groups === 1 ? "1 group" : `${groups} groups`;
  return (
    (waiting === 0 ? "" : `${waiting} new pictures were not compared with the others yet: looksee index\n`) +
    (groups === 0 ? "" : `${found} of items that show the same picture: looksee dedup ls\n`)
  );
}

function removedText({ items, itemIds, picturesWaiting, graceDays, picturesDeleted }: Removed): string {
  const named = items === 0 ? "" : ` (${itemIds.join(", ")}${items > itemIds.length ? " …" : ""})`;
  return (
    `Removed ${items} items that the source no longer lists${named}. ${picturesWaiting} pictures that no item shows ` +
    `are kept for ${graceDays} days, should they come back; ${picturesDeleted} older ones were deleted.\n`
  );
}
