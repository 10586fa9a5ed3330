import type { ErrorCode } from "@banyan/contracts/errors/catalogue.ts";
import { Order, OrderPage } from "@banyan/contracts/http/orders.ts";
import { type Request, Router } from "express";
import { segment } from "../visit/api.ts";
import { queried, queryOf } from "../visit/asked.ts";
import { formBody } from "../visit/form.ts";
import { pages, type StorefrontDeps } from "../visit/page.ts";
import { Refused } from "../visit/refused.ts";
import { orderPage } from "./order-page.ts";
import { orderPath, ordersPage } from "./orders-page.ts";

/** A refund and a mail are inside a cancellation; an invoice is rendered while we wait. */
const SLOW_DEADLINE_MS = 30_000;
const MAX_INVOICE_BYTES = 20_000_000;
/** While an order is being paid. */
const LOOK_AGAIN_SECONDS = 3;
/** It can't be cancelled (any more); or it was begun, and a partner has not answered. */
const SHOWN_WITH_ORDER: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "BYN-SHOP-017",
  "BYN-SHOP-018",
  "BYN-SHOP-032",
]);

export function orderRoutes(deps: StorefrontDeps): Router {
  const router = Router();
  const page = pages(deps);
  const pathOf = ({ params }: Request) => `/api/orders/${segment(String(params.id))}`;

  router.get(
    "/orders",
    page(async ({ api, request }) => {
      const orders = await api.get(`/api/orders${queryOf({ page: queried(request, "page") })}`, OrderPage);
      return { title: "Your orders", main: ordersPage(orders) };
    }),
  );

  router.get(
    "/orders/:id",
    page(async ({ api, request }) => {
      const order = await api.get(pathOf(request), Order);
      const main = orderPage({ order, fresh: queried(request, "placed") !== "" });
      const refreshSeconds = order.status === "pending" ? LOOK_AGAIN_SECONDS : undefined;
      return { title: `Order ${order.number}`, main, refreshSeconds };
    }),
  );

  // Through the storefront, so that a refusal is a page here, too.
  router.get(
    "/orders/:id/invoice",
    page(async ({ api, request }) => {
      const mediaType = "application/pdf";
      const bounds = { deadlineMs: SLOW_DEADLINE_MS, maxBytes: MAX_INVOICE_BYTES };
      const [{ number }, file] = await Promise.all([
        api.get(pathOf(request), Order),
        api.file(`${pathOf(request)}/invoice`, mediaType, bounds),
      ]);
      return { file, mediaType, name: `${number}.pdf` };
    }),
  );

  router.post(
    "/orders/:id/cancel",
    formBody,
    page(async ({ api, request }) => {
      const path = pathOf(request);
      try {
        const { id } = await api.send(
          { method: "POST", path: `${path}/cancel`, body: {}, schema: Order },
          { deadlineMs: SLOW_DEADLINE_MS },
        );
        return { seeOther: orderPath(id) };
      } catch (wrong) {
        if (!(wrong instanceof Refused) || !SHOWN_WITH_ORDER.has(wrong.code)) throw wrong;
        const order = await api.get(path, Order);
        const main = orderPage({ order, fresh: false, wrong });
        return { title: `Order ${order.number}`, main, status: wrong.entry.status };
      }
    }),
  );
  return router;
}
