import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { CheckoutRequest, OrderId, OrderQuery } from "@banyan/contracts/http/orders.ts";
import { checked } from "@banyan/platform/http/checked.ts";
import { ServerTiming } from "@banyan/platform/http/server-timing.ts";
import { Router } from "express";
import { z } from "zod";
import { sessionOf } from "../customers/guards.ts";
import type { Sessions } from "../customers/session.ts";
import { cancelOrder, shownTo } from "./cancel.ts";
import { checkout, type OrderDeps } from "./checkout.ts";
import { orderOf, ordersOf } from "./orders.ts";

/** Cancelling asks for nothing more; some clients send an empty object. */
const Nothing = z.strictObject({}).optional();

/** Checkout, one's own orders, cancelling. All need a session; an order of somebody else's is not there. */
export function orderRoutes(deps: OrderDeps & { readonly sessions: Sessions }): Router {
  const { pool, sessions } = deps;
  const router = Router();
  router.use("/api/orders", (_request, response, next) => {
    response.set("cache-control", "no-store");
    next();
  });

  router.post("/api/orders", async (request, response) => {
    const { customerId } = await sessionOf(sessions, request);
    const timing = new ServerTiming();
    const order = await checkout(deps, customerId, checked(CheckoutRequest, request.body), timing);
    response.set("server-timing", timing.header);
    response.status(201).location(`/api/orders/${order.id}`).json(order);
  });

  router.get("/api/orders", async (request, response) => {
    const { customerId } = await sessionOf(sessions, request);
    response.json(await ordersOf(pool, customerId, checked(OrderQuery, request.query)));
  });

  router.get("/api/orders/:id", async (request, response) => {
    const session = await sessionOf(sessions, request);
    response.json(shownTo(session, await orderOf(pool, idOf(request.params.id))));
  });

  router.post("/api/orders/:id/cancel", async (request, response) => {
    const session = await sessionOf(sessions, request);
    const id = idOf(request.params.id);
    checked(Nothing, request.body);
    response.json(await cancelOrder(deps, session, id));
  });
  return router;
}

function idOf(given: unknown): string {
  const id = OrderId.safeParse(given);
  if (!id.success) throw new BanyanError("BYN-SHOP-003", "no such order");
  return id.data;
}
