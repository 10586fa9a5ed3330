import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Role } from "@banyan/contracts/http/customers.ts";
import type { Request, RequestHandler } from "express";
import type { Session, Sessions } from "./session.ts";

export const SESSION_COOKIE = "session";

/** The session that the request's cookie proves; undefined when there is none, or it is none of ours any more. */
export async function maybeSessionOf(sessions: Sessions, request: Request): Promise<Session | undefined> {
  const token = cookieOf(request.get("cookie") ?? "", SESSION_COOKIE);
  return token === undefined ? undefined : sessions.read(token);
}

/** The session that the request's cookie proves, or BYN-SHOP-005. */
export async function sessionOf(sessions: Sessions, request: Request): Promise<Session> {
  const session = await maybeSessionOf(sessions, request);
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

/** The first cookie of that name (RFC 6265 §4.2.1). */
export function cookieOf(header: string, name: string): string | undefined {
  for (const pair of header.split(";")) {
    const [key, ...value] = pair.split("=");
    if (key?.trim() === name) return value.join("=").trim();
  }
  return undefined;
}
