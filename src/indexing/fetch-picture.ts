import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { LookseeError } from "../errors.ts";
import type { Connections } from "./connections.ts";
import { publicAddresses } from "./public-address.ts";

export type FetchOptions = {
  /** For one attempt, from looking up the host to the last byte. Default 20,000 ms. */
  timeoutMs?: number;
  /** An attempt ends when not a byte comes for so long. Default 10,000 ms. */
  silenceMs?: number;
  /** Default 30 MiB. */
  maxBytes?: number;
  /** Default 5. */
  maxRedirects?: number;
  /** Further attempts after 429 or 5xx; of these at most two after a time-out or a dropped connection. Default 2. */
  retries?: number;
  /** Pause before the first further attempt; doubles each time, with jitter. Default 500 ms. */
  backoffMs?: number;
  /** A server that asks for a longer pause than this is asked no more. Default 10,000 ms. */
  longestPauseMs?: number;
  /** For tests only: the one private address that may be asked, such as 127.0.0.2. */
  allowAddress?: string;
  signal?: AbortSignal;
};

/** What a server said of the picture's bytes, to be sent back when asking whether they have changed. */
export type Validators = { etag?: string | undefined; modified?: string | undefined };

/** `bytes` null: those of last time still hold. `freshMs`: for how long the server says so; null: it says nothing. */
export type Download = Validators & { bytes: Uint8Array | null; freshMs: number | null };

/** How an import behaves towards one host; see Hosts. */
export type Manners = {
  connections: Connections;
  /** Resolves when the host may be asked again. */
  ready(): Promise<void>;
  /** The host asked for fewer questions, or none for so long. */
  slower(ms: number): void;
};

const REMEDY = "Check that the address opens in a browser, then import again";
/** A stalled or dropped connection costs the whole time-out each time; an answer costs nothing. */
const MOST_UNANSWERED = 2;

/** The host itself gave no usable answer, however often it was asked. */
export class HostFailure extends LookseeError {}

/** An attempt that may go better next time. */
class Passing extends Error {
  readonly answered: boolean;
  readonly pauseMs: number;
  constructor(reason: string, answer?: { pauseMs: number }) {
    super(reason);
    this.answered = answer !== undefined;
    this.pauseMs = answer?.pauseMs ?? 0;
  }
}

/** The bytes behind an http(s) address; see download. */
export async function fetchPicture(address: string, options: FetchOptions = {}): Promise<Uint8Array> {
  return (await download(address, options)).bytes!; // without validators there is no "not changed"
}

/**
 * Downloads a picture, or learns that it has not changed. The host is resolved once, every address checked against
 * private ranges, and the connection made to the address that was checked; each redirect anew. Throws URL_REFUSED,
 * URL_FAILED, PICTURE_TOO_LARGE.
 */
export async function download(
  address: string,
  options: FetchOptions,
  validators: Validators = {},
  manners?: Manners,
): Promise<Download> {
  const { retries = 2, backoffMs = 500, longestPauseMs = 10_000, signal } = options;
  for (let attempt = 0, unanswered = 0; ; attempt++) {
    await manners?.ready();
    try {
      return await follow(address, options, validators, manners);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Passing)) throw error;
      if (!error.answered) unanswered++;
      if (attempt >= retries || unanswered > MOST_UNANSWERED || error.pauseMs > longestPauseMs) {
        const times = attempt === 0 ? "" : ` (asked ${attempt + 1} times)`;
        throw new HostFailure("URL_FAILED", `${shown(address)}: ${error.message}${times}`, REMEDY);
      }
      if (error.answered) manners?.slower(error.pauseMs);
      // Jitter, so that pictures that failed together do not come back together.
      const pause = Math.max(error.pauseMs, backoffMs * 2 ** attempt * (0.5 + Math.random() / 2));
      await sleep(pause, undefined, signal ? { signal } : {});
    }
  }
}

