import type { OrderRecord } from "@banyan/contracts/events/orders.ts";

/** Was the order taken at this side? Its numbers are even (migrations/001-orders.sql). */
export function takenHere({ number }: Pick<OrderRecord, "number">): boolean {
  return number % 2 === 0;
}
