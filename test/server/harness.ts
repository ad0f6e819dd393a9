import { onTestFinished } from "vitest";
import { createServer, type ServerOptions } from "../../src/server/server.ts";
import { ColourShop } from "./colour-shop.ts";

export const noDownloads = async (): Promise<Uint8Array> => {
  throw new Error("this test downloads nothing");
};

/** A door on a colour shop, closed after the test. */
export async function openDoor(options: Partial<ServerOptions> = {}, shop = new ColourShop()) {
  const app = await createServer(shop, { fetchPicture: noDownloads, page: "/nowhere", ...options });
  onTestFinished(() => app.close());
  return { app, shop };
}

export type Field = [name: string, value: string | Uint8Array, file?: string];

/** The payload and headers of a multipart form; a field with bytes is a file. */
export async function form(...fields: Field[]) {
  const data = new FormData();
  for (const [name, value, file] of fields)
    if (typeof value === "string") data.append(name, value);
    else data.append(name, new Blob([Buffer.from(value)]), file ?? "photo.jpg");
  const encoded = new Response(data);
  return {
    payload: Buffer.from(await encoded.arrayBuffer()),
    headers: { "content-type": encoded.headers.get("content-type")! },
  };
}
