import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { type Order, OrderId } from "@banyan/contracts/http/orders.ts";
import { inSpan } from "@banyan/platform/telemetry/span.ts";
import { type Request, Router } from "express";
import type { Pool } from "pg";
import { sessionOf } from "../customers/guards.ts";
import type { Sessions } from "../customers/session.ts";
import { shownTo } from "../orders/cancel.ts";
import { orderOf } from "../orders/orders.ts";
import { renderInvoice } from "./invoice.ts";
import { ownersOrder } from "./owners-order.ts";

export interface InvoiceDeps {
  readonly pool: Pool;
  readonly sessions: Sessions;
  /** Orders may be another side's (`CHECKOUT=saga`). */
  readonly owned: boolean;
  /** Where their owner is asked: `http://host:port`. */
  readonly base: () => string;
}

/**
 * `GET /api/orders/:id/invoice`, for the order's customer and for admins (else BYN-SHOP-003), whoever owns the order. It
 * is rendered in the request, in the one process that serves everybody: while it is drawn, nobody else is answered.
 * What was never placed has none: BYN-SHOP-034.
 */
export function invoiceRoutes({ pool, sessions, owned, base }: InvoiceDeps): Router {
  const router = Router();
  const find = (request: Request, id: string): Promise<Order | undefined> =>
    owned ? ownersOrder({ pool, base }, request, id) : orderOf(pool, id);

  router.get("/api/orders/:id/invoice", async (request, response) => {
    const session = await sessionOf(sessions, request);
    const id = OrderId.safeParse(request.params.id);
    const order = shownTo(session, id.success ? await find(request, id.data) : undefined);
    if (order.status === "pending" || order.status === "failed") {
      throw new BanyanError("BYN-SHOP-034", `the order is ${order.status}`);
    }
    const pdf = await inSpan("render invoice", {}, () => renderInvoice(order));
    response
      .set("cache-control", "private, no-store")
      .set("content-disposition", `inline; filename="${order.number}.pdf"`)
      .type("application/pdf")
      .send(pdf);
  });
  return router;
}
