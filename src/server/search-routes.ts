import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import type { Door } from "./door.ts";
import { CatalogPath, FormQuery, ItemPath, JsonQuery, LimitQuery } from "./query-schema.ts";
import { readQuery } from "./read-query.ts";
import { problems } from "./responses.ts";
import type { SearchResult } from "./result-schema.ts";

type Path = { c: string };

/** Photo in, products out. */
export function searchRoutes(app: FastifyInstance, { shop, photos, fetchPicture }: Door): void {
  app.post<{ Params: Path }>(
    "/v1/catalogs/:c/search",
    {
      // The body comes in two kinds; read-query.ts checks both, so that their complaints are the same.
      validatorCompiler: () => () => true,
      schema: {
        operationId: "search",
        summary: "Search by a picture, or by an item's pictures",
        description:
          "A form with the picture as a file, or JSON that names exactly one of `imageUrl`, `imageBase64`, `imageId` " +
          "and `itemId`. The answer's `imageId` names the photo, so that moving the box need not send it again. " +
          "Photos are kept for 24 hours without their metadata.",
        tags: ["search"],
        params: CatalogPath,
        body: {
          content: { "multipart/form-data": { schema: FormQuery }, "application/json": { schema: JsonQuery } },
        },
        response: {
          200: { description: "The products, best first", content: json(Type.Ref("SearchResult")) },
          ...problems(400, 404, 410, 413, 415, 422),
        },
      },
    },
    async (request, reply) => {
      const catalog = shop.catalog(request.params.c);
      const query = await readQuery(request, fetchPicture);
      if (query.imageId) await photos?.settled(query.imageId);
      const result = await catalog.search(query);
      const asked = query.image && !query.cursor ? query.image : undefined; // a next page brings no new photo
      const imageId = asked ? (photos?.keep(asked, reply) ?? null) : result.imageId;
      return answer(request, reply, { ...result, imageId });
    },
  );

  app.get<{ Params: Path & { itemId: string }; Querystring: { limit?: number } }>(
    "/v1/catalogs/:c/similar/:itemId",
    {
      schema: {
        operationId: "similar",
        summary: "More like this item",
        tags: ["search"],
        params: ItemPath,
        querystring: LimitQuery,
        response: {
          200: { description: "The most similar items, best first", content: json(Type.Ref("SearchResult")) },
          ...problems(400, 404),
        },
      },
    },
    async (request, reply) => {
      const { c, itemId } = request.params;
      return answer(request, reply, await shop.catalog(c).similar(itemId, request.query));
    },
  );
}

const json = (schema: Type.TSchema) => ({ "application/json": { schema } });

/** Addresses a hit's picture by this door's own route, whatever the library said, and leaves the searchId for the log. */
function answer(request: FastifyRequest, reply: FastifyReply, result: SearchResult): SearchResult {
  const { c } = request.params as Path;
  request.searchId = result.searchId;
  reply.header("cache-control", "no-store");
  return { ...result, hits: result.hits.map((hit) => ({ ...hit, imageUrl: pictureUrl(c, hit.imageId) })) };
}

export function pictureUrl(catalog: string, imageId: number): string {
  return `/v1/catalogs/${encodeURIComponent(catalog)}/images/${imageId}`;
}
