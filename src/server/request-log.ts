import type { FastifyInstance } from "fastify";

/**
 * One line for each answer, with the searchId where there is one; pictures and page files only at level debug, for a
 * search brings dozens. Never a body, never a query string: both may hold a
 * photo or an address with a secret in it.
 */
export function logRequests(app: FastifyInstance): void {
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "";
    const minor = reply.statusCode < 400 && !(route.startsWith("/v1/") && request.method === "POST");
    request.log[minor ? "debug" : "info"]({
      method: request.method,
      path: withoutPhotoId(request.url.split("?")[0]!),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      ...(request.searchId ? { searchId: request.searchId } : {}),
      ...(request.problemCode ? { code: request.problemCode } : {}),
    });
  });
}

/** Who knows a photo's id can see the photo, so the log does not hold it. */
function withoutPhotoId(path: string): string {
  return path.replace(/^(\/v1\/photos\/).+/, "$1…");
}
