import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

/** Where `npm run build:web` leaves the shopper's page: beside this room in dist, or in dist seen from src. */
export function builtPage(): string {
  const here = dirname(import.meta.dirname);
  return here.endsWith("dist") ? join(here, "web") : resolve(here, "../dist/web");
}

const MISSING = `<!doctype html><html lang="en"><title>looksee</title><h1>looksee is running</h1>
<p>The shopper's page is not built yet: run <code>npm run build:web</code> and reload.
The HTTP API answers already: see <a href="/docs">/docs</a>.</p>`;

/** The shopper's page at `/`. Its assets carry a hash in their names and are cached for a year, the page itself never. */
export async function pageRoutes(app: FastifyInstance, folder = builtPage()): Promise<void> {
  if (!existsSync(join(folder, "index.html"))) {
    app.get("/", { schema: { hide: true } }, async (_request, reply) => reply.type("text/html").send(MISSING));
    return;
  }
  await app.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders(reply, path) {
      const hashed = path.startsWith(join(folder, "assets"));
      reply.header("cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
}
