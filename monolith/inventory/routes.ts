import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { AvailabilityQuery, StockChange, StockQuery } from "@banyan/contracts/http/inventory.ts";
import { checked } from "@banyan/platform/http/checked.ts";
import { skuOf } from "@banyan/shop/inventory/sku.ts";
import { type RequestHandler, Router } from "express";
import type { Pool } from "pg";
import { availabilityOf, listStock, setStock } from "./levels.ts";

export interface InventoryDeps {
  readonly pool: Pool;
  /** Lets only admins through. */
  readonly onlyAdmins: RequestHandler;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What there is of a product, for anyone; the warehouse's books, for admins. */
export function inventoryRoutes({ pool, onlyAdmins, now }: InventoryDeps): Router {
  const router = Router();

  router.get("/api/inventory", async (request, response) => {
    const { sku } = checked(AvailabilityQuery, request.query);
    response.set("cache-control", "no-store").json({ items: await availabilityOf(pool, sku) });
  });

  router.get("/api/inventory/:sku", async (request, response) => {
    const [found] = await availabilityOf(pool, [skuOf(request.params.sku)]);
    if (found === undefined) throw new BanyanError("BYN-SHOP-003", "no such SKU");
    response.set("cache-control", "no-store").json(found);
  });

  router.get("/api/admin/inventory", onlyAdmins, async (request, response) => {
    const page = await listStock(pool, checked(StockQuery, request.query));
    response.set("cache-control", "no-store").json(page);
  });

  router.put("/api/admin/inventory/:sku", onlyAdmins, async (request, response) => {
    const sku = skuOf(request.params.sku);
    const { onHand } = checked(StockChange, request.body);
    response.set("cache-control", "no-store").json(await setStock(pool, sku, onHand, new Date(now())));
  });
  return router;
}
