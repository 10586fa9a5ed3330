import { randomUUID } from "node:crypto";
import { ORDERS, OrderRecord } from "@banyan/contracts/events/orders.ts";
import { inSnapshot } from "@banyan/platform/log/snapshot.ts";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import { orderSlot } from "@banyan/shop/orders/slot.ts";
import fc from "fast-check";
import type { PoolClient } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createShopDatabase, type ShopDatabase } from "../shop.fixture.ts";
import { anyOrder, pendingOrder } from "./order-record.fixture.ts";
import { orderRows } from "./order-rows.ts";

let database: ShopDatabase;
beforeAll(async () => {
  database = await createShopDatabase(inject("postgresUrl"));
  await database.pool.query("SELECT handover.open($1, true)", [ORDERS]);
});
afterAll(() => database.remove());

const write = <T>(work: (client: PoolClient) => Promise<T>) => inTransaction(database.pool, work);
const find = (id: string) => orderRows.find(database.pool, id);
const rowsOf = (slot: number) =>
  inSnapshot(database.pool, (client) => orderRows.projection.rows(client, slot));

let numbers = 2_000_000;
const nextNumber = fc.constant(undefined).map(() => ++numbers);

test("any order comes back as it was saved, and stands so in the projection of its slot", async () => {
  await fc.assert(
    fc.asyncProperty(anyOrder(nextNumber), async (order) => {
      await write((client) => orderRows.save(client, order));
      expect(await find(order.id)).toEqual(order);
      expect(OrderRecord.parse(await find(order.id))).toEqual(order);
      const rows = await rowsOf(orderSlot(order.customerId));
      expect(rows.filter(({ id }) => id === order.id)).toEqual([{ id: order.id, record: order }]);
    }),
    { numRuns: 60 },
  );
});

test("saved again it is exactly the later one: fewer lines, another state, another payment", async () => {
  await fc.assert(
    fc.asyncProperty(anyOrder(nextNumber), anyOrder(nextNumber), async (before, other) => {
      const after = { ...other, id: before.id };
      await write((client) => orderRows.save(client, before));
      await write((client) => orderRows.save(client, after));
      expect(await find(before.id)).toEqual(after);
    }),
    { numRuns: 30 },
  );
});

test("a re-fill makes a slot's orders exactly these, and leaves the other slots alone", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uuid(),
      fc.array(anyOrder(nextNumber), { minLength: 1, maxLength: 5 }),
      fc.array(anyOrder(nextNumber), { maxLength: 5 }),
      async (customerId, before, after) => {
        const slot = orderSlot(customerId);
        const own = (orders: readonly OrderRecord[]) => orders.map((order) => ({ ...order, customerId }));
        const kept = own(before).slice(0, 1);
        const [elsewhere] = before.filter((order) => orderSlot(order.customerId) !== slot);
        await write(async (client) => {
          for (const order of own(before)) await orderRows.save(client, order);
        });
        const stray =
          elsewhere === undefined
            ? undefined
            : {
                ...elsewhere,
                id: randomUUID(),
                number: ++numbers,
                payment: { ...elsewhere.payment, id: randomUUID() },
              };
        if (stray !== undefined) await write((client) => orderRows.save(client, stray));
        const wanted = [...kept, ...own(after)].map((order) => ({ id: order.id, record: order }));
        await write((client) => orderRows.replace(client, slot, wanted));
        expect(await rowsOf(slot)).toEqual(wanted.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
        if (stray !== undefined) expect(await find(stray.id)).toEqual(stray);
      },
    ),
    { numRuns: 20 },
  );
});

test("this side's numbers are odd", async () => {
  const given: number[] = [];
  for (let n = 0; n < 3; n++) {
    const { number: _none, ...order } = pendingOrder(randomUUID(), randomUUID());
    const inserted = await write((client) => orderRows.insert(client, order));
    expect(await find(inserted.id)).toEqual(inserted);
    given.push(inserted.number);
  }
  expect(given.map((number) => number % 2)).toEqual([1, 1, 1]);
  expect(new Set(given).size).toBe(3);
});

test("a customer's pending order is found, a version of a cart that was ordered, and how often it was; one that failed does not count", async () => {
  const customerId = randomUUID();
  const order = { ...pendingOrder(randomUUID(), customerId), number: ++numbers };
  const asked = () =>
    write(async (client) => [
      (await orderRows.pendingOf(client, customerId))?.id,
      await orderRows.isOrdered(client, customerId, 3),
      await orderRows.isOrdered(client, customerId, 4),
      await orderRows.timesOrdered(client, customerId),
    ]);
  expect(await asked()).toEqual([undefined, false, false, 0]);
  await write((client) => orderRows.save(client, order));
  expect(await asked()).toEqual([order.id, true, false, 0]);
  await write((client) => orderRows.save(client, { ...order, status: "placed" }));
  expect(await asked()).toEqual([undefined, true, false, 1]);
  const failure = { code: "BYN-SHOP-017", detail: "no answer", mistakes: [] };
  await write((client) => orderRows.save(client, { ...order, status: "failed", failure }));
  expect(await asked()).toEqual([undefined, false, false, 0]);
});

test("what is unfinished is said of the slots that this side owns, the oldest first, and no more than asked for", async () => {
  const mine = await Promise.all(
    [3, 1, 2].map(async (hour) => {
      const order = { ...pendingOrder(randomUUID(), randomUUID()), number: ++numbers };
      const placedAt = `1990-01-01T0${hour}:00:00.000Z`;
      await write((client) => orderRows.save(client, { ...order, placedAt }));
      return { ...order, placedAt };
    }),
  );
  const [third, first, second] = mine;
  expect((await orderRows.unfinished(database.pool, 2)).map(({ id }) => id)).toEqual([first?.id, second?.id]);
  await database.pool.query("UPDATE handover.slot SET owner = slot <> $1", [
    orderSlot(first?.customerId ?? ""),
  ]);
  const owned = await orderRows.unfinished(database.pool, 1_000);
  await database.pool.query("UPDATE handover.slot SET owner = true");
  const slots = new Set(owned.map(({ customerId }) => orderSlot(customerId)));
  expect(slots.has(orderSlot(first?.customerId ?? ""))).toBe(false);
  if (orderSlot(third?.customerId ?? "") !== orderSlot(first?.customerId ?? "")) {
    expect(owned.map(({ id }) => id)).toContain(third?.id);
  }
});
