import type { OrderRecord } from "@banyan/contracts/events/orders.ts";

/** Was the order taken here? Odd numbers, and all below 1,000,000: orders from before there were two sides have both kinds. */
export function takenHere({ number }: Pick<OrderRecord, "number">): boolean {
  return number % 2 === 1 || number < 1_000_000;
}
