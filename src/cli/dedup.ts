import type { Command } from "commander";
import { settingsOf, withShop } from "./settings.ts";
import { printJson, table } from "./table.ts";

export function addDedup(program: Command): void {
  const dedup = program.command("dedup").description("items that show the same picture; a search shows one of them");
  dedup
    .command("ls")
    .description("list the groups, the item that stands for each first")
    .action(async (_options, command: Command) => {
      const { catalog, json } = settingsOf(command);
      const groups = await withShop(command, false, async (shop) => shop.catalog(catalog).duplicates());
      if (json) return printJson(groups);
      const rows = groups.flatMap(({ leader, items }, at) =>
        items.map(({ itemId, title, imageId }) => [at + 1, itemId === leader ? "*" : "", itemId, imageId, title]),
      );
      if (rows.length === 0) process.stderr.write("No two items show the same picture.\n");
      else process.stdout.write(`${table(["group", "", "item", "image", "title"], rows)}\n`);
    });
  for (const [verdict, what] of [
    ["keep", "these are different products: keep them apart, now and after every import"],
    ["merge", "these are one product: show one of them, now and after every import"],
  ] as const)
    dedup
      .command(verdict)
      .description(what)
      .argument("<items...>", verdict === "keep" ? "item ids; one alone: apart from its whole group" : "item ids")
      .action(async (items: string[], _options, command: Command) => {
        const { catalog, json } = settingsOf(command);
        const groups = await withShop(command, false, async (shop) => {
          shop.catalog(catalog).decideDuplicates(verdict, items);
          return shop.catalog(catalog).duplicates();
        });
        if (json) return printJson(groups);
        process.stdout.write(`Noted. ${groups.length === 1 ? "1 group" : `${groups.length} groups`} now.\n`);
      });
}
