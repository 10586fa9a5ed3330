import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import {
  ORDERS,
  type OrderChange,
  type OrderFailure,
  type OrderRecord,
} from "@banyan/contracts/events/orders.ts";
import { type Done, guardedWrite } from "@banyan/platform/handover/write/guarded-write.ts";
import {
  findKey,
  otherBody,
  type StoredResponse,
  type WriteKey,
} from "@banyan/platform/handover/write/keys.ts";
import { MisdirectedError } from "@banyan/platform/handover/write/misdirected.ts";
import type { Pool } from "pg";
import type { NewOrderRecord, OrderRows } from "./order-rows.ts";
import { orderSlot } from "./slot.ts";

/** What became of the first commit of a checkout. */
export type Opened =
  | { readonly kind: "opened"; readonly order: OrderRecord }
  /** The same request came before and has ended. */
  | { readonly kind: "replayed"; readonly response: StoredResponse }
  /** The same request came before and has not ended. */
  | { readonly kind: "in-progress" };

/** How a checkout ended, for everyone outside. */
export type CheckoutEnd =
  | { readonly placed: true }
  | {
      readonly placed: false;
      readonly failure: OrderFailure;
      /** `refunded`: money may have moved, and is back. */
      readonly payment: "refunded" | "none";
    };

/** `elsewhere`: this side does not own the slot any more, so the new owner's worker finishes it. */
export type Closed =
  | { readonly kind: "closed"; readonly order: OrderRecord }
  | { readonly kind: "elsewhere" };

/**
 * The orders that one side may write: every change is one guarded write of the customer's slot (design §5.2), and none
 * waits for anybody outside the database.
 */
export interface OrderStore {
  /** The order as this side's tables have it, whether it owns the slot or not. */
  find(id: string): Promise<OrderRecord | undefined>;
  /** What is stored under a customer's key: no response while its request is in progress. BYN-DATA-021 */
  answerOf(
    customerId: string,
    key: WriteKey,
  ): Promise<{ readonly response: StoredResponse | null } | undefined>;
  /** `pending` and `cancelling` orders of the slots that this side owns, the oldest first, without `besides`. */
  unfinished(limit: number, besides: readonly string[]): Promise<readonly OrderRecord[]>;
  /** How many orders took what was in the customer's cart: to be asked before the cart is read. */
  timesOrdered(customerId: string): Promise<number>;
  /**
   * The first commit: the order `pending`, its key in progress. `before` is what `timesOrdered` said before the cart was
   * read: had another order been placed since then, the cart as it was read may still hold what that one took.
   * @throws MisdirectedError; BYN-DATA-021; BYN-SHOP-029 (another checkout is under way, or came in between),
   * BYN-SHOP-013 (the cart was ordered meanwhile)
   */
  open(order: NewOrderRecord, key: WriteKey | undefined, before: number): Promise<Opened>;
  /** The last commit: `placed` or `failed`, with the response for the key. Repeated, it answers what stands. */
  close(
    order: OrderRecord,
    end: CheckoutEnd,
    respond: (order: OrderRecord) => StoredResponse,
  ): Promise<Closed>;
  /**
   * The first commit of a cancelling: `placed` → `cancelling`. One that is `cancelling` already is answered as it is.
   * @throws MisdirectedError; BYN-SHOP-018
   */
  beginCancel(order: OrderRecord, at: Date): Promise<OrderRecord>;
  endCancel(order: OrderRecord): Promise<Closed>;
}

