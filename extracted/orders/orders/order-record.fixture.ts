import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import fc from "fast-check";

/** What can stand in an order as text: printed on a label, kept in jsonb, not trimmed. */
const textOf = (maxLength: number) =>
  fc
    .string({ unit: "grapheme", maxLength })
    .map((middle) => `<${middle}>`)
    .filter((value) => value.isWellFormed() && !/\p{Cc}/u.test(value));
const text = textOf(20);
const money = fc.integer({ min: 0, max: 100_000_000 });
const moment = fc
  .date({ min: new Date("2001-01-01T00:00:00Z"), max: new Date("2099-12-31T00:00:00Z"), noInvalidDate: true })
  .map((date) => date.toISOString());
const id = fc.uuid();

const line = fc.record({
  sku: fc.oneof(id, text),
  name: text,
  unitAmount: money,
  quantity: fc.integer({ min: 1, max: 99 }),
});

const status = fc.constantFrom<OrderRecord["status"]>(
  "pending",
  "placed",
  "cancelling",
  "cancelled",
  "failed",
);

/** Orders of some few customers, each with an id and a number of its own, as the contract allows them. */
export function orderRecords(customerIds: readonly string[]): fc.Arbitrary<OrderRecord[]> {
  const order = fc.record({
    id,
    customerId: fc.constantFrom(...customerIds),
    status,
    placedAt: moment,
    cancelledAt: fc.option(moment),
    shipTo: fc.record({
      name: text,
      street: text,
      postcode: textOf(5).filter(({ length }) => length <= 16),
      city: text,
      country: fc.constantFrom("DE", "IE", "FR"),
    }),
    lines: fc
      .array(line, { minLength: 1, maxLength: 3 })
      .map((lines) => lines.map((each, index) => ({ line: index + 1, ...each }))),
    totalAmount: money,
    currency: fc.constantFrom("EUR", "USD"),
    payment: fc.record({
      id,
      status: fc.constantFrom<OrderRecord["payment"]["status"]>("pending", "charged", "refunded", "none"),
      cardLast4: fc.constantFrom("4242", "0002"),
    }),
    cartVersion: fc.option(fc.nat({ max: 1_000_000 })),
    failure: fc.option(
      fc.record({
        code: fc.constant("BYN-SHOP-015"),
        detail: text,
        mistakes: fc.array(fc.record({ place: text, message: text }), { maxLength: 2 }),
      }),
    ),
    request: fc.option(fc.record({ principal: id, route: text, key: text, bodyHash: text })),
  });
  return fc
    .uniqueArray(order, { minLength: 1, maxLength: 8, selector: (each) => each.id })
    .map((orders) => orders.map((each, index) => ({ ...each, number: 1_000_001 + index })));
}
