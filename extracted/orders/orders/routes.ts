import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { ORDERS, type OrderRecord } from "@banyan/contracts/events/orders.ts";
import { IDEMPOTENCY_KEY } from "@banyan/contracts/http/idempotency.ts";
import { CheckoutRequest, OrderId, OrderQuery } from "@banyan/contracts/http/orders.ts";
import { mustOwn } from "@banyan/platform/handover/write/misdirected.ts";
import { checked } from "@banyan/platform/http/checked.ts";
import { ServerTiming } from "@banyan/platform/http/server-timing.ts";
import { cancel } from "@banyan/shop/checkout/cancel.ts";
import { checkout, type SagaGround } from "@banyan/shop/checkout/checkout.ts";
import { checkoutKey } from "@banyan/shop/checkout/request-key.ts";
import { sendStored } from "@banyan/shop/checkout/send-stored.ts";
import { orderSlot } from "@banyan/shop/orders/slot.ts";
import { orderView } from "@banyan/shop/orders/view.ts";
import type { Session, Sessions } from "@banyan/shop/sessions/published-sessions.ts";
import express, { type Request, type Response, Router } from "express";
import type { Pool } from "pg";
import { z } from "zod";
import { listOrders, readOrder } from "./order-reads.ts";

export interface OrderRoutesOptions {
  readonly pool: Pool;
  readonly sessions: Sessions;
  readonly ground: SagaGround;
}

/** Cancelling asks for nothing more; some clients send an empty object. */
const Nothing = z.strictObject({}).optional();

/**
 * The orders' HTTP contract. All need a session; an order of somebody else's is not there. Who owns the slot is decided
 * before a body is parsed, so that a 421 costs little (design §5.8).
 */
export function orderRoutes({ pool, sessions, ground }: OrderRoutesOptions): Router {
  const router = Router();
  const json = express.json({ limit: "100kb" });
  router.use("/api/orders", (_request, response, next) => {
    response.set("cache-control", "no-store");
    next();
  });

  const sessionOf = (request: Request) => sessions.of(request.get("cookie"));

  /** The order in the path, when the caller may see it. */
  const orderFor = async (session: Session, request: Request): Promise<OrderRecord> => {
    const id = OrderId.safeParse(request.params.id);
    const order = id.success ? await readOrder(pool, id.data) : undefined;
    if (order === undefined || !maySee(session, order)) {
      throw new BanyanError("BYN-SHOP-003", "no such order");
    }
    return order;
  };

  router.post(
    "/api/orders",
    async (request, response: Response<unknown, { customerId: string }>, next) => {
      const { customerId } = await sessionOf(request);
      await mustOwn(pool, ORDERS, orderSlot(customerId));
      response.locals.customerId = customerId;
      next();
    },
    json,
    async (request, response: Response<unknown, { customerId: string }>) => {
      const { customerId } = response.locals;
      const timing = new ServerTiming();
      const asked = checked(CheckoutRequest, request.body);
      const key = checkoutKey(request.get(IDEMPOTENCY_KEY), customerId, asked);
      const stored = await checkout(ground, { customerId, request: asked, key, timing });
      // A replay has no parts.
      if (timing.header !== "") response.set("server-timing", timing.header);
      sendStored(request, response, stored);
    },
  );

  router.get("/api/orders", async (request, response) => {
    const { customerId } = await sessionOf(request);
    response.json(await listOrders(pool, customerId, checked(OrderQuery, request.query)));
  });

  router.get("/api/orders/:id", async (request, response) => {
    response.json(orderView(await orderFor(await sessionOf(request), request)));
  });

  router.post(
    "/api/orders/:id/cancel",
    async (request, response: Response<unknown, { order: OrderRecord }>, next) => {
      response.locals.order = await orderFor(await sessionOf(request), request);
      next();
    },
    json,
    async (request, response: Response<unknown, { order: OrderRecord }>) => {
      checked(Nothing, request.body);
      response.json(orderView(await cancel(ground, response.locals.order)));
    },
  );
  return router;
}

function maySee({ customerId, role }: Session, order: OrderRecord): boolean {
  return role === "admin" || order.customerId === customerId;
}
