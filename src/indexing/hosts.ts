import { LookseeError } from "../errors.ts";
import { type FetchOptions, fetchPicture, HostFailure } from "./fetch-picture.ts";
import { Gate } from "./gate.ts";

/** Pictures asked of one host at a time. */
const PER_HOST = 4;
/** After so many failures in a row without a single answer between, a host is not asked again in this run. */
const GIVE_UP_AFTER = 8;

type Host = { gate: Gate; failures: number };

/** Downloads pictures with manners: few at once from each host, and no hour spent waiting for one that is gone. */
export class Hosts {
  readonly #options: FetchOptions;
  readonly #hosts = new Map<string, Host>();

  constructor(options: FetchOptions) {
    this.#options = options;
  }

  /** Throws what fetchPicture throws. */
  fetch(address: string): Promise<Uint8Array> {
    const name = URL.parse(address)?.host ?? "";
    let host = this.#hosts.get(name);
    if (!host) {
      host = { gate: new Gate(PER_HOST), failures: 0 };
      this.#hosts.set(name, host);
    }
    return host.gate.through(() => this.#ask(address, name, host));
  }

  async #ask(address: string, name: string, host: Host): Promise<Uint8Array> {
    if (host.failures >= GIVE_UP_AFTER)
      throw new LookseeError(
        "URL_FAILED",
        `${name} failed ${GIVE_UP_AFTER} times in a row and was not asked again`,
        "Import again once it answers",
      );
    try {
      const bytes = await fetchPicture(address, this.#options);
      host.failures = 0;
      return bytes;
    } catch (error) {
      // A picture that is missing or too large says nothing against its host.
      host.failures = error instanceof HostFailure ? host.failures + 1 : 0;
      throw error;
    }
  }
}
