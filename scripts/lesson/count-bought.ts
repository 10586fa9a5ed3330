import { isDeepStrictEqual } from "node:util";
import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import { SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import type { ChargeRow } from "../capabilities/charge-rows.ts";
import type { Bought } from "./buyer.ts";

/** What both sides' tables and the card processor say of what people were told. */
export interface Counted {
  readonly placed: number;
  readonly refused: number;
  /** Given up without an answer: 0 or 1 order each. */
  readonly unknown: number;
  /** Acknowledged, and not to be found at a side, or not the same at both. */
  readonly lost: readonly string[];
  /** An order too many, a charge too many, or one that is not as its order says. */
  readonly wrong: readonly string[];
  /** Requests that were sent again under their key. */
  readonly repeats: number;
  readonly slowestMs: number;
  readonly medianMs: number;
}

/** All that came about since the buyers began. */
export interface CameAbout {
  /** The buyers' own orders, by side. */
  readonly orders: Readonly<Record<Side, readonly OrderRecord[]>>;
  /** Everyone's. */
  readonly charges: readonly ChargeRow[];
  /** Payments of everyone's orders, at either side. */
  readonly payments: ReadonlySet<string>;
}

/** Holds what the buyers were told against what is there, in both directions. For when the copies have caught up. Pure. */
export function countBought(bought: readonly Bought[], there: CameAbout): Counted {
  const placed = bought.flatMap(({ end, orderId }) =>
    end === "placed" && orderId !== undefined ? [orderId] : [],
  );
  const [left, right] = SIDES.map((side) => new Map(there.orders[side].map((order) => [order.id, order])));
  const isLost = (id: string) =>
    left?.get(id) === undefined || !isDeepStrictEqual(left.get(id), right?.get(id));
  const times = bought.map(({ ms }) => ms).sort((a, b) => a - b);
  return {
    placed: placed.length,
    refused: bought.filter(({ end }) => end === "refused").length,
    unknown: bought.filter(({ end }) => end === "unknown").length,
    lost: placed.filter(isLost),
    wrong: [
      ...placed.filter((id, at) => placed.indexOf(id) !== at).map((id) => `${id} was acknowledged twice`),
      ...tooMany(bought, new Set(placed), there),
      ...chargedWrongly(new Set(placed), there),
    ],
    repeats: bought.reduce((sum, { tries }) => sum + tries - 1, 0),
    slowestMs: times.at(-1) ?? 0,
    medianMs: times[Math.floor(times.length / 2)] ?? 0,
  };
}

/** A failed order is none: it is kept for its answer's sake. */
const stands = ({ status }: OrderRecord) => status !== "failed";

/** Each order once, as whichever side has it. */
function ordersIn({ orders }: CameAbout): readonly OrderRecord[] {
  return [...new Map(SIDES.flatMap((side) => orders[side]).map((order) => [order.id, order])).values()];
}

/** Orders that nobody was told of; under a key without an answer there may be one. */
function tooMany(
  bought: readonly Bought[],
  placed: ReadonlySet<string>,
  there: CameAbout,
): readonly string[] {
  const unanswered = new Map(bought.flatMap(({ end, key }) => (end === "unknown" ? [[key, 0]] : [])));
  return ordersIn(there).flatMap((order) => {
    if (!stands(order) || placed.has(order.id)) return [];
    const key = order.request?.key ?? "";
    const before = unanswered.get(key);
    if (before === undefined) return [`${order.id} stands, and nobody was told of it`];
    unanswered.set(key, before + 1);
    return before === 0 ? [] : [`${order.id} stands beside another one under its key`];
  });
}

/** By the card processor's own books: one charge for each order that was placed, and none for anything else. */
function chargedWrongly(placed: ReadonlySet<string>, there: CameAbout): readonly string[] {
  const charges = new Map(there.charges.map((charge) => [charge.id, charge]));
  const ofOrders = ordersIn(there).flatMap((order) => {
    const charge = charges.get(order.payment.id);
    if (placed.has(order.id)) {
      if (charge?.status !== "charged")
        return [`${order.id}: its charge is ${charge?.status ?? "not there"}`];
      const { totalAmount } = order;
      return charge.amount === totalAmount
        ? []
        : [`${order.id}: ${charge.amount} was charged, not ${totalAmount}`];
    }
    return !stands(order) && charge?.status === "charged"
      ? [`${order.id} failed, and its charge was not given back`]
      : [];
  });
  const ofNone = there.charges
    .filter(({ id, status }) => status === "charged" && !there.payments.has(id))
    .map(({ id }) => `charge ${id}: kept, and it is no order's`);
  return [...ofOrders, ...ofNone];
}
