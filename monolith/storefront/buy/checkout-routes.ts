import type { ErrorCode } from "@banyan/contracts/errors/catalogue.ts";
import { Cart } from "@banyan/contracts/http/cart.ts";
import { Customer } from "@banyan/contracts/http/customers.ts";
import { IdempotencyKey } from "@banyan/contracts/http/idempotency.ts";
import { Order } from "@banyan/contracts/http/orders.ts";
import { type Request, Router } from "express";
import { posted } from "../visit/asked.ts";
import { formBody } from "../visit/form.ts";
import { pages, type StorefrontDeps } from "../visit/page.ts";
import { Refused } from "../visit/refused.ts";
import { checkoutPage } from "./checkout-page.ts";

const TITLE = "Checkout";

/** The card (5 s, and as long again to ask what became of it) and the mail (10 s) are inside it. */
const CHECKOUT_DEADLINE_MS = 30_000;

export function checkoutRoutes(deps: StorefrontDeps): Router {
  const router = Router();
  const page = pages(deps);

  router.get(
    "/checkout",
    page(async ({ api }) => {
      // Whoever is not signed in is sent to sign in: BYN-SHOP-005 leads there (visit/refusal.ts).
      const [{ name }, cart] = await Promise.all([api.get("/api/me", Customer), api.get("/api/cart", Cart)]);
      const shipTo = { name, street: "", postcode: "", city: "", country: "IE" };
      return { title: TITLE, main: checkoutPage({ cart, shipTo, key: deps.newId() }) };
    }),
  );

  router.post(
    "/checkout",
    formBody,
    page(async ({ api, request }) => {
      const { shipTo, card, expect } = orderOf(request);
      const key = keyOf(request) ?? deps.newId();
      try {
        // Placed (201), or still being worked on (202): the order's page says which.
        const order = await api.send(
          { method: "POST", path: "/api/orders", body: { shipTo, card, expect }, key, schema: Order },
          { deadlineMs: CHECKOUT_DEADLINE_MS },
        );
        return { seeOther: `/orders/${encodeURIComponent(order.id)}?placed=1` };
      } catch (wrong) {
        if (!(wrong instanceof Refused) || !SHOWN_AGAIN.has(wrong.entry.status)) throw wrong;
        const cart = await api.get("/api/cart", Cart);
        const main = checkoutPage(
          { cart, shipTo, key: KEEPS_KEY.has(wrong.code) ? key : deps.newId() },
          wrong,
        );
        return { title: TITLE, main, status: wrong.entry.status, retryAfter: wrong.retryAfter };
      }
    }),
  );
  return router;
}

/**
 * Refusals that the customer can do something about on this very page; 422 is a form that was sent before and changed
 * since, 503 the card processor's.
 */
const SHOWN_AGAIN = new Set([400, 402, 409, 422, 503]);

/** Nobody knows yet what became of it: sent again, it must be the same order. After any other refusal it is a new one. */
const KEEPS_KEY: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["BYN-SHOP-031", "BYN-SHOP-032"]);

/** The key that the form carries, so that two clicks are one order; undefined when somebody made one up that is none. */
function keyOf(request: Request): string | undefined {
  return IdempotencyKey.safeParse(posted(request, "key")).data;
}

/** The form as the API wants it; what is missing is "" there, and the API says so. */
function orderOf(request: Request) {
  const text = (name: string) => posted(request, name);
  return {
    shipTo: {
      name: text("shipTo.name"),
      street: text("shipTo.street"),
      postcode: text("shipTo.postcode"),
      city: text("shipTo.city"),
      country: text("shipTo.country"),
    },
    card: {
      number: text("card.number"),
      expiry: text("card.expiry").replaceAll(" ", ""),
      cvc: text("card.cvc"),
    },
    expect: { amount: Number(text("expect.amount")), currency: text("expect.currency") },
  };
}
