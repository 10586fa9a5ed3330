import {
  INVENTORY,
  type InventoryChange,
  InventoryChange as InventoryChangeSchema,
} from "@banyan/contracts/events/inventory.ts";
import type { OwnedCapability } from "@banyan/platform/handover/capability.ts";
import { z } from "zod";
import { stockSlot } from "./slot.ts";
import type { StockRows } from "./stock-rows.ts";

const Changes = z.array(InventoryChangeSchema).min(1);

/** What the handover must know of one side's inventory. */
export function inventoryCapability(rows: StockRows): OwnedCapability<InventoryChange> {
  return {
    name: INVENTORY,
    rows: rows.projection,
    parse: (slot, _seq, given) => {
      const changes = Changes.parse(given);
      const stray = changes.map(skuOf).find((sku) => stockSlot(sku) !== slot);
      if (stray !== undefined) throw new Error(`the SKU ${stray} is not of slot ${slot}`);
      return changes;
    },
    apply: async (client, _slot, changes) => {
      for (const change of changes) {
        if (change.type === "stock-saved") await rows.saveStock(client, change.stock);
        else if (change.type === "stock-removed") await rows.removeStock(client, change.sku);
        else await rows.saveReservation(client, change.reservation);
      }
    },
    replace: (client, slot, canonical) => rows.replace(client, slot, canonical),
  };
}

function skuOf(change: InventoryChange): string {
  if (change.type === "stock-saved") return change.stock.sku;
  return change.type === "stock-removed" ? change.sku : change.reservation.sku;
}
