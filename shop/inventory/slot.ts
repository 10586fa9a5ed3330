import { INVENTORY } from "@banyan/contracts/events/inventory.ts";
import { slotOf } from "@banyan/contracts/slot.ts";

/** In SQL: `handover.slot_of('inventory', sku)`. */
export function stockSlot(sku: string): number {
  return slotOf(INVENTORY, sku);
}
