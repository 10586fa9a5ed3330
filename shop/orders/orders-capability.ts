import {
  ORDERS,
  type OrderChange,
  OrderChange as OrderChangeSchema,
} from "@banyan/contracts/events/orders.ts";
import type { OwnedCapability } from "@banyan/platform/handover/capability.ts";
import { z } from "zod";
import type { OrderRows } from "./order-rows.ts";
import { orderSlot } from "./slot.ts";

const Changes = z.array(OrderChangeSchema).min(1);

/** What the handover must know of one side's orders. */
export function ordersCapability(rows: OrderRows): OwnedCapability<OrderChange> {
  return {
    name: ORDERS,
    rows: rows.projection,
    parse: (slot, _seq, given) => {
      const changes = Changes.parse(given);
      const stray = changes.find(({ order }) => orderSlot(order.customerId) !== slot);
      if (stray !== undefined) throw new Error(`the order ${stray.order.id} is not of slot ${slot}`);
      return changes;
    },
    apply: async (client, _slot, changes) => {
      for (const { order } of changes) await rows.save(client, order);
    },
    replace: (client, slot, canonical) => rows.replace(client, slot, canonical),
  };
}
