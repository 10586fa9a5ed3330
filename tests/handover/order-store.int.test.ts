import { randomUUID } from "node:crypto";
import { ORDERS, type OrderRecord } from "@banyan/contracts/events/orders.ts";
import type { Side } from "@banyan/contracts/http/headers.ts";
import { pendingOrder } from "@banyan/monolith/orders/order-record.fixture.ts";
import { orderRows as monolithRows } from "@banyan/monolith/orders/order-rows.ts";
import { createShopDatabase } from "@banyan/monolith/shop.fixture.ts";
import { orderRows as extractedRows } from "@banyan/orders/orders/order-rows.ts";
import { createOrdersDatabase } from "@banyan/orders/orders-database.fixture.ts";
import { checkoutResponse } from "@banyan/shop/checkout/respond.ts";
import type { NewOrderRecord } from "@banyan/shop/orders/order-rows.ts";
import { type CheckoutEnd, createOrderStore, type OrderStore } from "@banyan/shop/orders/order-store.ts";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

/* What the store refuses by what stands, over either side's tables. */

const SIDES: Readonly<
  Record<Side, (adminUrl: string) => Promise<{ store: OrderStore; remove(): Promise<void> }>>
> = {
  monolith: async (adminUrl) => {
    const { pool, remove } = await createShopDatabase(adminUrl);
    await pool.query("SELECT handover.open($1, true)", [ORDERS]);
    return { store: createOrderStore(pool, monolithRows), remove };
  },
  extracted: async (adminUrl) => {
    const { pool, remove } = await createOrdersDatabase(adminUrl, true);
    return { store: createOrderStore(pool, extractedRows), remove };
  },
};

const PLACED: CheckoutEnd = { placed: true };
const GIVEN_UP: CheckoutEnd = {
  placed: false,
  failure: { code: "BYN-SHOP-017", detail: "no answer", mistakes: [] },
  payment: "refunded",
};

function draftOf(customerId: string, cartVersion: number): NewOrderRecord {
  const { number: _none, ...order } = pendingOrder(randomUUID(), customerId);
  return { ...order, cartVersion };
}

describe.each(["monolith", "extracted"] as const)("over the %s side's tables", (side) => {
  let store: OrderStore;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    ({ store, remove } = await SIDES[side](inject("postgresUrl")));
  });
  afterAll(() => remove?.());

  /** An order of somebody new, `pending`. */
  async function opened(cartVersion = 3): Promise<OrderRecord> {
    const outcome = await store.open(draftOf(randomUUID(), cartVersion), undefined, 0);
    if (outcome.kind !== "opened") throw new Error(outcome.kind);
    return outcome.order;
  }

  const closed = async (order: OrderRecord, end: CheckoutEnd) => {
    const outcome = await store.close(order, end, checkoutResponse);
    return outcome.kind === "closed" ? outcome.order : outcome.kind;
  };

  test("a second driver that comes late does not make a cancelled order a placed one", async () => {
    const order = await opened();
    const placed = await closed(order, PLACED);
    if (typeof placed === "string") throw new Error(placed);
    await store.beginCancel(placed, new Date());
    const ended = await store.endCancel(placed);
    if (ended.kind !== "closed") throw new Error(ended.kind);
    expect(ended.order).toMatchObject({ status: "cancelled", payment: { status: "refunded" } });
    expect(await closed(order, PLACED)).toEqual(ended.order);
    expect(await store.find(order.id)).toEqual(ended.order);
  });

  test("nor a placed one a failed one, nor a failed one a placed one", async () => {
    for (const [first, second] of [
      [PLACED, GIVEN_UP],
      [GIVEN_UP, PLACED],
    ] as const) {
      const order = await opened();
      const ended = await closed(order, first);
      expect(await closed(order, second)).toEqual(ended);
      expect(await store.find(order.id)).toEqual(ended);
    }
  });

  test("a cart that was ordered already is not ordered again, though the count of orders is right", async () => {
    const { customerId, ...order } = await opened(3);
    await closed({ ...order, customerId }, PLACED);
    const before = await store.timesOrdered(customerId);
    expect(before).toBe(1);
    const again = draftOf(customerId, 3);
    await expect(store.open(again, undefined, before)).rejects.toMatchObject({ code: "BYN-SHOP-013" });
    expect(await store.find(again.id)).toBeUndefined();
    expect(await store.open(draftOf(customerId, 4), undefined, before)).toMatchObject({ kind: "opened" });
  });

  test("a cart whose order failed may be ordered again", async () => {
    const { customerId, ...order } = await opened(3);
    await closed({ ...order, customerId }, GIVEN_UP);
    const before = await store.timesOrdered(customerId);
    expect(await store.open(draftOf(customerId, 3), undefined, before)).toMatchObject({ kind: "opened" });
  });
});