export function createOrderStore(pool: Pool, rows: OrderRows): OrderStore {
  /** One guarded write of an order that is there; `change` answers its next state, or undefined to leave it. */
  const update = async (
    { id, customerId }: OrderRecord,
    change: (now: OrderRecord) => OrderRecord | undefined,
    settle?: (order: OrderRecord) => StoredResponse,
  ): Promise<OrderRecord> => {
    let stands: OrderRecord | undefined;
    await guardedWrite(pool, { capability: ORDERS, slot: orderSlot(customerId) }, async (client) => {
      const now = await rows.find(client, id);
      if (now === undefined) throw new BanyanError("BYN-SHOP-003", "no such order");
      const next = change(now);
      stands = next ?? now;
      if (next === undefined) return { changes: [], response: null };
      await rows.save(client, next);
      const response = settle?.(next) ?? null;
      const settles = next.request === null || response === null ? undefined : { ...next.request, response };
      return { changes: saved(next), response, ...(settles === undefined ? {} : { settles }) };
    });
    if (stands === undefined) throw new Error("a guarded write that did nothing");
    return stands;
  };

  return {
    find: (id) => rows.find(pool, id),
    answerOf: async (customerId, key) => {
      const known = await findKey(pool, ORDERS, orderSlot(customerId), key);
      if (known !== undefined && known.bodyHash !== key.bodyHash) throw otherBody();
      return known === undefined ? undefined : { response: known.response };
    },
    unfinished: (limit, besides) => rows.unfinished(pool, limit, besides),
    timesOrdered: (customerId) => rows.timesOrdered(pool, customerId),
    open: async (order, key, before) => {
      const slot = orderSlot(order.customerId);
      let opened: OrderRecord | undefined;
      const outcome = await guardedWrite(
        pool,
        { capability: ORDERS, slot, ...(key === undefined ? {} : { key }) },
        async (client): Promise<Done> => {
          if ((await rows.pendingOf(client, order.customerId)) !== undefined) {
            throw new BanyanError("BYN-SHOP-029", "another order of yours is being paid just now");
          }
          if ((await rows.timesOrdered(client, order.customerId)) !== before) {
            throw new BanyanError("BYN-SHOP-029", "another order of yours came in between");
          }
          const { cartVersion } = order;
          if (cartVersion !== null && (await rows.isOrdered(client, order.customerId, cartVersion))) {
            throw new BanyanError(
              "BYN-SHOP-013",
              "there is nothing in the cart: it was ordered a moment ago",
            );
          }
          opened = await rows.insert(client, order);
          return { changes: saved(opened), response: null };
        },
      );
      if (outcome.kind === "replayed") return outcome;
      if (outcome.kind === "in-progress") return { kind: "in-progress" };
      if (opened === undefined) throw new Error("a checkout that wrote nothing");
      return { kind: "opened", order: opened };
    },
    close: (order, end, respond) =>
      orElsewhere(() =>
        update(order, (now) => (now.status === "pending" ? endedAs(now, end) : undefined), respond),
      ),
    beginCancel: (order, at) =>
      update(order, (now) => {
        if (now.status === "cancelling") return undefined;
        if (now.status !== "placed") throw new BanyanError("BYN-SHOP-018", `the order is ${now.status}`);
        return { ...now, status: "cancelling", cancelledAt: at.toISOString() };
      }),
    endCancel: (order) =>
      orElsewhere(() =>
        update(order, (now) =>
          now.status === "cancelling"
            ? { ...now, status: "cancelled", payment: { ...now.payment, status: "refunded" } }
            : undefined,
        ),
      ),
  };
}

function endedAs(order: OrderRecord, end: CheckoutEnd): OrderRecord {
  if (end.placed) return { ...order, status: "placed", payment: { ...order.payment, status: "charged" } };
  const { failure, payment } = end;
  return { ...order, status: "failed", failure, payment: { ...order.payment, status: payment } };
}

async function orElsewhere(write: () => Promise<OrderRecord>): Promise<Closed> {
  try {
    return { kind: "closed", order: await write() };
  } catch (error) {
    if (error instanceof MisdirectedError) return { kind: "elsewhere" };
    throw error;
  }
}

function saved(order: OrderRecord): readonly OrderChange[] {
  return [{ type: "order-saved", order }];
}
