import type { FastifyInstance } from "fastify";
import Type from "typebox";
import type { Door } from "./door.ts";
import { Models } from "./model-schema.ts";
import { ModelPath } from "./query-schema.ts";
import { problems } from "./responses.ts";
import { refuseForeignOrigin } from "./security.ts";

const tags = ["models"];

/** Which networks there are, which of them answers, and how to let another answer. */
export function modelRoutes(app: FastifyInstance, { shop }: Door): void {
  app.get(
    "/v1/models",
    {
      schema: {
        operationId: "listModels",
        summary: "The models, the one that comes with looksee first",
        tags,
        response: { 200: described("The models", Models), ...problems() },
      },
    },
    async () => ({ models: await shop.models.list() }),
  );

  app.post<{ Params: { m: string } }>(
    "/v1/models/:m/promote",
    {
      onRequest: refuseForeignOrigin,
      schema: {
        operationId: "promoteModel",
        summary: "Let a model answer from now on, once it has seen every picture",
        tags,
        params: ModelPath,
        response: { 200: described("The model", Type.Ref("Model")), ...problems(403, 404, 409) },
      },
    },
    async (request) => shop.models.promote(request.params.m),
  );
}

const described = (description: string, schema: Type.TSchema) => ({
  description,
  content: { "application/json": { schema } },
});
