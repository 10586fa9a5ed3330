import type { IncomingMessage } from "node:http";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { canonicalPath } from "@banyan/platform/settings/canonical-path.ts";

export interface Target {
  readonly path: string;
  readonly search: string;
}

const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{0,5})?$/;
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;

/**
 * The one reading of a request's target and host. Refused: a doubled or malformed Host (two servers may pick
 * different ones), an absolute-form target for another host (RFC 9112 §3.2.2 lets it beat the Host header), the
 * asterisk and authority forms, CONNECT and TRACE, HTTP/0.9, and every path that `canonicalPath` refuses.
 */
export function readTarget(request: IncomingMessage): Target {
  if (request.httpVersionMajor !== 1) {
    throw new BanyanError("BYN-PROXY-020", `HTTP/${request.httpVersion} is not served`);
  }
  if (request.method === "CONNECT" || request.method === "TRACE") {
    throw new BanyanError("BYN-PROXY-005", `${request.method} is not served`);
  }
  const host = hostOf(request);
  const target = originForm(request.url ?? "", host);
  const mark = target.indexOf("?");
  const reading = canonicalPath(mark === -1 ? target : target.slice(0, mark));
  if (!reading.ok) throw new BanyanError("BYN-PROXY-001", `the path is refused: ${reading.reason}`);
  return { path: reading.path, search: mark === -1 ? "" : searchOf(target.slice(mark)) };
}

function hostOf(request: IncomingMessage): string | undefined {
  let seen = 0;
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i] ?? "";
    if (name.length === 4 && name.toLowerCase() === "host") seen += 1;
  }
  const { host } = request.headers;
  if (seen > 1) throw new BanyanError("BYN-PROXY-003", "there is more than one Host header");
  if (host === undefined && request.httpVersionMinor === 0) return undefined;
  if (host === undefined) throw new BanyanError("BYN-PROXY-003", "the Host header is missing");
  if (!HOST.test(host)) throw new BanyanError("BYN-PROXY-003", "the Host header is malformed");
  return host;
}

function originForm(url: string, host: string | undefined): string {
  if (url.startsWith("/")) return url;
  const [, authority, rest] = ABSOLUTE.exec(url) ?? [];
  if (authority === undefined || rest === undefined) {
    throw new BanyanError(
      "BYN-PROXY-002",
      "the request target is neither a path nor an absolute http address",
    );
  }
  if (authority.toLowerCase() !== host?.toLowerCase()) {
    throw new BanyanError(
      "BYN-PROXY-002",
      "the absolute request target names another host than the Host header",
    );
  }
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** Raw bytes are encoded, as in the path; a `#` has no place in a request target (RFC 9112 §3.2). */
function searchOf(search: string): string {
  if (search.includes("#")) throw new BanyanError("BYN-PROXY-001", "the query has a raw #");
  return search.replace(
    /[\x80-\xff]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
