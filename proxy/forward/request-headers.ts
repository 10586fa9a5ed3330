import type { IncomingHttpHeaders } from "node:http";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
import { isHopByHop, namedByConnection } from "./hop-by-hop.ts";

export interface RequestFacts {
  readonly peer: string;
  readonly trusted: boolean;
  readonly requestId: string;
  readonly hops: number;
  readonly upgrade: boolean;
  /** A new trace's header, for when the request has no valid one. */
  readonly newTraceparent: () => string;
  /** Headers that carry an identity; only trusted peers may send them. */
  readonly identityHeaders: ReadonlySet<string>;
}

/** Ours to say, not the client's: set anew below, or between client and proxy only. */
const OURS = new Set<string>([HEADERS.requestId, "expect", "proxy"]);
const PEERS = new Set(["forwarded", "x-real-ip", "x-client-ip", "true-client-ip"]);
/** W3C Trace Context §3.2: version ff is invalid, and so are ids of zeros. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;

/**
 * The header fields that go to the upstream. Framing is kept as the client chose it: a body whose
 * `transfer-encoding` was dropped would follow a GET or DELETE unframed, as a request of its own.
 * An underscore counts as a dash: CGI-like upstreams read `X_User_Id` as `X-User-Id`.
 */
export function requestHeaders(given: IncomingHttpHeaders, facts: RequestFacts): IncomingHttpHeaders {
  const { trusted, peer } = facts;
  const named = namedByConnection(given.connection);
  const traced = TRACEPARENT.test(given.traceparent?.toString() ?? "");
  const headers: IncomingHttpHeaders = {};
  for (const name in given) {
    const dashed = name.includes("_") ? name.replaceAll("_", "-") : name;
    if (isHopByHop(dashed) || named.has(name) || OURS.has(dashed) || dashed.startsWith("x-banyan-")) continue;
    if (!trusted && (dashed.startsWith("x-forwarded-") || PEERS.has(dashed))) continue;
    if (facts.identityHeaders.has(dashed) && !(trusted && name === dashed)) continue;
    if (!traced && (dashed === HEADERS.traceparent || dashed === "tracestate")) continue;
    headers[name] = given[name];
  }
  if (given["transfer-encoding"] !== undefined) headers["transfer-encoding"] = "chunked";
  if (facts.upgrade) {
    headers.connection = "Upgrade";
    headers.upgrade = given.upgrade;
  }
  const before = headers["x-forwarded-for"];
  headers["x-forwarded-for"] = before === undefined ? peer : `${before.toString()}, ${peer}`;
  headers["x-forwarded-proto"] ??= "http";
  if (given.host !== undefined) headers["x-forwarded-host"] ??= given.host;
  headers[HEADERS.requestId] = facts.requestId;
  headers[HEADERS.hops] = String(facts.hops + 1);
  if (!traced) headers[HEADERS.traceparent] = facts.newTraceparent();
  return headers;
}
