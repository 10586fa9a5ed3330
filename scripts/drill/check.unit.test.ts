import { describe, expect, it } from "vitest";
import { CANCELLED, PLACED, truth } from "./check/facts.fixture.ts";
import { checkAll } from "./check.ts";
import type { Facts } from "./facts.ts";
import type { Order } from "./journal.ts";

const problemsOf = (lie: Partial<Facts>) =>
  checkAll({ ...truth(), ...lie }).flatMap(({ problems }) => problems);
const both = <T>(value: T) => ({ monolith: value, extracted: value });
const journal = truth().journal;
const cancelled = (cancel: "cancelled" | "refused") =>
  journal.orders.map((order) => (order.orderId === PLACED.id ? { ...order, cancel } : order));

describe("the checker", () => {
  it("has nothing to say of a run in which all is as it should be", () => {
    expect(problemsOf({})).toEqual([]);
  });

  it.each([0, 429, 503])("has nothing to say of an order that was read and answered %i", (status) => {
    expect(problemsOf(toldOf(PLACED.id, { readBack: { status, id: undefined } }))).toEqual([]);
  });

  it("counts what was sold in between as sold", () => {
    const counts: Partial<Facts> = {
      written: truth().written.map((row) => ({
        ...row,
        // Two cups are sold, and then five are counted.
        stock:
          row.seq === 2
            ? [{ sku: "cup", onHand: 8, counted: false }]
            : row.seq === 3
              ? [{ sku: "cup", onHand: 5, counted: true }]
              : row.stock,
      })),
      stock: both(
        new Map([
          ["cup", 5],
          ["pan", 1_000],
        ]),
      ),
    };
    expect(problemsOf(counts)).toEqual([]);
  });

  it.each<[string, Partial<Facts>, string]>([
    [
      "an acknowledged order that is lost",
      { orders: both([CANCELLED]) },
      "order-placed: acknowledged, and lost",
    ],
    [
      "an order that one side does not have",
      { orders: { monolith: [PLACED, CANCELLED], extracted: [PLACED] } },
      "order-cancelled: the sides differ",
    ],
    [
      "an order that differs between the sides",
      { orders: { ...both([PLACED, CANCELLED]), extracted: [{ ...PLACED, totalAmount: 1 }, CANCELLED] } },
      "order-placed: the sides differ",
    ],
    [
      "one key ordered twice",
      { orders: both([PLACED, { ...PLACED, id: "order-again" }, CANCELLED]) },
      "key key-placed: ordered 2 times",
    ],
    [
      "another order than the one that was told",
      { orders: both([{ ...PLACED, id: "order-other" }, CANCELLED]) },
      "order-placed: acknowledged, and it is order-other",
    ],
    [
      "a refused order that stands",
      { orders: both([PLACED, CANCELLED, asked("key-refused")]) },
      "order-key-refused: refused (BYN-SHOP-016), and stands",
    ],
    [
      "an order that nobody asked for",
      { orders: both([PLACED, CANCELLED, asked("key-of-nobody")]) },
      "order-key-of-nobody: nobody asked for it",
    ],
    [
      "an acknowledged cancelling that was lost",
      { journal: { ...journal, orders: cancelled("cancelled") } },
      "order-placed: cancel cancelled, and it is placed",
    ],
    [
      "a cancelling that was refused",
      { journal: { ...journal, orders: cancelled("refused") } },
      "order-placed: its customer may not cancel it",
    ],
    [
      "a placed order that nobody paid",
      { charges: truth().charges.slice(1) },
      "order-placed (placed): its charge is not there",
    ],
    [
      "a placed order that was given back",
      { charges: truth().charges.map((charge) => ({ ...charge, status: "refunded" })) },
      "order-placed (placed): its charge is refunded",
    ],
    [
      "another amount",
      { charges: truth().charges.map((charge) => ({ ...charge, amount: 999 })) },
      "order-placed (placed): 999 was charged, not 1000",
    ],
    [
      "a cancelled order that was not given back",
      { charges: truth().charges.map((charge) => ({ ...charge, status: "charged" })) },
      "order-cancelled (cancelled): its charge is charged",
    ],
    [
      "a cancelled order that was placed without ever being charged",
      {
        charges: truth().charges.map((charge) =>
          charge.status === "refunded" ? { ...charge, amount: null } : charge,
        ),
      },
      "order-cancelled (cancelled): it was placed, and never charged",
    ],
    [
      "a request that was sent twice at once, and ordered once, and told two ends",
      toldOf(PLACED.id, {
        twin: { orderId: undefined, end: "refused", status: 409, code: "BYN-SHOP-013" },
      }),
      "key key-placed: sent twice at once, and told placed order-placed and refused (BYN-SHOP-013)",
    ],
    [
      "a request that was sent twice at once, and told two orders",
      toldOf(PLACED.id, { twin: { orderId: "order-again", end: "placed", status: 201, code: undefined } }),
      "key key-placed: sent twice at once, and told placed order-placed and placed order-again",
    ],
    [
      "an acknowledged order that is not there when it is read",
      toldOf(PLACED.id, { readBack: { status: 404, id: undefined } }),
      "order-placed: acknowledged, and read at once it was a 404",
    ],
    [
      "an acknowledged order that is another one when it is read",
      toldOf(PLACED.id, { readBack: { status: 200, id: "order-other" } }),
      "order-placed: acknowledged, and read at once it was order-other",
    ],
    [
      "a charge that no order is placed for",
      { charges: [...truth().charges, { id: "stray", status: "charged", amount: 1 }] },
      "charge stray: kept, and no order is placed for it",
    ],
    [
      "an acknowledged count that was never written",
      { written: truth().written.map((row) => ({ ...row, stock: [] })) },
      "pan: 1000 was acknowledged, and never written",
    ],
    [
      "a count that was written twice",
      {
        written: truth().written.map((row) => ({
          ...row,
          stock: [{ sku: "pan", onHand: 1_000, counted: true }],
        })),
      },
      "pan: 1000 was written 3 times",
    ],
    [
      "a count of what is scarce that was acknowledged twice, and written once",
      {
        journal: {
          ...journal,
          restocks: new Map([
            [
              "pan",
              [
                { onHand: 1_000, end: "acknowledged" },
                { onHand: 1_000, end: "acknowledged" },
              ],
            ],
          ]),
        },
      },
      "pan: 1000 was asked for 2 times, acknowledged 2 times, and written 1 times",
    ],
    [
      "a piece that was sold while its SKU was counted, and is still there",
      {
        written: truth().written.map((row) => ({
          ...row,
          stock: row.seq === 3 ? [{ sku: "cup", onHand: 9, counted: true }] : row.stock,
        })),
      },
      "cup: 10 before, 8 now at the monolith side, 2 taken, -1 put there by counts",
    ],
    [
      "a count that does not stand",
      {
        stock: both(
          new Map([
            ["cup", 8],
            ["pan", 999],
          ]),
        ),
      },
      "pan: 1000 or 1001 should stand, the monolith side has 999",
    ],
    [
      "a piece that is gone",
      {
        stock: both(
          new Map([
            ["cup", 7],
            ["pan", 1_000],
          ]),
        ),
      },
      "cup: 10 before, 7 now at the monolith side, 2 taken",
    ],
    [
      "stock below nothing",
      {
        stock: both(
          new Map([
            ["cup", -1],
            ["pan", 1_000],
          ]),
        ),
      },
      "cup: the monolith side has -1",
    ],
    [
      "a placed order whose pieces went back",
      {
        reservations: both(
          truth().reservations.monolith.map((one) => ({ ...one, state: "released" as const })),
        ),
      },
      "order-placed-1: its order is placed, the reservation is released",
    ],
    [
      "pieces that were sold to nobody",
      {
        reservations: both(
          truth().reservations.monolith.map((one) => ({ ...one, state: "confirmed" as const })),
        ),
      },
      "order-cancelled-1: confirmed, and its order is not placed",
    ],
    ["two owners", { slots: withSlot(5, true, true) }, "slot 5 of orders: two owners"],
    ["no owner", { slots: withSlot(5, false, false) }, "slot 5 of orders: no owner"],
    ["two owners on the way", { torn: ["slot 9 was torn"] }, "slot 9 was torn"],
    [
      "an event that is missing",
      { written: truth().written.filter(({ seq }) => seq !== 2) },
      "slot 1 of inventory: the event after 1 is 3",
    ],
    [
      "an event that was written twice",
      { written: [...truth().written, ...truth().written.slice(2)] },
      "slot 1 of inventory: the event after 3 is 3",
    ],
    [
      "an owner that is ahead of what was written",
      { written: truth().written.slice(0, 2) },
      "slot 1 of inventory: its owner is at 3, and 2 events were written",
    ],
    [
      "events of an epoch that was over",
      { foreign: { orders: 0, inventory: 2 } },
      "inventory: 2 events of an epoch that was over",
    ],
    [
      "copies that differ",
      { different: { orders: "99 slots equal", inventory: "" } },
      "orders: 99 slots equal",
    ],
    [
      "a saga that never ends",
      { orders: both([PLACED, { ...CANCELLED, status: "cancelling" }]) },
      "order-cancelled: cancelling for good, at the extracted side",
    ],
    [
      "a reservation that never ends",
      {
        reservations: both(truth().reservations.monolith.map((one) => ({ ...one, state: "held" as const }))),
      },
      "order-placed-1: held for good, at the monolith side",
    ],
    ["a request that never ends", { openKeys: 1 }, "1 requests are in progress for good"],
    ["a process that ended by itself", { ended: ["proxy"] }, "proxy ended by itself"],
    [
      "what never came to its end",
      { hung: ["the flags to stand still"] },
      "waited in vain for the flags to stand still",
    ],
  ])("finds %s", (_what, lie, problem) => {
    expect(problemsOf(lie)).toContain(problem);
  });
});

function toldOf(orderId: string, told: Partial<Order>): Partial<Facts> {
  const orders = journal.orders.map((order) => (order.orderId === orderId ? { ...order, ...told } : order));
  return { journal: { ...journal, orders } };
}

function asked(key: string) {
  return { ...PLACED, id: `order-${key}`, request: { principal: "", route: "", key, bodyHash: "" } };
}

function withSlot(slot: number, monolith: boolean, extracted: boolean): Facts["slots"] {
  const { orders, inventory } = truth().slots;
  const set = (rows: typeof orders.monolith, owner: boolean) =>
    rows.map((row) => (row.slot === slot ? { ...row, owner } : row));
  return {
    inventory,
    orders: { monolith: set(orders.monolith, monolith), extracted: set(orders.extracted, extracted) },
  };
}
