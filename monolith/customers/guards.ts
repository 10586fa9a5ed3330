import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Request, RequestHandler } from "express";
import type { Role } from "./customer.ts";
import type { Session, Sessions } from "./session.ts";

export const SESSION_COOKIE = "session";

/** The session that the request's cookie proves, or BYN-SHOP-005. */
export async function sessionOf(sessions: Sessions, request: Request): Promise<Session> {
  const token = cookieOf(request.get("cookie") ?? "", SESSION_COOKIE);
  const session = token === undefined ? undefined : await sessions.read(token);
  if (session === undefined) throw new BanyanError("BYN-SHOP-005", "there is no valid session");
  return session;
}

/** Lets a session of this role through; others get BYN-SHOP-005 or BYN-SHOP-007. */
export function requireRole(sessions: Sessions, role: Role): RequestHandler {
  return async (request, _response, next) => {
    const session = await sessionOf(sessions, request);
    if (session.role !== role) throw new BanyanError("BYN-SHOP-007", `only for the role ${role}`);
    next();
  };
}

/**
 * Refuses changes that another site makes a browser ask for (BYN-SHOP-008): the browser sends the cookie along, but it
 * also says where the request came from (Fetch Metadata, `Sec-Fetch-Site`), and no page can forge that.
 */
export const refuseCrossSite: RequestHandler = (request, _response, next) => {
  const unsafe = request.method !== "GET" && request.method !== "HEAD" && request.method !== "OPTIONS";
  if (unsafe && request.get("sec-fetch-site") === "cross-site") {
    throw new BanyanError("BYN-SHOP-008", "the browser says that another site asked for this");
  }
  next();
};

/** The first cookie of that name (RFC 6265 §4.2.1). */
export function cookieOf(header: string, name: string): string | undefined {
  for (const pair of header.split(";")) {
    const [key, ...value] = pair.split("=");
    if (key?.trim() === name) return value.join("=").trim();
  }
  return undefined;
}
