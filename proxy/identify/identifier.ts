import type { IncomingMessage } from "node:http";
import type { Claims } from "@banyan/platform/identity/token-verifier.ts";
import type { IdentitySource } from "@banyan/platform/settings/settings.ts";
import { type Identity, usableKey } from "./identity.ts";
import { VISITOR_COOKIE, type VisitorCookies, visitorCookies } from "./visitor-cookie.ts";

export interface IdentifierOptions {
  /** In the order in which they are tried. */
  readonly sources: readonly IdentitySource[];
  readonly verify: ((token: string) => Claims | undefined | Promise<Claims | undefined>) | undefined;
  /** Undefined turns visitor identities off. */
  readonly visitorKey: Buffer | undefined;
  /** Counts credentials that were there and could not be used. */
  readonly onUnusable: (source: Identity["source"]) => void;
}

export type Identifier = (
  request: IncomingMessage,
  trusted: boolean,
) => Identity | undefined | Promise<Identity | undefined>;

/** The first source that the request has something usable for. Synchronous unless a token must be verified anew. */
export function identifier(options: IdentifierOptions): Identifier {
  const { sources, verify, visitorKey, onUnusable } = options;
  const visitors = visitorKey === undefined ? undefined : visitorCookies(visitorKey);

  function from(index: number, request: IncomingMessage, trusted: boolean): ReturnType<Identifier> {
    for (let i = index; i < sources.length; i++) {
      const source = sources[i];
      if (source === undefined) break;
      if ("claim" in source) {
        const token = tokenOf(source, request);
        if (token === undefined || verify === undefined) continue;
        const claims = verify(token);
        if (claims instanceof Promise) {
          return claims.then((found) => fromClaim(source.claim, found) ?? from(i + 1, request, trusted));
        }
        const identity = fromClaim(source.claim, claims);
        if (identity !== undefined) return identity;
      } else if ("header" in source) {
        const identity = trusted ? fromHeader(request.headers[source.header]) : undefined;
        if (identity !== undefined) return identity;
      } else if (visitors !== undefined) {
        return fromVisitor(request, trusted, visitors);
      }
    }
    return undefined;
  }

  function fromClaim(claim: string, claims: Claims | undefined): Identity | undefined {
    const key = usableKey(claims?.[claim]);
    if (key === undefined) onUnusable("claim");
    return key === undefined ? undefined : { key, source: "claim" };
  }

  function fromHeader(value: string | readonly string[] | undefined): Identity | undefined {
    if (value === undefined) return undefined;
    const key = usableKey(value);
    if (key === undefined) onUnusable("header");
    return key === undefined ? undefined : { key, source: "header" };
  }

  function fromVisitor(request: IncomingMessage, trusted: boolean, cookies: VisitorCookies): Identity {
    const known = cookies.read(cookieOf(request, VISITOR_COOKIE));
    if (known !== undefined) return { key: known, source: "visitor" };
    const secure = trusted && request.headers["x-forwarded-proto"] === "https";
    const { id, setCookie } = cookies.make(secure);
    return { key: id, source: "visitor", setCookie };
  }

  return (request, trusted) => from(0, request, trusted);
}

/** The token where a source says that it is. */
export function tokenOf(
  source: { readonly cookie: string } | { readonly bearer: true },
  request: IncomingMessage,
): string | undefined {
  if ("cookie" in source) return cookieOf(request, source.cookie);
  return /^bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(request.headers.authorization ?? "")?.[1];
}

/** The first cookie of that name (RFC 6265 §5.4 sends the most specific one first). */
export function cookieOf(request: IncomingMessage, name: string): string | undefined {
  const { cookie } = request.headers;
  if (cookie === undefined || !cookie.includes(name)) return undefined;
  for (const pair of cookie.split(";")) {
    const equals = pair.indexOf("=");
    if (equals !== -1 && pair.slice(0, equals).trim() === name) {
      return pair
        .slice(equals + 1)
        .trim()
        .replace(/^"(.*)"$/, "$1");
    }
  }
  return undefined;
}
