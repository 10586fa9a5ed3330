import { isDeepStrictEqual } from "node:util";
import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import type { Problem } from "../check.ts";
import type { Facts } from "../facts.ts";
import type { Order, Told } from "../journal.ts";

/**
 * A placed order stands once, under the id that its customer was told; a refused one does not; an unknown one may. There is
 * no order that nobody asked for. Failed orders are none: they are kept for their answer's sake.
 */
export function checkOrders({ journal, orders }: Pick<Facts, "journal" | "orders">): Problem[] {
  const problems: Problem[] = [];
  const copies = new Map(orders.extracted.map((order) => [order.id, order]));
  if (copies.size !== orders.monolith.length) {
    problems.push(`the monolith has ${orders.monolith.length} orders, the extracted side ${copies.size}`);
  }
  const standing = new Map<string, OrderRecord[]>();
  for (const order of orders.monolith) {
    if (!isDeepStrictEqual(order, copies.get(order.id))) problems.push(`${order.id}: the sides differ`);
    if (order.status === "failed") continue;
    const key = order.request?.key ?? "";
    standing.set(key, [...(standing.get(key) ?? []), order]);
  }
  const asked = new Map(journal.orders.map((order) => [order.key, order]));
  for (const order of asked.values()) {
    problems.push(...ofOrder(order, standing.get(order.key) ?? []), ...ofTwin(order), ...ofReadBack(order));
  }
  for (const [key, found] of standing) {
    if (!asked.has(key)) problems.push(`${found[0]?.id}: nobody asked for it`);
  }
  return problems;
}

function ofOrder(order: Order, standing: readonly OrderRecord[]): Problem[] {
  const [first, ...more] = standing;
  if (more.length > 0) return [`key ${order.key}: ordered ${standing.length} times`];
  if (order.end === "refused" && first !== undefined)
    return [`${first.id}: refused (${order.code}), and stands`];
  if (order.end !== "placed") return [];
  if (first === undefined) return [`${order.orderId}: acknowledged, and lost`];
  if (first.id !== order.orderId) return [`${order.orderId}: acknowledged, and it is ${first.id}`];
  if (order.cancel === "refused") return [`${first.id}: its customer may not cancel it`];
  const may = STATUS_AFTER[order.cancel];
  return may.includes(first.status) ? [] : [`${first.id}: cancel ${order.cancel}, and it is ${first.status}`];
}

/** Two requests at once under one key are one, so both are told the same. */
function ofTwin({ key, twin, ...order }: Order): Problem[] {
  if (twin === undefined || twin.end === "unknown" || order.end === "unknown") return [];
  const one = wordsOf(order);
  const other = wordsOf(twin);
  return one === other ? [] : [`key ${key}: sent twice at once, and told ${one} and ${other}`];
}

function wordsOf({ end, orderId, code, status }: Told): string {
  return end === "placed" ? `placed ${orderId}` : `${end} (${code ?? status})`;
}

/** Who was told of an order sees it; only a shop that is away may say nothing of it. */
function ofReadBack({ orderId, readBack }: Order): Problem[] {
  if (readBack === undefined) return [];
  const { status, id } = readBack;
  if (status === 200)
    return id === orderId ? [] : [`${orderId}: acknowledged, and read at once it was ${id}`];
  const away = status === 0 || status === 429 || status >= 500;
  return away ? [] : [`${orderId}: acknowledged, and read at once it was a ${status}`];
}

const STATUS_AFTER: Readonly<Record<Exclude<Order["cancel"], "refused">, readonly OrderRecord["status"][]>> =
  {
    none: ["placed"],
    cancelled: ["cancelled"],
    unknown: ["placed", "cancelled"],
  };
