import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import type { Catalog, SelectionRules, Why } from "../index.ts";
import { Progress } from "./progress.ts";
import { settingsOf, whole, withShop } from "./settings.ts";
import { printJson, table } from "./table.ts";

type Rules = { inStock?: boolean; except?: string[]; least?: number; most?: number; all?: boolean };

export function addItems(program: Command): void {
  const items = program.command("items").description("the catalog's items, and which of them may be found");
  items
    .command("show")
    .description("what the catalog holds of an item")
    .argument("<item>", "its id")
    .option("--why", "also say why it is found, or why not")
    .action(async (itemId: string, options: { why?: boolean }, command: Command) => {
      const { catalog, json } = settingsOf(command);
      const shown = await withShop(command, false, async (shop) => ({
        ...shop.catalog(catalog).exportItem(itemId),
        ...shop.catalog(catalog).item(itemId), // what the item lacks its first variant gives
        ...(options.why ? { why: await shop.catalog(catalog).why(itemId) } : {}),
      }));
      if (json) return printJson(shown);
      process.stdout.write(`${table(["field", "value"], fieldsOf(shown))}\n`);
      if (shown.variants.length > 0) process.stdout.write(`\n${table(VARIANT, shown.variants.map(variantRow))}\n`);
      process.stdout.write(`\n${table(["picture", "variant", "sha256"], shown.pictures.map(pictureRow))}\n`);
      if (shown.why) process.stdout.write(`\n${sentences(shown.why).join("\n")}\n`);
    });
  items
    .command("select")
    .description("choose which items may be found; kept with the catalog and obeyed at every import")
    .option("--in-stock", "only items in stock")
    .option("--except <category>", "not this category; may be given again", collect)
    .option("--least <score>", "preference x picture quality at least (0-1)", fraction)
    .option("--most <n>", "no more than n items, the best by preference x picture quality", whole(1, 1_000_000_000))
    .option("--all", "no rules: every item")
    .addHelpText(
      "after",
      "\nWithout an option the rules stay and are applied again.\n\nExample:\n  looksee items select --in-stock --except gift-cards",
    )
    .action(async (options: Rules, command: Command) => {
      const { catalog, json } = settingsOf(command);
      const { all, ...given } = options;
      const rules: SelectionRules | undefined = all ? {} : Object.keys(given).length > 0 ? given : undefined;
      const progress = new Progress();
      const report = await withShop(command, false, (shop) =>
        shop.catalog(catalog).select(rules, { onProgress: progress.update }),
      );
      progress.end();
      if (json) printJson(report);
      else process.stdout.write(`${report.chosen} of ${report.items} items may be found.\n`);
    });
}

type Shown = ReturnType<Catalog["exportItem"]>;

/** What is said of the item as a whole; what nobody said is left out. */
function fieldsOf({ itemId, title, description, category, url, price, currency, ...item }: Shown): [string, string][] {
  const fields = { itemId, title, description, category, url, price, currency, stock: item.stock, source: item.source };
  const rows = [...Object.entries(fields), ...Object.entries(item.attributes), ["shown as", item.standIn] as const];
  return rows.flatMap(([name, value]) => (value === null ? [] : [[name, String(value).replace(/\s+/g, " ")]]));
}

const VARIANT = ["variant", "title", "price", "stock", "attributes"];
const variantRow = ({ variantId, title, price, stock, attributes }: Shown["variants"][number]) => [
  ...[variantId, title ?? "", price ?? "", stock ?? ""],
  Object.entries(attributes)
    .map(([name, value]) => `${name}: ${value}`)
    .join(", "),
];
const pictureRow = ({ imageId, variantId, sha256 }: Shown["pictures"][number]) => [imageId, variantId ?? "", sha256];

function sentences({ chosen, because, preference, quality, score, inStock }: Why): string[] {
  const share = (value: number | null) => (value === null ? "unknown" : value.toFixed(2));
  const lines = [
    `${chosen ? "It may be found" : "It is left out"}: ${because}.`,
    `Preference ${share(preference.value)}: sales ${share(preference.sales)}, clicks ${share(preference.clicks)}, recency ${share(preference.recency)}; ${inStock ? "in stock" : "out of stock"}.`,
  ];
  if (!quality) return [...lines, "Its first picture cannot be read."];
  const { overall, sharpness, exposure, size, watermark, collage, text } = quality;
  return [
    ...lines,
    `Picture ${share(overall)}: sharpness ${share(sharpness)}, exposure ${share(exposure)}, size ${share(size)}; ` +
      `watermark ${share(watermark)}, collage ${share(collage)}, text ${share(text)}.`,
    `Preference x picture quality: ${score.toFixed(3)}.`,
  ];
}

const collect = (value: string, earlier: string[] = []): string[] => [...earlier, value];

function fraction(text: string): number {
  const value = Number(text);
  if (text === "" || !(value >= 0 && value <= 1)) throw new InvalidArgumentError("Give a number from 0 to 1.");
  return value;
}
