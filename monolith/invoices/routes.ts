import { OrderId } from "@banyan/contracts/http/orders.ts";
import { inSpan } from "@banyan/platform/telemetry/span.ts";
import { Router } from "express";
import type { Pool } from "pg";
import { sessionOf } from "../customers/guards.ts";
import type { Sessions } from "../customers/session.ts";
import { shownTo } from "../orders/cancel.ts";
import { orderOf } from "../orders/orders.ts";
import { renderInvoice } from "./invoice.ts";

export interface InvoiceDeps {
  readonly pool: Pool;
  readonly sessions: Sessions;
}

/**
 * `GET /api/orders/:id/invoice`, for the order's customer and for admins (else BYN-SHOP-003). It is rendered in the
 * request, in the one process that serves everybody: while it is drawn, nobody else is answered.
 */
export function invoiceRoutes({ pool, sessions }: InvoiceDeps): Router {
  const router = Router();
  router.get("/api/orders/:id/invoice", async (request, response) => {
    const session = await sessionOf(sessions, request);
    const id = OrderId.safeParse(request.params.id);
    const order = shownTo(session, id.success ? await orderOf(pool, id.data) : undefined);
    const pdf = await inSpan("render invoice", {}, () => renderInvoice(order));
    response
      .set("cache-control", "private, no-store")
      .set("content-disposition", `inline; filename="${order.number}.pdf"`)
      .type("application/pdf")
      .send(pdf);
  });
  return router;
}
