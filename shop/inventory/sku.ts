import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { INVENTORY } from "@banyan/contracts/events/inventory.ts";
import { ProductId } from "@banyan/contracts/http/catalog.ts";
import { mustOwn } from "@banyan/platform/handover/write/misdirected.ts";
import type { RequestHandler } from "express";
import type { Pool } from "pg";
import { stockSlot } from "./slot.ts";

/** The SKU of a path; what can't be one is BYN-SHOP-003. */
export function skuOf(given: unknown): string {
  const sku = ProductId.safeParse(given);
  if (!sku.success) throw new BanyanError("BYN-SHOP-003", "no such SKU");
  return sku.data;
}

/** Refuses a SKU of the path's that this side does not own (421), before the body is read. */
export function onlyOwned(pool: Pool): RequestHandler {
  return async (request, _response, next) => {
    await mustOwn(pool, INVENTORY, stockSlot(skuOf(request.params.sku)));
    next();
  };
}
