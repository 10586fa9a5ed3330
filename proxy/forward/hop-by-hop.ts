/**
 * Fields that belong to one connection (RFC 9110 §7.6.1). `trailer` is among them because it may go on only where
 * the body is chunked on our side too: Node throws on a Trailer field without chunked framing.
 */
const HOP_BY_HOP = new Set([
  "connection",
  "proxy-connection",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-authentication-info",
  "http2-settings",
]);

/** What Connection may not name away: framing and routing would change under us. */
const NEVER_NAMED = new Set(["host", "content-length", "transfer-encoding"]);

export function isHopByHop(lowerCaseName: string): boolean {
  return HOP_BY_HOP.has(lowerCaseName);
}

/** The further fields that a Connection field makes hop-by-hop, lower-cased. */
export function namedByConnection(connection: string | undefined): ReadonlySet<string> {
  if (connection === undefined || PLAIN.has(connection)) return NONE;
  const names = connection.split(",").map((name) => name.trim().toLowerCase());
  return new Set(names.filter((name) => !NEVER_NAMED.has(name)));
}

const NONE: ReadonlySet<string> = new Set();
/** What nearly everybody sends. */
const PLAIN: ReadonlySet<string> = new Set(["keep-alive", "Keep-Alive", "close", "Upgrade", "upgrade"]);
