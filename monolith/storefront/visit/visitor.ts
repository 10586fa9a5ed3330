import { Cart } from "@banyan/contracts/http/cart.ts";
import { Customer } from "@banyan/contracts/http/customers.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { SESSION_COOKIE } from "../../customers/guards.ts";
import type { Visitor } from "../look/document.ts";
import type { Api } from "./api.ts";
import { Refused } from "./refused.ts";

/** What names a visitor's cart before anybody has signed in (contracts/http/cart.ts). */
const CART_COOKIE = "cart";

/**
 * For the head of the page. It is an ornament there: when it can't be had, the page is shown without it, and the log
 * says so. Never rejects.
 */
export async function visitorOf(api: Api, log: Log): Promise<Visitor> {
  const { cookies } = api;
  const hasSession = cookies.has(SESSION_COOKIE);
  const hasCart = hasSession || cookies.has(CART_COOKIE);
  const orNothing = async <Value>(asked: Promise<Value>): Promise<Value | undefined> => {
    try {
      return await asked;
    } catch (error) {
      // A session that has ended is nothing to tell anybody about.
      if (!(error instanceof Refused && error.code === "BYN-SHOP-005")) {
        log.warn({ err: error }, "the head of a page is incomplete");
      }
      return undefined;
    }
  };
  const [customer, cart] = await Promise.all([
    hasSession ? orNothing(api.get("/api/me", Customer)) : undefined,
    hasCart ? orNothing(api.get("/api/cart", Cart)) : undefined,
  ]);
  return { customer, items: cart?.items };
}
