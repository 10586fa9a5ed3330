import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import { ALL_SLOTS } from "@banyan/contracts/slot.ts";
import type { SlotRow } from "@banyan/platform/handover/slot/slot-row.ts";
import type { Facts } from "../facts.ts";
import type { WrittenRow } from "../outbox-history.ts";

export const PLACED = orderOf("placed", "key-placed", "order-placed");
export const CANCELLED = orderOf("cancelled", "key-cancelled", "order-cancelled");

/** One line, sent once, not read. */
const ALONE = { lines: 1, twin: undefined, readBack: undefined };

function orderOf(status: "placed" | "cancelled", key: string, id: string): OrderRecord {
  return {
    id,
    number: 1,
    customerId: "somebody",
    status,
    placedAt: "2026-11-27T12:00:00.000Z",
    cancelledAt: status === "placed" ? null : "2026-11-27T12:00:01.000Z",
    shipTo: { name: "Ada", street: "1 Lane", postcode: "1000", city: "Town", country: "CH" },
    lines: [{ line: 1, sku: "cup", name: "Cup", unitAmount: 500, quantity: 2 }],
    totalAmount: 1_000,
    currency: "EUR",
    payment: { id: `charge-${id}`, status: status === "placed" ? "charged" : "refunded", cardLast4: "4242" },
    cartVersion: 1,
    failure: null,
    request: { principal: "somebody", route: "POST /api/orders", key, bodyHash: "hash" },
  };
}

/** A run in which all is as it should be: one order placed, one cancelled, a SKU counted, slot 1 of stock moved once. */
export function truth(): Facts {
  const both = <T>(value: T) => ({ monolith: value, extracted: value });
  const rows = (owner: boolean, moved: boolean): SlotRow[] =>
    Array.from({ length: ALL_SLOTS }, (_, i) => ({
      slot: i + 1,
      owner: moved && i === 0 ? !owner : owner,
      epoch: moved && i === 0 ? 2 : 1,
      seq: moved && i === 0 ? 3 : 0,
      state: "following" as const,
      trouble: undefined,
    }));
  const written = (seq: number, side: WrittenRow["side"], rest: Partial<WrittenRow>): WrittenRow => ({
    capability: "inventory",
    side,
    slot: 1,
    seq,
    epoch: side === "monolith" ? 1 : 2,
    kind: "event",
    stock: [],
    ...rest,
  });
  return {
    journal: {
      orders: [
        {
          key: "key-placed",
          orderId: PLACED.id,
          end: "placed",
          status: 201,
          code: undefined,
          tries: 1,
          cancel: "none",
          ...ALONE,
        },
        {
          key: "key-cancelled",
          orderId: CANCELLED.id,
          end: "placed",
          status: 201,
          code: undefined,
          tries: 2,
          cancel: "cancelled",
          ...ALONE,
        },
        {
          key: "key-refused",
          orderId: undefined,
          end: "refused",
          status: 402,
          code: "BYN-SHOP-016",
          tries: 1,
          cancel: "none",
          ...ALONE,
        },
        {
          key: "key-unknown",
          orderId: undefined,
          end: "unknown",
          status: 0,
          code: undefined,
          tries: 9,
          cancel: "none",
          ...ALONE,
        },
      ],
      counts: new Map([
        [
          "pan",
          [
            { onHand: 1_000, end: "acknowledged" },
            { onHand: 1_001, end: "unknown" },
          ],
        ],
      ]),
      restocks: new Map(),
    },
    orders: both([PLACED, CANCELLED]),
    charges: [
      { id: PLACED.payment.id, status: "charged", amount: 1_000 },
      { id: CANCELLED.payment.id, status: "refunded", amount: 1_000 },
      { id: "declined", status: "declined", amount: 1_000 },
    ],
    stockBefore: new Map([
      ["cup", 10],
      ["pan", 10],
    ]),
    stock: both(
      new Map([
        ["cup", 8],
        ["pan", 1_000],
      ]),
    ),
    reservations: both([
      { id: `${PLACED.id}-1`, sku: "cup", quantity: 2, state: "confirmed" },
      { id: `${CANCELLED.id}-1`, sku: "cup", quantity: 2, state: "returned" },
    ]),
    slots: {
      orders: { monolith: rows(true, false), extracted: rows(false, false) },
      inventory: { monolith: rows(true, true), extracted: rows(false, true) },
    },
    written: [
      written(1, "monolith", { stock: [{ sku: "pan", onHand: 1_000, counted: true }] }),
      written(2, "monolith", { kind: "handover" }),
      written(3, "extracted", {}),
    ],
    foreign: { orders: 0, inventory: 0 },
    openKeys: 0,
    different: { orders: "", inventory: "" },
    torn: [],
    ended: [],
    hung: [],
  };
}
