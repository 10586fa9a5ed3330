import { OrderRecord } from "@banyan/contracts/events/orders.ts";
import { orderSlot } from "@banyan/shop/orders/slot.ts";
import fc from "fast-check";
import type { PoolClient } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { HOME } from "../orders.fixture.ts";
import { createOrdersDatabase, type TestDatabase } from "../orders-database.fixture.ts";
import { orderRecords } from "./order-record.fixture.ts";
import { orderRows } from "./order-rows.ts";

const CUSTOMERS = ["0190a000-0000-7000-8000-0000000000c1", "0190a000-0000-7000-8000-0000000000c2"];
const [ADA = "", BOB = ""] = CUSTOMERS;

let database: TestDatabase;
let copy: TestDatabase;
let client: PoolClient;
let copyClient: PoolClient;

beforeAll(async () => {
  database = await createOrdersDatabase(inject("postgresUrl"), true);
  copy = await createOrdersDatabase(inject("postgresUrl"), false);
});
afterAll(async () => {
  await Promise.all([database?.remove(), copy?.remove()]);
});
beforeEach(async () => {
  [client, copyClient] = await Promise.all([database.pool.connect(), copy.pool.connect()]);
  await clear();
});
afterEach(() => {
  client.release();
  copyClient.release();
});

async function clear(): Promise<void> {
  await client.query("DELETE FROM shop_order");
  await copyClient.query("DELETE FROM shop_order");
}

const saveAll = async (on: PoolClient, orders: readonly OrderRecord[]) => {
  for (const order of orders) await orderRows.save(on, order);
};

/** The first of a few orders that are as the contract allows them. */
const [sample] = fc.sample(orderRecords([ADA]), { numRuns: 1, seed: 1 });
function orderOf(change: Partial<OrderRecord>): OrderRecord {
  const [first] = sample ?? [];
  if (first === undefined) throw new Error("no sample");
  return { ...first, cartVersion: null, ...change };
}

