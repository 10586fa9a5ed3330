import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import type { ChargeRow } from "../../capabilities/charge-rows.ts";
import type { Problem } from "../check.ts";
import type { Facts } from "../facts.ts";

/** By the card processor's own books: money moved for what was placed, and is back for everything else. */
export function checkCards({ orders, charges }: Pick<Facts, "orders" | "charges">): Problem[] {
  const problems: Problem[] = [];
  const byId = new Map(charges.map((charge) => [charge.id, charge]));
  const placed = new Set<string>();
  for (const order of orders.monolith) {
    const problem = ofOrder(order, byId.get(order.payment.id));
    if (problem !== undefined) problems.push(`${order.id} (${order.status}): ${problem}`);
    if (order.status !== "placed") continue;
    if (placed.has(order.payment.id)) problems.push(`${order.id}: its charge is another order's too`);
    placed.add(order.payment.id);
  }
  for (const { id, status } of charges) {
    if (status === "charged" && !placed.has(id))
      problems.push(`charge ${id}: kept, and no order is placed for it`);
  }
  return problems;
}

function ofOrder({ status, totalAmount }: OrderRecord, charge: ChargeRow | undefined): Problem | undefined {
  if (status === "placed") {
    if (charge?.status !== "charged") return `its charge is ${charge?.status ?? "not there"}`;
    return charge.amount === totalAmount ? undefined : `${charge.amount} was charged, not ${totalAmount}`;
  }
  if (status === "cancelled") {
    if (charge?.status !== "refunded") return `its charge is ${charge?.status ?? "not there"}`;
    // Only what was placed is cancelled: a tombstone says that it was placed for nothing.
    if (charge.amount === null) return "it was placed, and never charged";
    return charge.amount === totalAmount ? undefined : `${charge.amount} was charged, not ${totalAmount}`;
  }
  return charge?.status === "charged" ? "its charge was not given back" : undefined;
}
