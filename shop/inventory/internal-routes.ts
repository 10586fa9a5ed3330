import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { ReservationId, ReserveRequest, ReturnRequest } from "@banyan/contracts/http/reservations.ts";
import { checked } from "@banyan/platform/http/checked.ts";
import { onlyServices } from "@banyan/platform/http/service-token.ts";
import express, { type Request, Router } from "express";
import type { Pool } from "pg";
import { onlyOwned, skuOf } from "./sku.ts";
import type { StockStore } from "./stock-store.ts";

export interface InternalInventoryDeps {
  readonly pool: Pool;
  readonly store: StockStore;
  readonly serviceToken: string;
}

/** Reservations and books for the shop's own services: contracts/http/reservations.ts. 421 where this side is not owner. */
export function internalInventoryRoutes({ pool, store, serviceToken }: InternalInventoryDeps): Router {
  const router = Router();
  const withBody = [onlyOwned(pool), express.json({ limit: "1kb" })];
  router.use("/internal/inventory", onlyServices(serviceToken), (_request, response, next) => {
    response.set("cache-control", "no-store");
    next();
  });

  router.put("/internal/inventory/:sku", async (request, response) => {
    await store.open(skuOf(request.params.sku));
    response.status(204).end();
  });

  router.delete("/internal/inventory/:sku", async (request, response) => {
    await store.close(skuOf(request.params.sku));
    response.status(204).end();
  });

  router.put("/internal/inventory/:sku/reservations/:id", ...withBody, async (request, response) => {
    const { sku, id } = named(request);
    response.json(await store.reserve(sku, id, checked(ReserveRequest, request.body)));
  });

  router.put("/internal/inventory/:sku/reservations/:id/confirmation", async (request, response) => {
    const { sku, id } = named(request);
    response.json(await store.confirm(sku, id));
  });

  router.put("/internal/inventory/:sku/reservations/:id/release", async (request, response) => {
    const { sku, id } = named(request);
    response.json(await store.release(sku, id));
  });

  router.put("/internal/inventory/:sku/reservations/:id/return", ...withBody, async (request, response) => {
    const { sku, id } = named(request);
    response.json(await store.giveBack(sku, id, checked(ReturnRequest, request.body).quantity));
  });
  return router;
}

function named({ params }: Request): { readonly sku: string; readonly id: string } {
  const id = ReservationId.safeParse(params.id);
  if (!id.success) throw new BanyanError("BYN-SHOP-003", "no such reservation");
  return { sku: skuOf(params.sku), id: id.data };
}
