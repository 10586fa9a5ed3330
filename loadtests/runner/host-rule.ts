import { BlockList, isIP } from "node:net";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";

/*
 * Load never goes anywhere by accident: only to loopback, or to a host that a person named. The rule is about the
 * address that is really connected to, not only about the name; so the name is resolved once, judged, and pinned.
 */

/** A resolved address of a target. */
export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Never by a name, even an allowed one: link-local holds the cloud's metadata services (RFC 3927, RFC 4291 §2.5.6). */
const NEVER_BY_NAME = new BlockList();
NEVER_BY_NAME.addSubnet("0.0.0.0", 8, "ipv4");
NEVER_BY_NAME.addSubnet("169.254.0.0", 16, "ipv4");
NEVER_BY_NAME.addSubnet("224.0.0.0", 3, "ipv4");
NEVER_BY_NAME.addAddress("::", "ipv6");
NEVER_BY_NAME.addSubnet("fe80::", 10, "ipv6");
NEVER_BY_NAME.addSubnet("ff00::", 8, "ipv6");

/**
 * A target's URL: http or https, a host, perhaps a port and a path that goes before every request's. Throws
 * BYN-EVIDENCE-051 for anything else; a user or password in it would end up in logs.
 */
export function parseTarget(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const wrong =
    url === undefined
      ? "is not a URL"
      : url.protocol !== "http:" && url.protocol !== "https:"
        ? "must begin with http:// or https://"
        : url.username !== "" || url.password !== ""
          ? "must not hold a user or password; give them as a header"
          : url.search !== "" || url.hash !== ""
            ? "must not have a query or fragment; requests have their own"
            : undefined;
  if (url === undefined || wrong !== undefined) {
    // The text may hold a password: only what comes after it is shown.
    throw new BanyanError("BYN-EVIDENCE-051", `the URL ${text.replace(/^.*@/, "…@")} ${wrong ?? ""}`);
  }
  return url;
}

/** The host of a URL as `--allow-host` names it: lower case, an IPv6 address without brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1").toLowerCase();
}

/** For a name without an address: only `localhost` needs no permission. Throws BYN-EVIDENCE-052. */
export function mustBeNamed(host: string, allowedHosts: readonly string[]): void {
  if (host === "localhost" || host.endsWith(".localhost")) return;
  if (allowedHosts.some((name) => name.toLowerCase() === host)) return;
  throw new BanyanError("BYN-EVIDENCE-052", `${host} is neither this machine nor named with --allow-host`);
}

/**
 * Judges all addresses that a target's host resolved to. Throws BYN-EVIDENCE-052 when the host is neither loopback
 * nor named in `allowedHosts`, and BYN-EVIDENCE-053 when the name is fine but leads to a place it must not.
 */
export function judgeAddresses(
  host: string,
  addresses: readonly Address[],
  allowedHosts: readonly string[],
): void {
  const allowed = allowedHosts.some((name) => name.toLowerCase() === host);
  const literal = isIP(host) !== 0;
  for (const { address, family } of addresses) {
    const kind = family === 6 ? "ipv6" : "ipv4";
    if (LOOPBACK.check(address, kind)) continue;
    if (!allowed) {
      const code =
        host === "localhost" || host.endsWith(".localhost") ? "BYN-EVIDENCE-053" : "BYN-EVIDENCE-052";
      throw new BanyanError(code, `${host} (${address}) is neither loopback nor named with --allow-host`);
    }
    if (!literal && NEVER_BY_NAME.check(address, kind)) {
      throw new BanyanError("BYN-EVIDENCE-053", `the name ${host} leads to ${address}`);
    }
  }
  if (addresses.length === 0) throw new BanyanError("BYN-EVIDENCE-054", `${host} has no address`);
}
