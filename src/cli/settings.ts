import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { open, type Shop } from "../index.ts";

/** What every verb takes. */
export type Settings = { data: string; catalog: string; json: boolean };

export function settingsOf(command: Command): Settings {
  const { data, catalog, json } = command.optsWithGlobals<Settings>();
  return { data, catalog, json: json === true };
}

/** Opens the data folder for one verb and closes it again, whatever happens. */
export async function withShop<T>(command: Command, create: boolean, work: (shop: Shop) => Promise<T>): Promise<T> {
  const shop = await open(settingsOf(command).data, { create });
  try {
    return await work(shop);
  } finally {
    await shop.close();
  }
}

/** A parser for commander of whole numbers from `lowest` to `highest`. */
export function whole(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < lowest || value > highest)
      throw new InvalidArgumentError(`Give a whole number from ${lowest} to ${highest}.`);
    return value;
  };
}
