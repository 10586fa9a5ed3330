import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import type { Order, OrderSummary } from "@banyan/contracts/http/orders.ts";

/** `FL-` and at least six digits. */
export function orderNumber(number: number): string {
  return `FL-${String(number).padStart(6, "0")}`;
}

/** An order as the HTTP contract shows it; whose it is must be checked by who shows it. */
export function orderView(record: OrderRecord): Order {
  const money = (amount: number) => ({ amount, currency: record.currency });
  const { customerId, total, payment, failure, ...head } = orderSummary(record);
  const { name, street, postcode, city, country } = record.shipTo;
  return {
    ...head,
    customerId,
    // Spelled out, as all is: a record from a jsonb column has its keys in another order than the contract.
    shipTo: { name, street, postcode, city, country },
    lines: record.lines.map(({ line, sku, name, unitAmount, quantity }) => ({
      line,
      sku,
      name,
      unitPrice: money(unitAmount),
      quantity,
      lineTotal: money(unitAmount * quantity),
    })),
    total,
    payment,
    failure,
  };
}

/** The same, as lists show it. */
export function orderSummary(record: OrderRecord): OrderSummary {
  const { id, number, status, placedAt, cancelledAt, customerId, totalAmount, currency, payment } = record;
  return {
    id,
    number: orderNumber(number),
    status,
    placedAt,
    cancelledAt,
    customerId,
    total: { amount: totalAmount, currency },
    payment,
    failure: record.failure === null ? null : { code: record.failure.code, detail: record.failure.detail },
  };
}
