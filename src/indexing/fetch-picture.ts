import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { LookseeError } from "../errors.ts";
import { publicAddresses } from "./public-address.ts";

export type FetchOptions = {
  /** For one attempt, from looking up the host to the last byte. Default 20,000 ms. */
  timeoutMs?: number;
  /** Default 30 MiB. */
  maxBytes?: number;
  /** Default 5. */
  maxRedirects?: number;
  /** Further attempts after a time-out, a dropped connection, 429 or 5xx. Default 2. */
  retries?: number;
  /** Pause before the first further attempt; doubles each time, with jitter. Default 500 ms. */
  backoffMs?: number;
  /** For tests only: a server on this machine may be asked. */
  allowLoopback?: boolean;
  signal?: AbortSignal;
};

/** A server that asks for a longer pause than this is asked no more. */
const LONGEST_PAUSE_MS = 10_000;
const REMEDY = "Check that the address opens in a browser, then import again";

/** The host itself gave no usable answer, however often it was asked. */
export class HostFailure extends LookseeError {}

/** An attempt that may go better next time. */
class Passing extends Error {
  readonly pauseMs: number;
  constructor(reason: string, pauseMs = 0) {
    super(reason);
    this.pauseMs = pauseMs;
  }
}

/**
 * The bytes behind an http(s) address. The host is resolved once, every address checked against private ranges, and
 * the connection made to the address that was checked; each redirect anew. Throws URL_REFUSED, URL_FAILED,
 * PICTURE_TOO_LARGE.
 */
export async function fetchPicture(address: string, options: FetchOptions = {}): Promise<Uint8Array> {
  const { retries = 2, backoffMs = 500, signal } = options;
  for (let attempt = 0; ; attempt++) {
    try {
      return await follow(address, options);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Passing)) throw error;
      if (attempt >= retries || error.pauseMs > LONGEST_PAUSE_MS) {
        const times = attempt === 0 ? "" : ` (asked ${attempt + 1} times)`;
        throw new HostFailure("URL_FAILED", `${shown(address)}: ${error.message}${times}`, REMEDY);
      }
      // Jitter, so that pictures that failed together do not come back together.
      const pause = Math.max(error.pauseMs, backoffMs * 2 ** attempt * (0.5 + Math.random() / 2));
      await sleep(pause, undefined, signal ? { signal } : {});
    }
  }
}

async function follow(address: string, options: FetchOptions): Promise<Uint8Array> {
  const { timeoutMs = 20_000, maxRedirects = 5, signal } = options;
  const deadline = AbortSignal.timeout(timeoutMs);
  const stop = signal ? AbortSignal.any([signal, deadline]) : deadline;
  let url = parse(address, undefined);
  try {
    for (let hops = 0; ; hops++) {
      const response = await ask(url, options, stop);
      const { statusCode = 0, headers } = response;
      if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
        response.destroy();
        if (hops >= maxRedirects)
          throw new LookseeError("URL_FAILED", `${shown(address)}: more than ${maxRedirects} redirects`, REMEDY);
        url = parse(headers.location, url);
        continue;
      }
      if (statusCode === 200) return await body(response, address, options);
      response.destroy();
      if (statusCode === 429 || statusCode >= 500)
        throw new Passing(`the server answered ${statusCode}`, pauseOf(headers["retry-after"]));
      throw new LookseeError("URL_FAILED", `${shown(address)}: the server answered ${statusCode}`, REMEDY);
    }
  } catch (error) {
    if (error instanceof LookseeError || error instanceof Passing) throw error;
    if (deadline.aborted && !signal?.aborted) throw new Passing(`no answer within ${timeoutMs / 1000} s`);
    signal?.throwIfAborted();
    throw new Passing(reasonOf(error as NodeJS.ErrnoException));
  }
}

async function ask(url: URL, options: FetchOptions, signal: AbortSignal): Promise<IncomingMessage> {
  // The system's resolver knows no deadline of ours.
  const addresses = await Promise.race([publicAddresses(url.hostname, options.allowLoopback), aborted(signal)]);
  const pinned: LookupFunction = (_host, { all }, callback) => {
    const first = addresses[0]!;
    if (all) callback(null, addresses);
    else callback(null, first.address, first.family);
  };
  const request: ClientRequest = (url.protocol === "https:" ? requestHttps : requestHttp)(url, {
    agent: false, // a kept connection would be one more thing to check
    lookup: pinned,
    signal,
    headers: { accept: "image/*", "accept-encoding": "identity", "user-agent": "looksee" },
  });
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  request.on("error", () => {}); // from now on the response tells
  return response;
}

async function body(response: IncomingMessage, address: string, options: FetchOptions): Promise<Uint8Array> {
  const { maxBytes = 30 * 1024 * 1024 } = options;
  const tooLarge = () => {
    response.destroy();
    const problem = `${shown(address)} is larger than ${Math.floor(maxBytes / 1024)} KiB`;
    return new LookseeError("PICTURE_TOO_LARGE", problem, "Put a smaller picture there");
  };
  if (Number(response.headers["content-length"] ?? 0) > maxBytes) throw tooLarge();
  const encoding = response.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") {
    response.destroy();
    throw new LookseeError("URL_FAILED", `${shown(address)}: the server sent it as ${encoding}, unasked`, REMEDY);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function parse(text: string, base: URL | undefined): URL {
  const url = URL.parse(text, base?.href);
  if (!url) throw new LookseeError("URL_FAILED", `${JSON.stringify(text.slice(0, 200))} is no address`, "Correct it");
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new LookseeError("URL_REFUSED", `${shown(url.href)} is neither http nor https`, "Give an http(s) address");
  return url;
}

/** Without a user's name, password or query: they may be keys, and this goes into logs. */
function shown(address: string): string {
  const url = URL.parse(address);
  return url ? `${url.protocol}//${url.host}${url.pathname}`.slice(0, 300) : address.slice(0, 100);
}

function pauseOf(retryAfter: string | undefined): number {
  if (retryAfter === undefined) return 0;
  const seconds = Number(retryAfter);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(retryAfter) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === "ECONNREFUSED") return "the server refused the connection";
  if (code === "ECONNRESET" || message === "aborted") return "the connection was dropped before the picture was whole";
  return message || code || "the connection failed";
}
