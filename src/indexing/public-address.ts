import { lookup } from "node:dns/promises";
import { BlockList, isIP, isIPv6 } from "node:net";
import { LookseeError } from "../errors.ts";

/** Ranges that are not the public internet (IANA special-purpose registries, RFC 6890 and updates). */
const PRIVATE_4 = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const;
/** Only 2000::/3 is handed out; within it, these lead elsewhere: Teredo and friends, documentation, 6to4. */
const GLOBAL_6 = ["2000::", 3] as const;
const PRIVATE_6 = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const;

// A list each: BlockList compares across families, as IPv4 addresses mapped into IPv6.
const private4 = new BlockList();
for (const [net, prefix] of PRIVATE_4) private4.addSubnet(net, prefix, "ipv4");
const global6 = new BlockList();
global6.addSubnet(...GLOBAL_6, "ipv6");
const private6 = new BlockList();
for (const [net, prefix] of PRIVATE_6) private6.addSubnet(net, prefix, "ipv6");

/** Whether an IP address lies on the public internet. */
export function isPublic(address: string): boolean {
  if (isIPv6(address)) return global6.check(address, "ipv6") && !private6.check(address, "ipv6");
  return isIP(address) === 4 && !private4.check(address, "ipv4");
}

export type Address = { address: string; family: 4 | 6 };

/**
 * The addresses of a host, all of them checked. The caller connects to one of these and resolves no more, so a name
 * that answers differently a moment later changes nothing (DNS rebinding). `allow`: an address that a test may ask
 * although it is private. Throws URL_REFUSED, URL_FAILED.
 */
export async function publicAddresses(host: string, allow?: string): Promise<Address[]> {
  const bare = host.replace(/^\[|\]$/g, "");
  let found: Address[];
  try {
    found = (await lookup(bare, { all: true })) as Address[];
  } catch (cause) {
    throw new LookseeError("URL_FAILED", `the host ${bare} is not known`, "Check the address", { cause });
  }
  const wrong = found.find(({ address }) => !isPublic(address) && address !== allow);
  if (wrong || found.length === 0)
    throw new LookseeError(
      "URL_REFUSED",
      `${bare} leads into a private network (${wrong?.address ?? "no address"})`,
      "Give an address on the public internet, or a file",
    );
  return found;
}
