import { ORDERS } from "@banyan/contracts/events/orders.ts";
import { slotOf } from "@banyan/contracts/slot.ts";

/** An order lives in its customer's slot. In SQL: `handover.slot_of('orders', customer_id)`. */
export function orderSlot(customerId: string): number {
  return slotOf(ORDERS, customerId);
}
