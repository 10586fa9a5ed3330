import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { ORDERS } from "@banyan/contracts/events/orders.ts";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
import { Order } from "@banyan/contracts/http/orders.ts";
import { readSlot } from "@banyan/platform/handover/slot/slot-row.ts";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import { tracedFetch } from "@banyan/platform/telemetry/client.ts";
import { orderSlot } from "@banyan/shop/orders/slot.ts";
import type { Request } from "express";
import type { Pool } from "pg";
import { orderOf } from "../orders/orders.ts";

export interface OwnersOrder {
  readonly pool: Pool;
  /** Where `/api` is asked, `http://host:port`: behind it, the orders' owner. */
  readonly base: () => string;
  readonly deadlineMs?: number;
}

/** The order and its slot's owner must be of one moment. */
const ONE_STATE = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const DEADLINE_MS = 5_000;

/**
 * The order as its owner has it: from the shop's own tables while this side owns its slot, else from the API, which is
 * asked on the caller's behalf. An order that this side doesn't know may be the other side's, so it is asked for, too.
 * @throws BYN-SHOP-003, 005, as the owner says; BYN-SHOP-032 when it does not answer
 */
export async function ownersOrder(
  { pool, base, deadlineMs = DEADLINE_MS }: OwnersOrder,
  request: Request,
  id: string,
): Promise<Order> {
  const own = await inTransaction(
    pool,
    async (client) => {
      const order = await orderOf(client, id);
      if (order === undefined) return undefined;
      const { owner } = await readSlot(client, ORDERS, orderSlot(order.customerId));
      return owner ? order : undefined;
    },
    ONE_STATE,
  );
  return own ?? asked(`${base()}/api/orders/${id}`, headersOf(request), deadlineMs);
}

async function asked(url: string, headers: Record<string, string>, deadlineMs: number): Promise<Order> {
  try {
    const signal = AbortSignal.timeout(deadlineMs);
    const answer = await tracedFetch(url, { headers, signal, redirect: "error" });
    if (answer.ok) return Order.parse(await answer.json());
    await answer.body?.cancel();
    if (answer.status === 404) throw new BanyanError("BYN-SHOP-003", "no such order");
    if (answer.status === 401) throw new BanyanError("BYN-SHOP-005", "there is no valid session");
    throw new BanyanError("BYN-SHOP-032", `the orders: the owner answered ${answer.status}`);
  } catch (cause) {
    if (cause instanceof BanyanError) throw cause;
    throw new BanyanError("BYN-SHOP-032", "the orders: the owner gave no answer that can be read", { cause });
  }
}

/** Who asks, and in which request. */
function headersOf(request: Request): Record<string, string> {
  const headers: Record<string, string> = { accept: "application/json" };
  for (const name of ["cookie", HEADERS.requestId]) {
    const value = request.get(name);
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}
