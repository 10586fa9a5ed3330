import type { OrderRecord } from "@banyan/contracts/events/orders.ts";

/** An order of two lines, the same each time. */
export function orderRecord(change: Partial<OrderRecord> = {}): OrderRecord {
  return {
    id: "0199c0de-0000-7000-8000-000000000001",
    number: 123,
    customerId: "c-1",
    status: "placed",
    placedAt: "2026-11-20T23:59:59.999Z",
    cancelledAt: null,
    shipTo: {
      name: "Ada Lovelace",
      street: "12 Mill Lane",
      postcode: "10115",
      city: "Berlin",
      country: "DE",
    },
    lines: [
      { line: 1, sku: "p-1", name: "Loaf Tin", unitAmount: 1_250, quantity: 2 },
      { line: 2, sku: "p-2", name: "Wok", unitAmount: 9_900, quantity: 1 },
    ],
    totalAmount: 12_400,
    currency: "EUR",
    payment: { id: "0199c0de-0000-7000-8000-0000000000aa", status: "charged", cardLast4: "4242" },
    cartVersion: 3,
    failure: null,
    request: null,
    ...change,
  };
}
