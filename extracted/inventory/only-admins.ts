import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Sessions } from "@banyan/shop/sessions/published-sessions.ts";
import type { RequestHandler } from "express";

/** Lets a session of an administrator through; others get BYN-SHOP-005 or BYN-SHOP-007. */
export function createOnlyAdmins(sessions: Sessions): RequestHandler {
  return async (request, _response, next) => {
    const { role } = await sessions.of(request.get("cookie"));
    if (role !== "admin") throw new BanyanError("BYN-SHOP-007", "only for the role admin");
    next();
  };
}
