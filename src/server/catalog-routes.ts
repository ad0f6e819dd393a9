import type { FastifyInstance } from "fastify";
import Type from "typebox";
import { Catalogs, type Item, Items } from "./catalog-schema.ts";
import type { Door } from "./door.ts";
import { CatalogPath, ItemPath, PageQuery } from "./query-schema.ts";
import { problems } from "./responses.ts";
import { pictureUrl } from "./search-routes.ts";
import type { ShopItem } from "./shop.ts";

const tags = ["catalogs"];

/** What the shop has: its catalogs, and their items. */
export function catalogRoutes(app: FastifyInstance, { shop }: Door): void {
  app.get(
    "/v1/catalogs",
    {
      schema: {
        operationId: "listCatalogs",
        summary: "The shop's catalogs",
        tags,
        response: { 200: described("The catalogs, by name", Catalogs), ...problems() },
      },
    },
    async () => {
      const names = shop.catalogs().sort();
      return { catalogs: await Promise.all(names.map((name) => shop.catalog(name).info())) };
    },
  );

  app.get<{ Params: { c: string } }>(
    "/v1/catalogs/:c",
    {
      schema: {
        operationId: "getCatalog",
        summary: "One catalog: counts, categories, model",
        tags,
        params: CatalogPath,
        response: { 200: described("The catalog", Type.Ref("Catalog")), ...problems(404) },
      },
    },
    async (request) => shop.catalog(request.params.c).info(),
  );

  app.get<{ Params: { c: string }; Querystring: { limit?: number; cursor?: string } }>(
    "/v1/catalogs/:c/items",
    {
      schema: {
        operationId: "listItems",
        summary: "The catalog's items, page by page",
        tags,
        params: CatalogPath,
        querystring: PageQuery,
        response: { 200: described("A page of items", Items), ...problems(400, 404, 410) },
      },
    },
    async (request) => {
      const { c } = request.params;
      const { items, nextCursor } = await shop.catalog(c).items({ limit: 20, ...request.query });
      return { items: items.map((item) => addressed(c, item)), nextCursor };
    },
  );

  app.get<{ Params: { c: string; itemId: string } }>(
    "/v1/catalogs/:c/items/:itemId",
    {
      schema: {
        operationId: "getItem",
        summary: "One item",
        tags,
        params: ItemPath,
        response: { 200: described("The item", Type.Ref("Item")), ...problems(404) },
      },
    },
    async (request) => {
      const { c, itemId } = request.params;
      return addressed(c, await shop.catalog(c).item(itemId));
    },
  );
}

const described = (description: string, schema: Type.TSchema) => ({
  description,
  content: { "application/json": { schema } },
});

function addressed(catalog: string, item: ShopItem): Item {
  return { ...item, imageUrl: item.imageId === null ? null : pictureUrl(catalog, item.imageId) };
}
