import { randomUUID } from "node:crypto";
import type { OrderFailure, OrderRecord } from "@banyan/contracts/events/orders.ts";
import fc from "fast-check";

/** Printable text, as it came through the contracts' schemas. */
const text = (maxLength: number) =>
  fc
    .string({ unit: "grapheme", minLength: 1, maxLength })
    .map((value) => value.trim())
    .filter((value) => value !== "" && value.isWellFormed() && !/\p{Cc}/u.test(value));

/** Never the same twice, as fast-check's own may be: two orders under one id are another test. */
const fresh = fc.constant(undefined).map(() => randomUUID() as string);

const time = fc
  .date({ min: new Date("2015-01-01"), max: new Date("2100-01-01"), noInvalidDate: true })
  .map((at) => at.toISOString());

const line = fc.record({
  sku: fc.uuid(),
  name: text(40),
  unitAmount: fc.nat(2 ** 31 - 1),
  quantity: fc.integer({ min: 1, max: 99 }),
});

const failure: fc.Arbitrary<OrderFailure> = fc.record({
  code: fc.constantFrom("BYN-SHOP-015", "BYN-SHOP-017"),
  detail: text(60),
  mistakes: fc.array(fc.record({ place: text(20), message: text(20) }), { maxLength: 3 }),
});

/** How far its saga is, with what only that state has. */
const state = fc.oneof(
  fc.record({
    status: fc.constantFrom("pending" as const, "placed" as const),
    cancelledAt: fc.constant(null),
    failure: fc.constant(null),
  }),
  fc.record({
    status: fc.constantFrom("cancelling" as const, "cancelled" as const),
    cancelledAt: time,
    failure: fc.constant(null),
  }),
  fc.record({ status: fc.constant("failed" as const), cancelledAt: fc.constant(null), failure }),
);

/** Any order that a side may hold; ids are new each time, numbers are those of `number`. */
export function anyOrder(number: fc.Arbitrary<number>): fc.Arbitrary<OrderRecord> {
  return fc
    .record({
      id: fresh,
      number,
      customerId: fc.uuid(),
      placedAt: time,
      shipTo: fc.record({
        name: text(40),
        street: text(40),
        postcode: text(10),
        city: text(20),
        country: fc.constantFrom("DE", "IE", "PT"),
      }),
      lines: fc
        .array(line, { minLength: 1, maxLength: 4 })
        .map((lines) => lines.map((one, index) => ({ line: index + 1, ...one }))),
      totalAmount: fc.nat(Number.MAX_SAFE_INTEGER),
      currency: fc.constantFrom("EUR", "USD"),
      payment: fc.record({
        id: fresh,
        status: fc.constantFrom("pending" as const, "charged" as const, "refunded" as const, "none" as const),
        cardLast4: fc.stringMatching(/^\d{4}$/),
      }),
      cartVersion: fc.option(fc.nat(2 ** 31 - 1)),
      request: fc.option(
        fc.record({ principal: fc.uuid(), route: text(20), key: text(20), bodyHash: text(20) }),
      ),
    })
    .chain((order) => state.map((said) => ({ ...order, ...said })));
}

/** One order as a checkout begins it, of this customer. */
export function pendingOrder(id: string, customerId: string): OrderRecord {
  return {
    id,
    number: 1,
    customerId,
    status: "pending",
    placedAt: "2024-11-20T10:00:00.000Z",
    cancelledAt: null,
    shipTo: { name: "Ada", street: "12 Mill Lane", postcode: "10115", city: "Berlin", country: "DE" },
    lines: [{ line: 1, sku: "sku-1", name: "Lamp", unitAmount: 500, quantity: 2 }],
    totalAmount: 1_000,
    currency: "EUR",
    payment: { id: `${id}-payment`, status: "pending", cardLast4: "4242" },
    cartVersion: 3,
    failure: null,
    request: null,
  };
}
