import { readFileSync } from "node:fs";
import { join } from "node:path";
import multipart from "@fastify/multipart";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { config } from "../config.ts";
import { LookseeError } from "../errors.ts";
import { catalogRoutes } from "./catalog-routes.ts";
import type { Door } from "./door.ts";
import { healthRoutes } from "./health-routes.ts";
import { modelRoutes } from "./model-routes.ts";
import { openapi } from "./openapi.ts";
import { pageRoutes } from "./page-routes.ts";
import { PhotoKeeper } from "./photo-keeper.ts";
import { pictureRoutes } from "./picture-routes.ts";
import { asLooksee, sendProblem } from "./problem.ts";
import type { FetchPicture } from "./read-query.ts";
import { logRequests } from "./request-log.ts";
import { searchRoutes } from "./search-routes.ts";
import { refuseForeignHosts, secureHeaders } from "./security.ts";
import type { DoorShop } from "./shop.ts";
import { compileParameters } from "./validate.ts";

export type ServerOptions = {
  /** Downloads a picture by its address, safely; URL_REFUSED, URL_FAILED. */
  fetchPicture: FetchPicture;
  /** A pino logger; no log without one. */
  logger?: FastifyBaseLogger;
  /** Bytes; a larger request is refused. Default config.maxBodyBytes. */
  maxBodyBytes?: number;
  /** Hours a query photo is kept; 0 keeps none. Default config.photoHours. */
  photoHours?: number;
  /** Folder of the built shopper's page. */
  page?: string;
  /** Answer under loopback names only. Default true: without keys the door never opens further. */
  loopbackOnly?: boolean;
  version?: string;
};

/** The HTTP door of a shop, ready for `inject` or `listen`. It adds no searching of its own. */
export async function createServer(shop: DoorShop, options: ServerOptions): Promise<FastifyInstance> {
  const bodyLimit = options.maxBodyBytes ?? config.maxBodyBytes;
  const app = Fastify({
    ...(options.logger ? { loggerInstance: options.logger } : {}),
    logController: new LogController({ disableRequestLogging: true }), // request-log.ts writes one line instead
    // An address that cannot be decoded reaches no route, and so no error handler.
    frameworkErrors: (error, request, reply) => void sendProblem(request, reply, asLooksee(error, bodyLimit)),
    bodyLimit,
    requestTimeout: 60_000,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 1024 },
  });
  // The schemas check what comes in and describe what goes out; dropping fields silently is not their business.
  app.setValidatorCompiler(compileParameters);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));

  app.decorateRequest("searchId", undefined);
  app.decorateRequest("problemCode", undefined);
  app.setErrorHandler((error, request, reply) => {
    const known = asLooksee(error, bodyLimit);
    if (known.status >= 500) request.log.error({ err: error }, known.code);
    return sendProblem(request, reply, known);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?")[0]!.slice(0, 200);
    const problem = `there is no ${request.method} ${path}`;
    return sendProblem(
      request,
      reply,
      new LookseeError("ROUTE_UNKNOWN", problem, "See /docs for the routes there are"),
    );
  });

  logRequests(app);
  secureHeaders(app);
  if (options.loopbackOnly ?? true) refuseForeignHosts(app);
  refuseLongBodies(app, bodyLimit);
  await app.register(multipart, { limits: { fileSize: bodyLimit } });
  await openapi(app, options.version ?? packageVersion());

  const photos = (options.photoHours ?? config.photoHours) > 0 ? new PhotoKeeper(shop) : undefined;
  const door: Door = { shop, photos, fetchPicture: options.fetchPicture };
  for (const routes of [searchRoutes, catalogRoutes, modelRoutes, pictureRoutes, healthRoutes]) routes(app, door);
  await pageRoutes(app, options.page);
  app.addHook("onClose", async () => photos?.close());
  return app;
}

/** package.json lies two folders up, from src/server and from dist/server alike. */
function packageVersion(): string {
  return JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8")).version;
}

/** Forms are read part by part, past Fastify's own limit; what announces itself as too long is refused unread. */
function refuseLongBodies(app: FastifyInstance, bodyLimit: number): void {
  app.addHook("onRequest", async (request) => {
    if (Number(request.headers["content-length"] ?? 0) > bodyLimit)
      throw Object.assign(new Error("too long"), { code: "FST_ERR_CTP_BODY_TOO_LARGE", statusCode: 413 });
  });
}