async function follow(
  address: string,
  options: FetchOptions,
  validators: Validators,
  manners: Manners | undefined,
): Promise<Download> {
  const { timeoutMs = 20_000, maxRedirects = 5, signal } = options;
  const clock = new Clock(timeoutMs, options.silenceMs ?? 10_000);
  const stop = signal ? AbortSignal.any([signal, clock.signal]) : clock.signal;
  let url = parse(address, undefined);
  try {
    for (let hops = 0; ; hops++) {
      const response = await ask(url, options, validators, manners, stop);
      clock.heard();
      const { statusCode = 0, headers } = response;
      if (statusCode === 304) {
        response.resume();
        return { ...validators, bytes: null, freshMs: freshnessOf(headers["cache-control"]) };
      }
      if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
        response.destroy();
        if (hops >= maxRedirects)
          throw new LookseeError("URL_FAILED", `${shown(address)}: more than ${maxRedirects} redirects`, REMEDY);
        url = parse(headers.location, url);
        continue;
      }
      if (statusCode === 200) {
        const bytes = await body(response, address, options, clock);
        const freshMs = freshnessOf(headers["cache-control"]);
        return { bytes, etag: headers.etag, modified: headers["last-modified"], freshMs };
      }
      response.destroy();
      if (statusCode === 429 || statusCode >= 500)
        throw new Passing(`the server answered ${statusCode}`, { pauseMs: pauseOf(headers["retry-after"]) });
      throw new LookseeError("URL_FAILED", `${shown(address)}: the server answered ${statusCode}`, REMEDY);
    }
  } catch (error) {
    if (error instanceof LookseeError || error instanceof Passing) throw error;
    signal?.throwIfAborted();
    if (clock.signal.aborted) throw new Passing(clock.signal.reason as string);
    throw new Passing(reasonOf(error as NodeJS.ErrnoException));
  } finally {
    clock.stop();
  }
}

/** Ends an attempt that takes too long in all, or falls silent. */
class Clock {
  readonly #stop = new AbortController();
  readonly #all: NodeJS.Timeout;
  readonly #silence: NodeJS.Timeout;

  constructor(allMs: number, silenceMs: number) {
    const end = (ms: number) => () => this.#stop.abort(`no answer within ${ms / 1000} s`);
    this.#all = setTimeout(() => this.#stop.abort(`not whole within ${allMs / 1000} s`), allMs);
    this.#silence = setTimeout(end(silenceMs), silenceMs);
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  heard(): void {
    this.#silence.refresh();
  }

  stop(): void {
    clearTimeout(this.#all);
    clearTimeout(this.#silence);
  }
}

async function ask(
  url: URL,
  { allowAddress }: FetchOptions,
  { etag, modified }: Validators,
  manners: Manners | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const looked = manners
    ? manners.connections.addresses(url.hostname, allowAddress)
    : publicAddresses(url.hostname, allowAddress);
  // The system's resolver knows no deadline of ours.
  const addresses = await Promise.race([looked, aborted(signal)]);
  const pinned: LookupFunction = (_host, { all }, callback) => {
    const first = addresses[0]!;
    if (all) callback(null, addresses);
    else callback(null, first.address, first.family);
  };
  const request: ClientRequest = (url.protocol === "https:" ? requestHttps : requestHttp)(url, {
    agent: manners?.connections.agent(url.protocol) ?? false,
    lookup: pinned,
    signal,
    headers: {
      accept: "image/*",
      "accept-encoding": "identity",
      "user-agent": "looksee",
      ...(etag === undefined ? {} : { "if-none-match": etag }),
      ...(modified === undefined ? {} : { "if-modified-since": modified }),
    },
  });
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  request.on("error", () => {}); // from now on the response tells
  return response;
}

async function body(
  response: IncomingMessage,
  address: string,
  options: FetchOptions,
  clock: Clock,
): Promise<Uint8Array> {
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
    clock.heard();
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

/** What Cache-Control says (RFC 9111): 0 for "ask each time", null when it says nothing. */
function freshnessOf(control: string | undefined): number | null {
  if (control === undefined) return null;
  if (/\bno-(?:cache|store)\b/i.test(control)) return 0;
  const seconds = /\bmax-age="?(\d{1,9})/i.exec(control)?.[1];
  return seconds === undefined ? null : Number(seconds) * 1000;
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === "ECONNREFUSED") return "the server refused the connection";
  if (code === "ECONNRESET" || message === "aborted") return "the connection was dropped before the picture was whole";
  if (code?.startsWith("HPE_")) return "the server's answer is no proper HTTP";
  return message || code || "the connection failed";
}
