import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
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
export function beginAnswer(from: IncomingMessage, response: ServerResponse, fields: AnswerFields): void {
  const status = from.statusCode ?? 0;
  if (status < 200 || status > 999) throw unreadable(`its status is ${status}`);
  const coding = from.headers["transfer-encoding"];
  if (coding !== undefined && coding.toLowerCase() !== "chunked") {
    throw unreadable(`its transfer coding is ${JSON.stringify(coding)}`);
  }
  try {
    response.writeHead(status, reasonOf(from, status), answerFields(from, fields));
  } catch (cause) {
    throw unreadable("a header field has characters that HTTP does not allow", cause);
  }
}

/** Flat name/value pairs in the upstream's own order and letter case. */
function answerFields(from: IncomingMessage, fields: AnswerFields): string[] {
  const named = namedByConnection(from.headers.connection);
  const { rawHeaders } = from;
  const pairs: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? "";
    const lower = name.toLowerCase();
    if (isHopByHop(lower) || named.has(lower) || isOurs(lower)) continue;
    // Chunked wins over a length (RFC 9112 §6.3); both together would desynchronise who reads us.
    if (lower === "content-length" && from.headers["transfer-encoding"] !== undefined) continue;
    pairs.push(name, rawHeaders[i + 1] ?? "");
  }
  for (const name in fields.always) pairs.push(name, fields.always[name] ?? "");
  if (fields.privateCookie !== undefined && !isPublic(from.headers["cache-control"])) {
    pairs.push("set-cookie", fields.privateCookie);
  }
  if (fields.closing) pairs.push("connection", "close");
  return pairs;
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
