import { isHopByHop } from "./hop-by-hop.ts";

/**
 * What a trailer may not say (RFC 9110 §6.5.1): whoever merges trailers into the header would change framing, routing,
 * identity or the meaning of the body after everybody has looked at them.
 */
const NEVER = new Set([
  "host",
  "content-length",
  "content-encoding",
  "content-type",
  "content-range",
  "authorization",
  "cookie",
  "set-cookie",
  "cache-control",
  "expect",
  "range",
  "max-forwards",
  "location",
  "date",
  "expires",
  "vary",
  "age",
]);

/** The trailers to pass on, as pairs in the sender's own letter case and order. `isSayable` has the last word. */
export function trailersOf(
  rawTrailers: readonly string[],
  isSayable: (lowerCaseName: string) => boolean,
): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < rawTrailers.length; i += 2) {
    const name = rawTrailers[i] ?? "";
    const lower = name.toLowerCase();
    if (isHopByHop(lower) || NEVER.has(lower) || !isSayable(lower)) continue;
    pairs.push([name, rawTrailers[i + 1] ?? ""]);
  }
  return pairs;
}
