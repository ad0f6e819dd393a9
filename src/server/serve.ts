import pino from "pino";
import { config } from "../config.ts";
import { LookseeError } from "../errors.ts";
import { fetchPicture, type Shop } from "../index.ts";
import { isLoopback } from "./security.ts";
import { createServer, type ServerOptions } from "./server.ts";

export type ServeOptions = Partial<ServerOptions> & { host?: string; port?: number };
export type Serving = { url: string; close(): Promise<void> };

/** Opens the door and resolves once it listens. Port 0 takes any free one. HOST_NEEDS_KEY, PORT_IN_USE. */
export async function serve(shop: Shop, options: ServeOptions = {}): Promise<Serving> {
  const { host = config.host, port = config.port, ...rest } = options;
  if (!isLoopback(host))
    throw new LookseeError(
      "HOST_NEEDS_KEY",
      `without a key looksee does not listen on ${host}, where others can reach it`,
      "Serve on 127.0.0.1, and put a proxy that asks for a password in front if others are to use it",
    );
  // Standard output is for data; the log goes to standard error.
  const logger = rest.logger ?? pino({ level: "info", base: null }, pino.destination(2));
  const app = await createServer(shop, { fetchPicture, ...rest, logger });
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw listenError(error as NodeJS.ErrnoException, host, port);
  }
  const { port: taken } = app.server.address() as { port: number };
  const name = host.includes(":") ? `[${host}]` : host;
  return { url: `http://${name}:${taken}`, close: () => app.close() };
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): unknown {
  if (error.code === "EADDRINUSE")
    return new LookseeError(
      "PORT_IN_USE",
      `port ${port} on ${host} is taken by another program`,
      `Choose another with --port, for example --port ${port + 1}, or end the other one`,
    );
  if (error.code === "EACCES")
    return new LookseeError(
      "USAGE",
      `port ${port} may not be opened by this user`,
      "Choose one above 1023 with --port",
    );
  return error;
}
