import { setTimeout as sleep } from "node:timers/promises";
import { LookseeError } from "../errors.ts";
import { Connections } from "./connections.ts";
import {
  type Download,
  download,
  type FetchOptions,
  HostFailure,
  type Manners,
  type Validators,
} from "./fetch-picture.ts";
import { Gate } from "./gate.ts";

/** Pictures asked of one host at a time, as a browser does; fewer while it says that this is too many. */
const PER_HOST = 6;
/** Pictures on their way at a time from all hosts; with the largest picture allowed, this bounds the memory. */
const IN_ALL = 24;
/** Answers in a row after which a host that was slowed down is asked one more at a time. */
const FORGIVEN_AFTER = 20;
/** After so many failures in a row without a single answer between, a host is not asked again in this run. */
const GIVE_UP_AFTER = 8;

/** An import has more patience than a shopper. */
const PATIENCE = { timeoutMs: 60_000, silenceMs: 10_000, retries: 4, longestPauseMs: 60_000 };

type Host = { gate: Gate; failures: number; answers: number; restUntil: number };

/** Downloads pictures with manners: few at once from each host, and no hour spent waiting for one that is gone. */
export class Hosts {
  readonly #options: FetchOptions;
  readonly #hosts = new Map<string, Host>();
  readonly #all = new Gate(IN_ALL);
  readonly #connections = new Connections(PER_HOST);

  constructor(options: FetchOptions) {
    this.#options = { ...PATIENCE, ...options };
  }

  /**
   * Downloads, and holds the host's place until `use` is done with the bytes, so that no more of them are in memory
   * than places. Throws what `download` throws, and what `use` throws.
   */
  fetch<T>(address: string, validators: Validators, use: (download: Download) => Promise<T>): Promise<T> {
    const name = URL.parse(address)?.host ?? "";
    let host = this.#hosts.get(name);
    if (!host) {
      host = { gate: new Gate(PER_HOST), failures: 0, answers: 0, restUntil: 0 };
      this.#hosts.set(name, host);
    }
    const { gate } = host;
    return gate.through(() => this.#all.through(async () => use(await this.#ask(address, validators, name, host))));
  }

  /** Ends the connections that were kept. */
  close(): void {
    this.#connections.close();
  }

  async #ask(address: string, validators: Validators, name: string, host: Host): Promise<Download> {
    if (host.failures >= GIVE_UP_AFTER)
      throw new LookseeError(
        "URL_FAILED",
        `${name} failed ${GIVE_UP_AFTER} times in a row and was not asked again`,
        "Import again once it answers",
      );
    try {
      const got = await download(address, this.#options, validators, this.#manners(host));
      host.failures = 0;
      if (++host.answers % FORGIVEN_AFTER === 0) host.gate.width = Math.min(PER_HOST, host.gate.width + 1);
      return got;
    } catch (error) {
      // A picture that is missing or too large says nothing against its host.
      host.failures = error instanceof HostFailure ? host.failures + 1 : 0;
      throw error;
    }
  }

  #manners(host: Host): Manners {
    const { signal } = this.#options;
    return {
      connections: this.#connections,
      ready: async () => {
        for (let ms = host.restUntil - Date.now(); ms > 0; ms = host.restUntil - Date.now())
          await sleep(ms, undefined, signal ? { signal } : {});
      },
      slower: (ms) => {
        host.gate.width = Math.max(1, host.gate.width >> 1);
        host.answers = 0;
        host.restUntil = Math.max(host.restUntil, Date.now() + ms);
      },
    };
  }
}