describe("an order's row", () => {
  test("keeps every order that the contract allows, whole, and as it was saved last", async () => {
    await fc.assert(
      fc.asyncProperty(orderRecords(CUSTOMERS), fc.infiniteStream(fc.boolean()), async (orders, again) => {
        await clear();
        const last = orders.map((order) => ({ ...order, totalAmount: order.totalAmount + 1 }));
        await saveAll(client, [...orders, ...last, ...last.filter(() => again.next().value)]);
        for (const order of last) {
          expect(OrderRecord.parse(order)).toEqual(order);
          expect(await orderRows.find(client, order.id)).toEqual(order);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("stands in the projection of its slot, by its id, whole", async () => {
    await fc.assert(
      fc.asyncProperty(orderRecords(CUSTOMERS), async (orders) => {
        await clear();
        await saveAll(client, orders);
        for (const customerId of CUSTOMERS) {
          const slot = orderSlot(customerId);
          const mine = orders.filter((order) => orderSlot(order.customerId) === slot);
          const rows = mine.map((record) => ({ id: record.id, record }));
          expect(await orderRows.projection.rows(client, slot)).toEqual(
            rows.sort((a, b) => (a.id < b.id ? -1 : 1)),
          );
        }
        const sums = await orderRows.projection.checksums(client);
        expect(sums.reduce((sum, { rows }) => sum + rows, 0)).toBe(orders.length);
      }),
      { numRuns: 30 },
    );
  });

  test("is replaced with its slot: the copy then has exactly the owner's rows, and other slots stay", async () => {
    await fc.assert(
      fc.asyncProperty(orderRecords(CUSTOMERS), orderRecords([ADA]), async (orders, stale) => {
        await clear();
        await saveAll(client, orders);
        await saveAll(
          copyClient,
          stale.map((order) => ({ ...order, number: order.number + 1_000 })),
        );
        for (const slot of CUSTOMERS.map(orderSlot)) {
          await orderRows.replace(copyClient, slot, await orderRows.projection.rows(client, slot));
        }
        expect(await orderRows.projection.checksums(copyClient)).toEqual(
          await orderRows.projection.checksums(client),
        );
      }),
      { numRuns: 30 },
    );
  });

  test("is replaced by what came, also where it is not as this shop would write it", async () => {
    const order = orderOf({ customerId: ADA, shipTo: { ...HOME, street: " 1 Long Row " } });
    await orderRows.replace(copyClient, orderSlot(ADA), [{ id: order.id, record: order }]);
    expect(await orderRows.find(copyClient, order.id)).toEqual(order);
  });

  test("is refused in another slot's filling, and when it is no order", async () => {
    const order = orderOf({ customerId: ADA });
    const filling = (record: Readonly<Record<string, unknown>>, slot: number) =>
      orderRows.replace(copyClient, slot, [{ id: order.id, record }]);
    await expect(filling(order, (orderSlot(ADA) % 100) + 1)).rejects.toThrow(/is not of slot/);
    await expect(filling({ ...order, number: 0 }, orderSlot(ADA))).rejects.toThrow();
  });

  test("has the slot in SQL that it has in code", async () => {
    const ids = fc.sample(fc.uuid(), { numRuns: 500, seed: 2 });
    const { rows } = await client.query<{ id: string; slot: number }>(
      "SELECT id, handover.slot_of('orders', id) AS slot FROM unnest($1::text[]) AS id",
      [ids],
    );
    expect(rows.filter(({ id, slot }) => slot !== orderSlot(id))).toEqual([]);
  });
});

describe("a new order", () => {
  test("has an even number from a million on, and the next one the next", async () => {
    await client.query("ALTER SEQUENCE order_number RESTART");
    const { number: _none, ...order } = orderOf({});
    const numbers: number[] = [];
    for (const { id } of fc.sample(fc.record({ id: fc.uuid() }), { numRuns: 3, seed: 3 })) {
      const inserted = await orderRows.insert(client, { ...order, id });
      expect(await orderRows.find(client, id)).toEqual(inserted);
      numbers.push(inserted.number);
    }
    expect(numbers).toEqual([1_000_000, 1_000_002, 1_000_004]);
  });
});

describe("what is looked for", () => {
  const ids = fc.sample(fc.uuid(), { numRuns: 5, seed: 4 });
  const at = (n: number, change: Partial<OrderRecord>) =>
    orderOf({ id: ids[n] ?? "", number: 2 + n, placedAt: `2026-01-0${9 - n}T00:00:00.000Z`, ...change });

  test("is the customer's order that is pending", async () => {
    const pending = at(0, { status: "pending", customerId: ADA });
    await saveAll(client, [at(1, { status: "placed", customerId: ADA }), pending]);
    expect(await orderRows.pendingOf(client, ADA)).toEqual(pending);
    expect(await orderRows.pendingOf(client, BOB)).toBeUndefined();
    await orderRows.save(client, { ...pending, status: "failed" });
    expect(await orderRows.pendingOf(client, ADA)).toBeUndefined();
  });

  test("is how often the customer's cart was ordered, which neither a failed order counts for nor one that has not ended", async () => {
    expect(await orderRows.timesOrdered(client, ADA)).toBe(0);
    const statuses = ["placed", "failed", "cancelled", "cancelling", "pending"] as const;
    await saveAll(
      client,
      statuses.map((status, n) => at(n, { status, customerId: ADA })),
    );
    expect(await orderRows.timesOrdered(client, ADA)).toBe(3);
    expect(await orderRows.timesOrdered(client, BOB)).toBe(0);
  });

  test("is whether this version of the cart was ordered, which a failed order does not count for", async () => {
    await saveAll(client, [
      at(0, { status: "placed", customerId: ADA, cartVersion: 7 }),
      at(1, { status: "failed", customerId: ADA, cartVersion: 8 }),
      at(2, { status: "cancelled", customerId: BOB, cartVersion: 9 }),
      at(3, { status: "placed", customerId: BOB, cartVersion: null }),
    ]);
    const ordered = async (customerId: string) => {
      const found: number[] = [];
      for (const version of [0, 7, 8, 9]) {
        if (await orderRows.isOrdered(client, customerId, version)) found.push(version);
      }
      return found;
    };
    expect([await ordered(ADA), await ordered(BOB)]).toEqual([[7], [9]]);
  });

  test("is what is unfinished in the slots of this side, the oldest first", async () => {
    const orders = [
      at(0, { status: "pending", customerId: ADA }),
      at(1, { status: "cancelling", customerId: BOB }),
      at(2, { status: "placed", customerId: ADA }),
      at(3, { status: "failed", customerId: ADA }),
      at(4, { status: "cancelling", customerId: ADA }),
    ];
    await saveAll(client, orders);
    await saveAll(copyClient, orders);
    const idsOf = (found: readonly OrderRecord[]) => found.map(({ id }) => ids.indexOf(id));
    expect(idsOf(await orderRows.unfinished(database.pool, 10))).toEqual([4, 1, 0]);
    expect(idsOf(await orderRows.unfinished(database.pool, 2))).toEqual([4, 1]);
    expect(await orderRows.unfinished(copy.pool, 10)).toEqual([]);
  });
});
