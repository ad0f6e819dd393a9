import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Door } from "./door.ts";
import { ImagePath, PhotoPath, SizeQuery } from "./query-schema.ts";
import { problems } from "./responses.ts";
import type { ServedPicture } from "./shop.ts";

const jpeg = { type: "string", format: "binary" } as const;

/** Pictures of the catalog, and the shopper's own photo. */
export function pictureRoutes(app: FastifyInstance, { shop, photos }: Door): void {
  app.get<{ Params: { c: string; imageId: number }; Querystring: { size?: number } }>(
    "/v1/catalogs/:c/images/:imageId",
    {
      schema: {
        operationId: "getImage",
        summary: "A picture of the catalog, original or shrunk",
        description: "Carries an ETag; an imageId never names another picture, so it may be cached for long.",
        tags: ["pictures"],
        params: ImagePath,
        querystring: SizeQuery,
        response: {
          200: { description: "The picture", content: { "image/*": { schema: jpeg } } },
          304: { description: "The picture is the one the client has", type: "null" },
          ...problems(400, 404),
        },
      },
    },
    async (request, reply) => {
      const { imageId } = request.params;
      const { size } = request.query;
      const catalog = shop.catalog(request.params.c);
      const picture = await (size ? catalog.thumbnail(imageId, size) : catalog.picture(imageId));
      reply.header("cache-control", "public, max-age=86400");
      return sendPicture(request, reply, picture, size);
    },
  );

  app.get<{ Params: { id: string } }>(
    "/v1/photos/:id",
    {
      schema: {
        operationId: "getPhoto",
        summary: "A query photo, for as long as it is kept",
        tags: ["pictures"],
        params: PhotoPath,
        response: {
          200: { description: "The photo, upright and without metadata", content: { "image/jpeg": { schema: jpeg } } },
          ...problems(404),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      await photos?.settled(id);
      const bytes = await shop.photo(id);
      // The shopper's browser may keep it as long as the shop does; nothing between the two may.
      reply.header("cache-control", "private, max-age=3600");
      return reply.type("image/jpeg").send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    },
  );
}

function sendPicture(request: FastifyRequest, reply: FastifyReply, picture: ServedPicture, size = 0): FastifyReply {
  const etag = `"${picture.etag.replaceAll('"', "")}${size ? `-${size}` : ""}"`;
  reply.header("etag", etag);
  const known = request.headers["if-none-match"]?.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  if (known?.some((tag) => tag === etag || tag === "*")) return reply.code(304).send();
  const { bytes } = picture;
  return reply.type(picture.mime).send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}
