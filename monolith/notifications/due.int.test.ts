import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createShopDatabase, type ShopDatabase } from "../shop.fixture.ts";
import { mailsDueOf } from "./due.ts";
import { orderRecord } from "./order-record.fixture.ts";

let database: ShopDatabase;
beforeAll(async () => {
  database = await createShopDatabase(inject("postgresUrl"));
});
afterAll(() => database.remove());

const NOW = new Date(Date.UTC(2026, 10, 20));
const LATER = new Date(NOW.getTime() + 1_000);
const pending = { status: "pending" } as const;

async function noted(orderId: string): Promise<unknown[]> {
  const { rows } = await database.pool.query(
    "SELECT event_id, status, next_try_at FROM notification WHERE order_id = $1 ORDER BY event_id",
    [orderId],
  );
  return rows;
}

test("an order that becomes placed makes one mail due, at once and without an address", async () => {
  await inTransaction(database.pool, (client) =>
    mailsDueOf(client, [{ before: pending, after: orderRecord() }], NOW),
  );
  const { rows } = await database.pool.query("SELECT * FROM notification");
  const { id } = orderRecord();
  expect(rows).toEqual([
    {
      event_id: `${id}:placed`,
      order_id: id,
      recipient: null,
      subject: null,
      message_id: `<${id}.placed@figlane.example>`,
      status: "due",
      failure: null,
      noted_at: NOW,
      attempts: 0,
      next_try_at: NOW,
    },
  ]);
});

test("written again, it is not due again: nor when its mail was sent meanwhile", async () => {
  const order = orderRecord({ id: "o-again" });
  const write = (at: Date) =>
    inTransaction(database.pool, (client) => mailsDueOf(client, [{ before: pending, after: order }], at));
  await write(NOW);
  await write(LATER);
  expect(await noted(order.id)).toEqual([{ event_id: "o-again:placed", status: "due", next_try_at: NOW }]);
  await database.pool.query(
    `UPDATE notification SET status = 'sent', recipient = 'a@b.example', subject = 's', next_try_at = NULL
     WHERE order_id = $1`,
    [order.id],
  );
  await write(LATER);
  expect(await noted(order.id)).toEqual([{ event_id: "o-again:placed", status: "sent", next_try_at: null }]);
});

test("what a transaction that is rolled back made due is not due", async () => {
  const undone = inTransaction(database.pool, async (client) => {
    await mailsDueOf(client, [{ before: pending, after: orderRecord({ id: "o-undone" }) }], NOW);
    throw new Error("undo");
  });
  await expect(undone).rejects.toThrow("undo");
  expect(await noted("o-undone")).toEqual([]);
});

test("of a slot's hundreds of orders, filled again, only those that were not told yet are due", async () => {
  const written = Array.from({ length: 300 }, (_, n) => {
    const after = orderRecord({ id: `o-fill-${n}` });
    return n < 298 ? { before: after, after } : { before: undefined, after };
  });
  await inTransaction(database.pool, (client) => mailsDueOf(client, written, NOW));
  const { rows } = await database.pool.query<{ event_id: string }>(
    "SELECT event_id FROM notification WHERE order_id LIKE 'o-fill-%' ORDER BY event_id",
  );
  expect(rows.map(({ event_id }) => event_id)).toEqual(["o-fill-298:placed", "o-fill-299:placed"]);
});
