import type { FastifyInstance, FastifyRequest } from "fastify";
import { LookseeError } from "../errors.ts";

/** The page loads its own script and style, shows the shopper's photo from memory (blob:) and asks nobody else. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** Headers on every answer. No CORS header anywhere: other sites' scripts may not read the shop. */
export function secureHeaders(app: FastifyInstance): void {
  app.addHook("onSend", async (_request, reply) => {
    if (!reply.hasHeader("content-security-policy")) reply.header("content-security-policy", PAGE_POLICY);
    reply.header("x-content-type-options", "nosniff");
    reply.header("referrer-policy", "same-origin");
    reply.header("cross-origin-opener-policy", "same-origin");
    reply.header("cross-origin-resource-policy", "same-origin");
    reply.header("permissions-policy", "geolocation=(), microphone=(), payment=()");
  });
}

export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
  return bare === "localhost" || bare.endsWith(".localhost") || bare === "::1" || /^127(\.\d{1,3}){3}$/.test(bare);
}

/**
 * On loopback the address is the only lock, and a foreign site could pick it by pointing its own name at 127.0.0.1
 * (DNS rebinding). Its requests carry that name in Host, so only loopback names are answered.
 */
export function refuseForeignHosts(app: FastifyInstance): void {
  app.addHook("onRequest", async (request) => {
    if (isLoopback(request.hostname)) return;
    throw new LookseeError(
      "HOST_UNKNOWN",
      `this server answers on loopback only, not as ${request.hostname.slice(0, 80) || "an unnamed host"}`,
      "Open it as http://localhost, or let the proxy in front of it send `Host: localhost`",
    );
  });
}

/** A page of another site can send a form here, though it cannot read the answer; what changes the shop is not for it. */
export async function refuseForeignOrigin({ headers }: FastifyRequest): Promise<void> {
  const { origin, host } = headers;
  if (origin === undefined || headers["sec-fetch-site"] === "same-origin" || URL.parse(origin)?.host === host) return;
  throw new LookseeError(
    "ORIGIN_REFUSED",
    `a page of ${origin.slice(0, 100)} may not change this shop`,
    "Send the request from a program, or from a page of this server",
  );
}
