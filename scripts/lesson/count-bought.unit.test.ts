import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import { pendingOrder } from "@banyan/monolith/orders/order-record.fixture.ts";
import { expect, test } from "vitest";
import type { ChargeRow } from "../capabilities/charge-rows.ts";
import type { Bought } from "./buyer.ts";
import { type CameAbout, countBought } from "./count-bought.ts";

const ORDER: OrderRecord = {
  ...pendingOrder("order", "somebody"),
  status: "placed",
  payment: { id: "payment", status: "charged", cardLast4: "4242" },
  request: { principal: "somebody", route: "POST /api/orders", key: "key", bodyHash: "hash" },
};
const CHARGE: ChargeRow = { id: "payment", status: "charged", amount: 1_000 };

function orderOf(key: string, change: Partial<OrderRecord> = {}): OrderRecord {
  const request = { principal: "somebody", route: "POST /api/orders", key, bodyHash: "hash" };
  const payment = { ...ORDER.payment, id: `payment of ${change.id ?? "another"}` };
  return { ...ORDER, id: "another", payment, request, ...change };
}

function boughtAs(end: Bought["end"], key: string, orderId?: string): Bought {
  return { key, orderId, end, status: 0, code: undefined, timing: "", tries: 1, ms: 10 };
}

/** The same at both sides, and everybody's payments are those of these orders. */
function thereAre(orders: readonly OrderRecord[], charges: readonly ChargeRow[]): CameAbout {
  const payments = new Set(orders.map(({ payment }) => payment.id));
  return { orders: { monolith: orders, extracted: orders }, charges, payments };
}

const TOLD = [boughtAs("placed", "key", ORDER.id)];

test("what people were told and what is there agree", () => {
  const bought = [
    ...TOLD,
    boughtAs("refused", "declined"),
    { ...boughtAs("unknown", "gone"), tries: 3, ms: 90 },
  ];
  const failed = orderOf("declined", { status: "failed" });
  const late = orderOf("gone", { id: "late", status: "pending" });
  const charges: ChargeRow[] = [
    CHARGE,
    { id: failed.payment.id, status: "declined", amount: 1_000 },
    { id: late.payment.id, status: "charged", amount: 1_000 },
    { id: "tombstone", status: "refunded", amount: null },
  ];
  expect(countBought(bought, thereAre([ORDER, failed, late], charges))).toEqual({
    placed: 1,
    refused: 1,
    unknown: 1,
    lost: [],
    wrong: [],
    repeats: 2,
    slowestMs: 90,
    medianMs: 10,
  });
});

const both = (orders: readonly OrderRecord[]) => ({ monolith: orders, extracted: orders });
const here = thereAre([ORDER], [CHARGE]);

test.each<[string, CameAbout["orders"]]>([
  ["neither side has", both([])],
  ["the extracted side has not", { monolith: [ORDER], extracted: [] }],
  ["the monolith has not", { monolith: [], extracted: [ORDER] }],
  ["the sides do not agree on", { monolith: [ORDER], extracted: [{ ...ORDER, number: 3 }] }],
])("an acknowledged order that %s is lost", (_which, orders) => {
  expect(countBought(TOLD, { ...here, orders }).lost).toEqual(["order"]);
});

test.each<[string, readonly Bought[], CameAbout, readonly string[]]>([
  [
    "a second charge under another id",
    TOLD,
    thereAre([ORDER], [CHARGE, { ...CHARGE, id: "again" }]),
    ["charge again: kept, and it is no order's"],
  ],
  [
    "a charge that was given back",
    TOLD,
    thereAre([ORDER], [{ ...CHARGE, status: "refunded" }]),
    ["order: its charge is refunded"],
  ],
  ["a charge that never came in", TOLD, thereAre([ORDER], []), ["order: its charge is not there"]],
  [
    "a charge of another amount",
    TOLD,
    thereAre([ORDER], [{ ...CHARGE, amount: 999 }]),
    ["order: 999 was charged, not 1000"],
  ],
  [
    "a charge of an order that failed",
    [boughtAs("refused", "key")],
    thereAre([{ ...ORDER, status: "failed" }], [CHARGE]),
    ["order failed, and its charge was not given back"],
  ],
  [
    "a second order under the key of one that was acknowledged",
    TOLD,
    thereAre([ORDER, orderOf("key", { status: "pending" })], [CHARGE]),
    ["another stands, and nobody was told of it"],
  ],
  [
    "a second order under a key without an answer",
    [boughtAs("unknown", "key")],
    thereAre([ORDER, orderOf("key")], [CHARGE]),
    ["another stands beside another one under its key"],
  ],
  [
    "an order that was refused",
    [boughtAs("refused", "key")],
    thereAre([ORDER], [CHARGE]),
    ["order stands, and nobody was told of it"],
  ],
  [
    "an order at one side only that nobody was told of",
    [],
    { ...here, orders: { monolith: [], extracted: [ORDER] } },
    ["order stands, and nobody was told of it"],
  ],
  [
    "one order under two keys",
    [...TOLD, boughtAs("placed", "other", "order")],
    here,
    ["order was acknowledged twice"],
  ],
])("%s is wrong", (_what, bought, there, wrong) => {
  expect(countBought(bought, there).wrong).toEqual(wrong);
});

test("a charge of somebody else's order is explained", () => {
  const charges = [CHARGE, { ...CHARGE, id: "of a neighbour" }];
  const payments = new Set([...here.payments, "of a neighbour"]);
  expect(countBought(TOLD, { ...here, charges, payments }).wrong).toEqual([]);
});
