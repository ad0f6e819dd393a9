import type { FastifyInstance } from "fastify";
import Type from "typebox";
import type { Door } from "./door.ts";
import { problems } from "./responses.ts";

const Live = Type.Object({ status: Type.Literal("live") });
const Ready = Type.Object({ status: Type.Literal("ready"), catalogs: Type.Integer({ minimum: 0 }) });

/** For whoever restarts or routes: live = the process answers, ready = the data folder and the model answer too. */
export function healthRoutes(app: FastifyInstance, { shop }: Door): void {
  const tags = ["health"];
  app.get(
    "/health/live",
    { schema: { operationId: "live", summary: "Does the process answer?", tags, response: { 200: ok(Live) } } },
    async () => ({ status: "live" }),
  );
  app.get(
    "/health/ready",
    {
      schema: {
        operationId: "ready",
        summary: "Can it search?",
        tags,
        response: { 200: ok(Ready), ...problems() },
      },
    },
    async () => {
      const names = shop.catalogs();
      if (names[0] !== undefined) await shop.catalog(names[0]).info(); // opens the model, too
      const faults = names.length > 0 ? await shop.models.faults() : [];
      if (faults.length > 0 && faults.length >= names.length) throw faults[0]; // no catalog answers
      return { status: "ready", catalogs: names.length };
    },
  );
}

const ok = (schema: Type.TSchema) => ({ description: "Yes", content: { "application/json": { schema } } });
