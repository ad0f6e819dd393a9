import type { Command } from "commander";
import { config } from "../config.ts";
import { open } from "../index.ts";
import { settingsOf, whole } from "./settings.ts";

export function addServe(program: Command): void {
  program
    .command("serve")
    .description("answer over HTTP, and show the shopper's page")
    .option("--host <address>", "address to listen on", config.host)
    .option("--port <n>", "port to listen on", whole(0, 65535), config.port)
    .action(async (options: { host: string; port: number }, command: Command) => {
      const shop = await open(settingsOf(command).data, { create: false });
      try {
        await shop.models.keep();
        for (const { message } of await shop.models.faults()) process.stderr.write(`${message}\n`);
        const { serve } = await import("../server/index.ts"); // no other command waits for what it loads
        const server = await serve(shop, options);
        process.stderr.write(`looksee answers at ${server.url}\n`);
        await untilInterrupted();
        await server.close();
      } finally {
        await shop.close();
      }
    });
}

export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}
