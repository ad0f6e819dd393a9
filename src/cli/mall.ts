import type { Command } from "commander";
import { writeMall } from "../index.ts";
import { Progress } from "./progress.ts";
import { settingsOf, whole } from "./settings.ts";
import { printJson } from "./table.ts";

type Options = { items: number; seed: number; out: string; photosPerItem: number; photoItems?: number };

export function addMall(program: Command): void {
  program
    .command("mall")
    .description("draw the procedural shop as files: a catalog, its pictures, phone photos with their true boxes")
    .requiredOption("--items <n>", "items to draw", whole(1, 10_000_000))
    .requiredOption("--out <dir>", "folder to write to")
    .option("--seed <s>", "same seed, same shop", whole(0, 0xffffffff), 1)
    .option("--photos-per-item <n>", "phone photos of each photographed item", whole(0, 100), 1)
    .option("--photo-items <n>", "items that are photographed (default: all)", whole(0, 10_000_000))
    .addHelpText("after", "\nExample:\n  looksee mall --items 1000 --seed 7 --out mall/")
    .action(async (options: Options, command: Command) => {
      const progress = new Progress();
      const { out, ...rest } = options;
      const written = await writeMall(out, { ...rest, onProgress: progress.update });
      progress.end();
      if (settingsOf(command).json) printJson(written);
      else process.stdout.write(`${written.items} items and ${written.photos} photos in ${out}\n`);
    });
}
