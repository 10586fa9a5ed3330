import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { ORDERS, type OrderRecord } from "@banyan/contracts/events/orders.ts";
import { IDEMPOTENCY_KEY } from "@banyan/contracts/http/idempotency.ts";
import { CheckoutRequest, OrderId, OrderQuery } from "@banyan/contracts/http/orders.ts";
import { mustOwn, refuseUnknown } from "@banyan/platform/handover/write/misdirected.ts";
import { checked } from "@banyan/platform/http/checked.ts";
import { ServerTiming } from "@banyan/platform/http/server-timing.ts";
import { tryAgain } from "@banyan/platform/http/try-again.ts";
import { inSnapshot } from "@banyan/platform/log/snapshot.ts";
import { cancel } from "@banyan/shop/checkout/cancel.ts";
import { checkout, type SagaGround } from "@banyan/shop/checkout/checkout.ts";
import { checkoutKey } from "@banyan/shop/checkout/request-key.ts";
import { sendStored } from "@banyan/shop/checkout/send-stored.ts";
import { orderSlot } from "@banyan/shop/orders/slot.ts";
import { orderView } from "@banyan/shop/orders/view.ts";
import express, { type Request, type Response, Router } from "express";
import type { Pool } from "pg";
import { z } from "zod";
import { sessionOf } from "../customers/guards.ts";
import type { Session, Sessions } from "../customers/session.ts";
import { orderRows } from "./order-rows.ts";
import { ordersOf } from "./orders.ts";

export interface SagaRouteDeps {
  readonly pool: Pool;
  readonly sessions: Sessions;
  readonly saga: SagaGround;
}

/** Cancelling asks for nothing more; some clients send an empty object. */
const Nothing = z.strictObject({}).optional();

/**
 * The orders' routes where orders have owners: each looks first whether this side owns the slot, before it reads a body,
 * and answers 421 if not (design §5.8, §5.9). So they stand before the shop's own reading of bodies.
 */
export function sagaOrderRoutes({ pool, sessions, saga }: SagaRouteDeps): Router {
  const router = Router();
  const readBody = bodyReader();
  router.use("/api/orders", (_request, response, next) => {
    response.set("cache-control", "no-store");
    next();
  });

  router.post("/api/orders", async (request, response) => {
    const { customerId } = await sessionOf(sessions, request);
    await mustOwn(pool, ORDERS, orderSlot(customerId));
    const asked = checked(CheckoutRequest, await readBody(request, response));
    const key = checkoutKey(request.get(IDEMPOTENCY_KEY), customerId, asked);
    const timing = new ServerTiming();
    const stored = await checkout(saga, { customerId, request: asked, key, timing });
    if (timing.header !== "") response.set("server-timing", timing.header);
    sendStored(request, response, stored);
  });

  router.get("/api/orders", async (request, response) => {
    const { customerId } = await sessionOf(sessions, request);
    const page = await inSnapshot(pool, async (client) => {
      await mustOwn(client, ORDERS, orderSlot(customerId));
      return ordersOf(client, customerId, checked(OrderQuery, request.query));
    });
    response.json(page);
  });

  router.get("/api/orders/:id", async (request, response) => {
    response.json(orderView(await ownedOrder(await sessionOf(sessions, request), request.params.id)));
  });

  router.post("/api/orders/:id/cancel", async (request, response) => {
    const order = await ownedOrder(await sessionOf(sessions, request), request.params.id);
    checked(Nothing, await readBody(request, response));
    response.json(orderView(await cancel(saga, order)));
  });

  /** The order, if this side owns it and the session may see it. MisdirectedError; BYN-SHOP-003 */
  async function ownedOrder(session: Session, given: unknown): Promise<OrderRecord> {
    const id = OrderId.safeParse(given);
    if (!id.success) throw noSuchOrder();
    const order = await inSnapshot(pool, async (client) => {
      const found = await orderRows.find(client, id.data);
      if (found === undefined) await refuseUnknown(client, ORDERS);
      else await mustOwn(client, ORDERS, orderSlot(found.customerId));
      return found;
    });
    if (order === undefined || (order.customerId !== session.customerId && session.role !== "admin")) {
      throw noSuchOrder();
    }
    return order;
  }

  router.use(tryAgain);
  return router;
}

/** Reads the body when a route is ready for it; what can't be read is the parser's error. */
function bodyReader(): (request: Request, response: Response) => Promise<unknown> {
  const parse = express.json({ limit: "100kb" });
  return (request, response) =>
    new Promise((resolve, reject) => {
      parse(request, response, (error?: unknown) => {
        if (error === undefined) resolve(request.body);
        else reject(error);
      });
    });
}

function noSuchOrder(): BanyanError {
  return new BanyanError("BYN-SHOP-003", "no such order");
}
