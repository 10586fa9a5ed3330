import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
import type { Consignment } from "./forwarder.ts";
import { isHopByHop, namedByConnection } from "./hop-by-hop.ts";

export interface AnswerFields {
  /** Fields that the proxy puts on every kind of answer of this exchange. */
  readonly always: Readonly<Record<string, string>>;
  /** A Set-Cookie that must not reach a shared cache. */
  readonly privateCookie: string | undefined;
  /** True while the proxy stops: the connection ends with this answer. */
  readonly closing: boolean;
}

/** RFC 9112 §4: HTAB, SP, visible characters and obs-text. Node throws on anything else. */
const REASON = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Begins the client's answer from the upstream's. What Node's parser lets in and its writer would throw on
 * (status 099, control characters, a Trailer without chunks) becomes BYN-PROXY-012, and so does a transfer coding
 * that would have to be undone.
 */
export function beginAnswer(
  from: IncomingMessage,
  response: ServerResponse,
  { answer, exchange }: Consignment,
): void {
  const status = from.statusCode ?? 0;
  if (status < 200 || status > 999) throw unreadable(`its status is ${status}`);
  const coding = from.headers["transfer-encoding"];
  if (coding !== undefined && coding.toLowerCase() !== "chunked") {
    throw unreadable(`its transfer coding is ${JSON.stringify(coding)}`);
  }
  const { method, httpVersionMinor } = exchange.request;
  const chunkedToo =
    coding !== undefined && httpVersionMinor > 0 && method !== "HEAD" && status !== 204 && status !== 304;
  try {
    response.writeHead(status, reasonOf(from, status), answerFields(from, answer, chunkedToo));
  } catch (cause) {
    throw unreadable("a header field has characters that HTTP does not allow", cause);
  }
}

/** Flat name/value pairs in the upstream's own order and letter case. */
function answerFields(from: IncomingMessage, fields: AnswerFields, trailersToo: boolean): string[] {
  const named = namedByConnection(from.headers.connection);
  const framed = from.headers["transfer-encoding"] !== undefined;
  const { rawHeaders } = from;
  const pairs: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? "";
    const lower = name.toLowerCase();
    if (isHopByHop(lower) && !(trailersToo && lower === "trailer")) continue;
    if (named.has(lower) || isOurs(lower)) continue;
    // Chunked wins over a length (RFC 9112 §6.3); both together would desynchronise who reads us. A 204 has none (RFC 9110 §8.6).
    if ((framed || from.statusCode === 204) && lower === "content-length") continue;
    pairs.push(name, rawHeaders[i + 1] ?? "");
  }
  for (const name in fields.always) pairs.push(name, fields.always[name] ?? "");
  if (fields.privateCookie !== undefined && !isPublic(from.headers["cache-control"])) {
    pairs.push("set-cookie", fields.privateCookie);
  }
  if (fields.closing) pairs.push("connection", "close");
  return pairs;
}

/** Passes an interim answer (102, 103 and whatever comes) on; one that HTTP does not allow is left out. */
export function passInterim(status: number, rawHeaders: readonly string[], response: ServerResponse): void {
  const named = namedByConnection(connectionIn(rawHeaders));
  const pairs: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? "";
    const lower = name.toLowerCase();
    if (!isHopByHop(lower) && !named.has(lower) && !isOurs(lower)) pairs.push(name, rawHeaders[i + 1] ?? "");
  }
  try {
    response.writeInformation(status, pairs);
  } catch {
    // The answer itself is still to come and counts; an interim one is a courtesy (RFC 9110 §15.2).
  }
}

/** The Connection field of flat pairs, as Node joins it. */
function connectionIn(rawHeaders: readonly string[]): string | undefined {
  const values: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === "connection") values.push(rawHeaders[i + 1] ?? "");
  }
  return values.length === 0 ? undefined : values.join(", ");
}

/**
 * The header of an answer to an upgrade, for the library to write: names as the upstream wrote them, except for
 * framing, which the library looks for in lower case.
 */
export function upgradeAnswer(from: IncomingMessage, { always }: AnswerFields): IncomingHttpHeaders {
  const { rawHeaders, statusCode } = from;
  const named = namedByConnection(from.headers.connection);
  const names = new Map<string, string>();
  const headers: Record<string, string[]> = {};
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const lower = (rawHeaders[i] ?? "").toLowerCase();
    if (isHopByHop(lower) || lower === "content-length" || named.has(lower) || isOurs(lower)) continue;
    const name = names.get(lower) ?? rawHeaders[i] ?? "";
    names.set(lower, name);
    headers[name] = [...(headers[name] ?? []), rawHeaders[i + 1] ?? ""];
  }
  const framing = statusCode === 101 ? ["upgrade"] : ["content-length", "transfer-encoding"];
  const kept = framing.flatMap((name) =>
    from.headers[name] === undefined ? [] : [[name, from.headers[name]]],
  );
  return {
    ...headers,
    ...Object.fromEntries(kept),
    ...(statusCode === 101 ? { connection: "Upgrade" } : {}),
    ...always,
  };
}

/** The upstream never speaks for the proxy. */
export function isOurs(lowerCaseName: string): boolean {
  return lowerCaseName.startsWith("x-banyan-") || lowerCaseName === HEADERS.requestId;
}

function reasonOf(from: IncomingMessage, status: number): string {
  const reason = from.statusMessage ?? "";
  return reason !== "" && REASON.test(reason) ? reason : (STATUS_CODES[status] ?? "");
}

/** RFC 9111 §3: a shared cache may keep it. A lifetime without `private` counts, for safety. */
function isPublic(cacheControl: string | undefined): boolean {
  if (cacheControl === undefined || /\b(?:private|no-store)\b/i.test(cacheControl)) return false;
  return /\b(?:public|s-maxage|max-age\s*=\s*"?0*[1-9])/i.test(cacheControl);
}

function unreadable(why: string, cause?: unknown): BanyanError {
  return new BanyanError("BYN-PROXY-012", `the upstream's answer cannot be passed on: ${why}`, { cause });
}
