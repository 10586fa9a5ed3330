import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import type { Request, Response } from "express";
import type { Pool } from "pg";
import { customerCart, findCart, lockCart, mergeCarts } from "./cart-store.ts";
import { CART_COOKIE, cartCookieOptions, visitorKeyOf } from "./visitor-cookie.ts";

/** Called when somebody has signed in or up: what the visitor had in the cart is now in the customer's. */
export type AdoptCart = (request: Request, response: Response, customerId: string) => Promise<void>;

export function cartAdoption(options: {
  readonly pool: Pool;
  readonly newId: () => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}): AdoptCart {
  const { pool, newId, now } = options;
  return async (request, response, customerId) => {
    const key = visitorKeyOf(request);
    if (key === undefined) return;
    await inTransaction(pool, async (client) => {
      const from = await findCart(client, key);
      // Locked: of two sign-ins at once with one cookie, the second finds it gone.
      if (from === undefined || !(await lockCart(client, from))) return;
      await mergeCarts(client, {
        from,
        into: await customerCart(client, customerId, newId, new Date(now())),
      });
    });
    const { maxAge: _kept, ...options } = cartCookieOptions(request);
    response.clearCookie(CART_COOKIE, options);
  };
}
