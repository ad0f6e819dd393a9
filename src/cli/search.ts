import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { LookseeError } from "../errors.ts";
import { fetchPicture, type SearchQuery, type SearchResult } from "../index.ts";
import { settingsOf, whole, withShop } from "./settings.ts";
import { printJson, table } from "./table.ts";

type Options = { item?: string; box?: [number, number, number, number]; category?: string; limit: number };

export function addSearch(program: Command): void {
  program
    .command("search")
    .description("find the product in a photo, then the most similar ones")
    .argument("[photo]", "picture file or http(s) URL")
    .option("--item <id>", "search with an item of the catalog instead of a photo")
    .option("--box <x1,y1,x2,y2>", "search this part of the photo (fractions 0-1)", parseBox)
    .option("--category <name>", "only this category")
    .option("--limit <n>", "hits to show (1-100)", whole(1, 100), 20)
    .addHelpText("after", "\nExamples:\n  looksee search photo.jpg --limit 5\n  looksee search --item shoe-17 --json")
    .action(async (photo: string | undefined, options: Options, command: Command) => {
      const { catalog, json } = settingsOf(command);
      if ((photo === undefined) === (options.item === undefined))
        throw new LookseeError(
          "SEARCH_BAD_INPUT",
          "give a photo or --item, one of the two",
          "See `looksee search --help`",
        );
      const query: SearchQuery = {
        ...(photo === undefined ? {} : { image: await readPhoto(photo) }),
        ...(options.item === undefined ? {} : { itemId: options.item }),
        ...(options.box === undefined ? {} : { box: options.box }),
        ...(options.category === undefined ? {} : { category: options.category }),
        limit: options.limit,
      };
      const result = await withShop(command, false, (shop) => shop.catalog(catalog).search(query)).catch(naming(photo));
      if (json) printJson(result);
      else print(result, options.item);
    });
}

export function parseBox(text: string): [number, number, number, number] {
  const values = text.split(",").map(Number);
  if (values.length !== 4 || values.some((value) => !Number.isFinite(value)))
    throw new InvalidArgumentError("Give four fractions, x1,y1,x2,y2, e.g. 0.1,0.2,0.8,0.9.");
  return values as [number, number, number, number];
}

async function readPhoto(photo: string): Promise<Uint8Array> {
  if (/^https?:\/\//i.test(photo)) return fetchPicture(photo);
  try {
    return await readFile(photo);
  } catch (cause) {
    throw new LookseeError("PICTURE_MISSING", `${photo} cannot be read`, "Check the path", { cause });
  }
}

/** The engine sees bytes; a person wants to know which file. */
function naming(photo: string | undefined): (error: unknown) => never {
  return (error) => {
    if (photo !== undefined && error instanceof LookseeError && error.code.startsWith("PICTURE_"))
      throw new LookseeError(error.code, `${photo}: ${error.problem}`, error.remedy, { cause: error });
    throw error;
  };
}

function print(result: SearchResult, item?: string): void {
  const guesses = result.categories.slice(0, 3).map(({ name, p }) => `${name} ${Math.round(p * 100)} %`);
  process.stderr.write(`category ${guesses.join(", ") || "unknown"}; ${result.timings.total.toFixed(0)} ms\n`);
  if (result.noGoodMatch) process.stderr.write("No good match: the catalog most likely does not have this product.\n");
  const sure = (text: string) => (item === undefined ? [text] : []); // no hit of an item's search is that item
  const rows = result.hits.map((hit, at) => [
    at + 1,
    hit.itemId,
    hit.variantId ?? "",
    ...sure(`${Math.round(hit.score * 100)} %`),
    hit.price === null ? "" : `${hit.price} ${hit.currency ?? ""}`.trim(),
    hit.title ?? "",
  ]);
  const heads = ["#", "item", "variant", ...sure("sure"), "price", "title"];
  if (rows.length > 0) process.stdout.write(`${table(heads, rows)}\n`);
}
