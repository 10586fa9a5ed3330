import { randomUUID } from "node:crypto";
import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import { createOrderStore } from "@banyan/shop/orders/order-store.ts";
import { orderSlot } from "@banyan/shop/orders/slot.ts";
import fc from "fast-check";
import type { Pool } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createPair, type TestPair } from "../orders-database.fixture.ts";
import { readOrder } from "./order-reads.ts";
import { orderRecords } from "./order-record.fixture.ts";
import { orderRows } from "./order-rows.ts";

const CUSTOMER = randomUUID();
const slot = orderSlot(CUSTOMER);

let pair: TestPair;
let order: OrderRecord;
beforeAll(async () => {
  pair = await createPair(inject("postgresUrl"));
  const [sample] = fc.sample(orderRecords([CUSTOMER]), { numRuns: 1, seed: 1 }).flat();
  if (sample === undefined) throw new Error("no sample");
  const opened = await createOrderStore(pair.databases.monolith.pool, orderRows).open(sample, undefined, 0);
  if (opened.kind !== "opened") throw new Error(opened.kind);
  order = opened.order;
});
afterAll(() => pair?.remove());

/** The pool, with something that happens right behind the first statement. */
function withAfterFirst(pool: Pool, happens: () => Promise<void>): Pool {
  let isFirst = true;
  const query = async (...given: Parameters<Pool["query"]>) => {
    const result = await pool.query(...given);
    if (isFirst) {
      isFirst = false;
      await happens();
    }
    return result;
  };
  return Object.create(pool, { query: { value: query } }) as Pool;
}

test("an order that comes with the last slot, between the looks at rows and slots, is not said to be nowhere", async () => {
  const { monolith, extracted } = pair.databases;
  for (const { pool, owner } of [
    { pool: monolith.pool, owner: false },
    { pool: extracted.pool, owner: true },
  ]) {
    await pool.query("UPDATE handover.slot SET owner = $1 WHERE slot <> $2", [owner, slot]);
  }
  const pool = withAfterFirst(extracted.pool, () => pair.move(slot, "extracted"));
  expect(await readOrder(pool, order.id)).toEqual(order);
  expect(await readOrder(extracted.pool, randomUUID())).toBeUndefined();
});
