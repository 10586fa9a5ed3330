import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import {
  AvailabilityQuery,
  StockChange,
  StockQuery,
  type StockRow,
} from "@banyan/contracts/http/inventory.ts";
import { checked } from "@banyan/platform/http/checked.ts";
import { onlyOwned, skuOf } from "@banyan/shop/inventory/sku.ts";
import { stockSlot } from "@banyan/shop/inventory/slot.ts";
import type { StockStore } from "@banyan/shop/inventory/stock-store.ts";
import express, { type RequestHandler, Router } from "express";
import type { Pool } from "pg";
import { productSummaries } from "../catalog/summaries.ts";
import { availabilityOf, listStock } from "./levels.ts";
import { ownedLevel } from "./owned-level.ts";
import { mustFollow } from "./whole-copy.ts";

export interface GuardedInventoryDeps {
  readonly pool: Pool;
  readonly store: StockStore;
  /** Lets only admins through. */
  readonly onlyAdmins: RequestHandler;
}

/**
 * The inventory's contract where SKUs have owners: one SKU is read and counted at its owner (421 elsewhere), before a body
 * is read; lists are of this side's rows, whoever owns them.
 */
export function guardedInventoryRoutes({ pool, store, onlyAdmins }: GuardedInventoryDeps): Router {
  const router = Router();

  router.get("/api/inventory", async (request, response) => {
    const { sku } = checked(AvailabilityQuery, request.query);
    await mustFollow(pool, response, sku.map(stockSlot));
    response.set("cache-control", "no-store").json({ items: await availabilityOf(pool, sku) });
  });

  router.get("/api/inventory/:sku", async (request, response) => {
    const sku = skuOf(request.params.sku);
    const available = await ownedLevel(pool, sku);
    if (available === undefined) throw unknown();
    response.set("cache-control", "no-store").json({ sku, available });
  });

  router.get("/api/admin/inventory", onlyAdmins, async (request, response) => {
    const query = checked(StockQuery, request.query);
    await mustFollow(pool, response);
    response.set("cache-control", "no-store").json(await listStock(pool, query));
  });

  const counted = [onlyAdmins, onlyOwned(pool), express.json({ limit: "100kb" })];
  router.put("/api/admin/inventory/:sku", ...counted, async (request, response) => {
    const sku = skuOf(request.params.sku);
    const { onHand } = checked(StockChange, request.body);
    const name = (await productSummaries(pool, [sku])).get(sku)?.name;
    // Books that are missing are opened by the count, but only for what the shop sells.
    if (name === undefined && (await ownedLevel(pool, sku)) === undefined) throw unknown();
    const { updatedAt } = await store.set(sku, onHand);
    const row: StockRow = { sku, name: name ?? sku, onHand, updatedAt };
    response.set("cache-control", "no-store").json(row);
  });
  return router;
}

function unknown(): BanyanError {
  return new BanyanError("BYN-SHOP-003", "no such SKU");
}
