import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { OrderedLines } from "@banyan/contracts/http/customer-carts.ts";
import { OrderId } from "@banyan/contracts/http/orders.ts";
import { checked } from "@banyan/platform/http/checked.ts";
import { onlyServices } from "@banyan/platform/http/service-token.ts";
import type { Carts } from "@banyan/shop/checkout/partners.ts";
import express, { Router } from "express";
import { z } from "zod";

/** The carts for whoever owns the orders (contracts/http/customer-carts.ts): who has the service token, and nobody else. */
export function internalCartRoutes(carts: Carts, serviceToken: string): Router {
  const router = Router();
  router.use("/internal/customers", onlyServices(serviceToken));

  router.get("/internal/customers/:customerId/cart", async (request, response) => {
    const found = await carts.read(customerIdOf(request.params.customerId));
    if (found === undefined) throw new BanyanError("BYN-SHOP-003", "no such customer");
    response.set("cache-control", "no-store").json(found);
  });

  router.put(
    "/internal/customers/:customerId/cart/ordered/:orderId",
    express.json({ limit: "100kb" }),
    async (request, response) => {
      const orderId = OrderId.safeParse(request.params.orderId);
      if (!orderId.success) throw new BanyanError("BYN-SHOP-003", "no such order");
      const { lines } = checked(OrderedLines, request.body);
      await carts.ordered(customerIdOf(request.params.customerId), orderId.data, lines);
      response.status(204).end();
    },
  );
  return router;
}

function customerIdOf(given: unknown): string {
  const id = z.guid().safeParse(given);
  if (!id.success) throw new BanyanError("BYN-SHOP-003", "no such customer");
  return id.data;
}
