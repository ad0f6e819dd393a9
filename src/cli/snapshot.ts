import { join } from "node:path";
import type { Command } from "commander";
import { snapshots } from "../index.ts";
import { Progress } from "./progress.ts";
import { settingsOf, withShop } from "./settings.ts";
import { printJson, table } from "./table.ts";

type Options = { in?: string; to?: string };

const IN = ["--in <dir>", "folder of the snapshots (default: snapshots/ in the data folder)"] as const;

export function addSnapshot(program: Command): void {
  const snapshot = program.command("snapshot").description("verified backups of the whole data folder");
  snapshot
    .command("create")
    .description("take one of this moment, while others go on writing; only what is new since the last is stored")
    .option(...IN)
    .addHelpText("after", "\nExample:\n  looksee snapshot create --in /mnt/backup/looksee")
    .action(async (options: Options, command: Command) => {
      const progress = new Progress();
      const report = await withShop(command, false, (shop) =>
        shop.createSnapshot(folderOf(options, command), { onProgress: progress.update }),
      );
      progress.end();
      if (settingsOf(command).json) printJson(report);
      else
        process.stdout.write(
          `${report.snapshotId}: ${report.pictures} pictures, ${megabytes(report.bytes)}, ` +
            `${megabytes(report.newBytes)} of it new (${report.seconds.toFixed(1)} s)\n`,
        );
      if (report.missing > 0) {
        process.stderr.write(`${report.missing} picture files are missing or damaged; looksee doctor names them.\n`);
        process.exitCode = 1;
      }
    });
  snapshot
    .command("ls")
    .description("list them, oldest first")
    .option(...IN)
    .action((options: Options, command: Command) => {
      const list = snapshots.list(folderOf(options, command));
      const rows = list.map(({ snapshotId, created, database, pictures, catalogs }) => ({
        snapshotId,
        created,
        bytes: database.bytes + pictures.bytes,
        pictures: pictures.count - pictures.missing.length,
        catalogs: catalogs.map(({ name, items }) => ({ name, items })),
      }));
      if (settingsOf(command).json) return printJson(rows);
      const cells = rows.map((row) => [
        row.snapshotId,
        row.created,
        megabytes(row.bytes),
        row.pictures,
        row.catalogs.map(({ name, items }) => `${name} (${items} items)`).join(", "),
      ]);
      if (cells.length === 0) process.stderr.write("There is none yet: looksee snapshot create\n");
      else process.stdout.write(`${table(["snapshot", "taken", "size", "pictures", "catalogs"], cells)}\n`);
    });
  snapshot
    .command("verify")
    .description("restore one into a scratch folder, ask it what was asked at its moment, and compare")
    .argument("[snapshot]", "its id (default: the newest)")
    .option(...IN)
    .action(async (id: string | undefined, options: Options, command: Command) => {
      const folder = folderOf(options, command);
      const progress = new Progress();
      const check = await snapshots.verify(folder, id, { onProgress: progress.update });
      progress.end();
      if (settingsOf(command).json) printJson(check);
      else {
        const rows = check.checks.map(({ name, ok, detail }) => [name, ok ? "good" : "BAD", detail]);
        process.stdout.write(`${check.snapshotId}\n${table(["check", "", "detail"], rows)}\n`);
      }
      if (!check.ok) process.exitCode = 1;
    });
  snapshot
    .command("restore")
    .description("make a data folder of one")
    .argument("[snapshot]", "its id (default: the newest)")
    .requiredOption("--to <dir>", "new data folder")
    .option(...IN)
    .addHelpText("after", "\nExample:\n  looksee snapshot restore --in /mnt/backup/looksee --to ./looksee-data")
    .action(async (id: string | undefined, options: Options, command: Command) => {
      const progress = new Progress();
      const to = options.to!;
      const { snapshotId, catalogs } = await snapshots.restore(folderOf(options, command), id, to, {
        onProgress: progress.update,
      });
      progress.end();
      if (settingsOf(command).json) return printJson({ snapshotId, folder: to, catalogs });
      const held = catalogs.map(({ name, items }) => `${name} (${items} items)`).join(", ");
      process.stdout.write(`${to} is as of ${snapshotId}: ${held || "no catalogs"}\n`);
    });
}

const folderOf = (options: Options, command: Command): string =>
  options.in ?? join(settingsOf(command).data, "snapshots");

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
