import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { Catalog, Item } from "./catalog-schema.ts";
import { type Document, docsPage } from "./docs-page.ts";
import { Model } from "./model-schema.ts";
import { Problem } from "./problem.ts";
import { resultExample } from "./result-example.ts";
import { SearchResult } from "./result-schema.ts";

const TAGS = [
  { name: "search", description: "A photo in, products out" },
  { name: "catalogs", description: "What the shop has" },
  { name: "models", description: "The networks that look at pictures" },
  { name: "pictures", description: "Catalog pictures and query photos" },
  { name: "health", description: "For whoever runs it" },
];

/** Collects the routes' schemas; register before the routes. `/openapi.json` and `/docs` are made from what it collects. */
export async function openapi(app: FastifyInstance, version: string): Promise<void> {
  for (const schema of [Problem, Catalog, Item, Model, { ...SearchResult, examples: [resultExample] }])
    app.addSchema(schema);
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "looksee",
        version,
        description: "Photo search for your shop: a photo in, the same product out, then the most similar ones.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: "/" }],
      tags: TAGS,
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `schema${index}`) },
  });
  app.get("/openapi.json", { schema: { hide: true } }, async () => app.swagger());
  app.get("/docs", { schema: { hide: true } }, async (_request, reply) => {
    const { html, policy } = docsPage(app.swagger() as unknown as Document);
    return reply.header("content-security-policy", policy).type("text/html; charset=utf-8").send(html);
  });
}
