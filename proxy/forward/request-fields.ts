import type { ClientRequest, IncomingHttpHeaders } from "node:http";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
import { isHopByHop, namedByConnection } from "./hop-by-hop.ts";

export interface RequestFacts {
  readonly peer: string;
  readonly trusted: boolean;
  readonly requestId: string;
  readonly hops: number;
  readonly upgrade: boolean;
  /** Pairs that name our span, while tracing is on; else the client's own go on, if they are valid. */
  readonly trace: readonly string[] | undefined;
  /** Headers that carry an identity; only trusted peers may send them. */
  readonly identityHeaders: ReadonlySet<string>;
}

/** The header of the request to the upstream, as flat pairs of name and value in the client's order and letter case. */
export interface RequestFields {
  /** Each stands once: host, framing, connection. In an upgrade it replaces what the library put there. */
  readonly single: readonly string[];
  /** May be repeated; then they stay so. */
  readonly rest: readonly string[];
}

/** Ours to say, not the client's: set anew below, or between client and proxy only. */
const OURS = new Set<string>([HEADERS.requestId, "expect", "proxy"]);
/** Said once, in its own spelling; with an underscore it would be read as a second one. */
const FRAMING = new Set(["host", "content-length"]);
const PEERS = new Set([
  "forwarded",
  "x-real-ip",
  "x-client-ip",
  "true-client-ip",
  // Some upstreams serve the path that these name, which `deny` has not seen.
  "x-original-url",
  "x-original-uri",
  "x-rewrite-url",
]);
/** W3C Trace Context §3.2: version ff is invalid, and so are ids of zeros. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;

/**
 * The header fields that go to the upstream, from `raw` (flat pairs) and Node's reading of them, `given`. Framing is
 * kept as the client chose it: a body whose `transfer-encoding` was dropped would follow a GET or DELETE unframed, as
 * a request of its own.
 */
export function requestFields(
  raw: readonly string[],
  given: IncomingHttpHeaders,
  facts: RequestFacts,
): RequestFields {
  const named = namedByConnection(given.connection);
  const traced =
    facts.trace === undefined &&
    given.traceparent !== undefined &&
    TRACEPARENT.test(given.traceparent.toString());
  const chunked = given["transfer-encoding"] !== undefined;
  const single: string[] = [];
  const rest: string[] = [];
  let cookie = given.cookie;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? "";
    const value = raw[i + 1] ?? "";
    const lower = name.toLowerCase();
    if (lower === "host" || lower === "content-length") {
      single.push(name, value);
      continue;
    }
    if (lower === "trailer" && chunked) rest.push(name, value);
    if (named.has(lower) || !isClientsToSay(lower, facts)) continue;
    if (!traced && (lower === HEADERS.traceparent || lower === "tracestate")) continue;
    if (lower === "cookie") {
      // Upstreams expect one of it (RFC 6265 §5.4); HTTP/2 clients may have split it.
      if (cookie !== undefined) rest.push(name, cookie);
      cookie = undefined;
    } else rest.push(name, value);
  }
  if (chunked) single.push("Transfer-Encoding", "chunked");
  pushConnection(single, given, named, facts.upgrade);
  const before = facts.trusted ? given["x-forwarded-for"] : undefined;
  rest.push("x-forwarded-for", before === undefined ? facts.peer : `${before.toString()}, ${facts.peer}`);
  if (!facts.trusted || given["x-forwarded-proto"] === undefined) rest.push("x-forwarded-proto", "http");
  if (given.host !== undefined && !(facts.trusted && given["x-forwarded-host"] !== undefined)) {
    rest.push("x-forwarded-host", given.host);
  }
  rest.push(HEADERS.requestId, facts.requestId, HEADERS.hops, String(facts.hops + 1));
  if (facts.trace !== undefined) rest.push(...facts.trace);
  return { single, rest };
}

/** Writes them on a request whose header has not been sent. Throws what Node throws on characters that it refuses. */
export function writeFields(to: ClientRequest, { single, rest }: RequestFields): void {
  for (let i = 0; i + 1 < single.length; i += 2) to.setHeader(single[i] ?? "", single[i + 1] ?? "");
  for (let i = 0; i + 1 < rest.length; i += 2) {
    const name = rest[i] ?? "";
    // Node checks name and value twice when the first of a name is appended.
    if (to.hasHeader(name)) to.appendHeader(name, rest[i + 1] ?? "");
    else to.setHeader(name, rest[i + 1] ?? "");
  }
}

/**
 * Whether a field, or a trailer, of the client's goes on as it is. An underscore counts as a dash: CGI-like upstreams
 * read `X_User_Id` as `X-User-Id`.
 */
export function isClientsToSay(
  lower: string,
  { trusted, identityHeaders }: Pick<RequestFacts, "trusted" | "identityHeaders">,
): boolean {
  const dashed = lower.includes("_") ? lower.replaceAll("_", "-") : lower;
  if (isHopByHop(dashed) || OURS.has(dashed) || FRAMING.has(dashed)) return false;
  if (dashed.startsWith("x-")) {
    // Ours alone, and the one that the proxy adds to.
    if (dashed.startsWith("x-banyan-") || dashed === "x-forwarded-for") return false;
    if (dashed.startsWith("x-forwarded-") && !(trusted && lower === dashed)) return false;
  }
  // A trusted peer cleans the names that it knows: what it lets through with an underscore is its client's.
  if (PEERS.has(dashed) && !(trusted && lower === dashed)) return false;
  return !identityHeaders.has(dashed) || (trusted && lower === dashed);
}

/** `TE: trailers` goes on where the client said it for its own connection (RFC 9110 §10.1.4): trailers are passed on. */
function pushConnection(
  single: string[],
  given: IncomingHttpHeaders,
  named: ReadonlySet<string>,
  upgrade: boolean,
): void {
  if (upgrade) single.push("Connection", "Upgrade", "Upgrade", given.upgrade ?? "");
  else if (named.has("te") && /(?:^|,)\s*trailers\s*(?:[;,]|$)/i.test(String(given.te))) {
    single.push("TE", "trailers", "Connection", "TE, keep-alive");
  } else single.push("Connection", "keep-alive");
}
