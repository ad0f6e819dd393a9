import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { type Address, publicAddresses } from "./public-address.ts";

/** A host's checked addresses are used for so long before it is looked up, and checked, again. */
const LOOKED_UP_MS = 60_000;

/**
 * Connections kept open between pictures of one host. One that is kept was made to an address that was checked, so
 * using it again is as safe as the first time.
 */
export class Connections {
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;
  readonly #known = new Map<string, { addresses: Promise<Address[]>; until: number }>();

  constructor(perHost: number) {
    const options = { keepAlive: true, maxSockets: perHost, maxFreeSockets: perHost, timeout: 5000 };
    this.#http = new HttpAgent(options);
    this.#https = new HttpsAgent(options);
  }

  agent(protocol: string): HttpAgent {
    return protocol === "https:" ? this.#https : this.#http;
  }

  /** As publicAddresses, looked up once a minute. */
  addresses(host: string, allow: string | undefined): Promise<Address[]> {
    const known = this.#known.get(host);
    if (known && Date.now() < known.until) return known.addresses;
    const addresses = publicAddresses(host, allow);
    this.#known.set(host, { addresses, until: Date.now() + LOOKED_UP_MS });
    addresses.catch(() => this.#known.delete(host));
    return addresses;
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}
