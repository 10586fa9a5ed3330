import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import {
  AvailabilityQuery,
  StockChange,
  type StockPage,
  StockQuery,
  type StockRow,
} from "@banyan/contracts/http/inventory.ts";
import { checked } from "@banyan/platform/http/checked.ts";
import { onlyOwned, skuOf } from "@banyan/shop/inventory/sku.ts";
import type { StockStore } from "@banyan/shop/inventory/stock-store.ts";
import express, { type RequestHandler, Router } from "express";
import type { Pool } from "pg";
import type { ProductNames } from "../catalog/product-names.ts";
import { booksOf, levelOf, levelsOf } from "./stock-reads.ts";

export interface InventoryRoutesOptions {
  readonly pool: Pool;
  readonly store: StockStore;
  readonly names: ProductNames;
  /** Lets only admins through. */
  readonly onlyAdmins: RequestHandler;
}

/**
 * The inventory's HTTP contract. One SKU is read and counted at its owner (421 elsewhere), before a body is read; lists are
 * of this side's rows, whoever owns them.
 */
export function inventoryRoutes({ pool, store, names, onlyAdmins }: InventoryRoutesOptions): Router {
  const router = Router();

  router.get("/api/inventory", async (request, response) => {
    const { sku } = checked(AvailabilityQuery, request.query);
    response.set("cache-control", "no-store").json({ items: await levelsOf(pool, sku) });
  });

  router.get("/api/inventory/:sku", async (request, response) => {
    const sku = skuOf(request.params.sku);
    const available = await levelOf(pool, sku);
    if (available === undefined) throw unknown();
    response.set("cache-control", "no-store").json({ sku, available });
  });

  router.get("/api/admin/inventory", onlyAdmins, async (request, response) => {
    const query = checked(StockQuery, request.query);
    const { total, items } = await booksOf(pool, query);
    const known = await names.namesOf(items.map(({ sku }) => sku));
    const { page, perPage } = query;
    const answer: StockPage = {
      items: items.map(({ sku, onHand, updatedAt }) => ({
        sku,
        name: known.get(sku) ?? sku,
        onHand,
        updatedAt,
      })),
      page,
      perPage,
      total,
    };
    response.set("cache-control", "no-store").json(answer);
  });

  const counted = [onlyAdmins, onlyOwned(pool), express.json({ limit: "100kb" })];
  router.put("/api/admin/inventory/:sku", ...counted, async (request, response) => {
    const sku = skuOf(request.params.sku);
    const { onHand } = checked(StockChange, request.body);
    const name = await nameFor(sku);
    const { updatedAt } = await store.set(sku, onHand);
    const row: StockRow = { sku, name, onHand, updatedAt };
    response.set("cache-control", "no-store").json(row);
  });

  /** Books that are missing are opened by the count, but only for what the shop sells: then the catalog has to answer. */
  async function nameFor(sku: string): Promise<string> {
    if ((await levelOf(pool, sku)) !== undefined) return (await names.namesOf([sku])).get(sku) ?? sku;
    const name = await names.nameOf(sku);
    if (name === undefined) throw unknown();
    return name;
  }
  return router;
}

function unknown(): BanyanError {
  return new BanyanError("BYN-SHOP-003", "no such SKU");
}
