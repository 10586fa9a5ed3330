import { ORDERS, OrderRecord } from "@banyan/contracts/events/orders.ts";
import { rowsIn } from "@banyan/platform/log/canonical.ts";
import type { OrderRows } from "@banyan/shop/orders/order-rows.ts";
import { orderSlot } from "@banyan/shop/orders/slot.ts";
import type { Pool, PoolClient } from "pg";
import { z } from "zod";

/** The one table of this side: a row is an order's record, and all its other columns are generated from it. */
export const orderRows: OrderRows = {
  projection: rowsIn("shop_order"),
  find: (on, id) => first(on, "orders: find", "SELECT record FROM shop_order WHERE id = $1", [id]),
  insert: async (client, order) => {
    const { rows } = await client.query<{ number: number }>({
      name: "orders: insert",
      text: `INSERT INTO shop_order (record)
             VALUES (jsonb_set($1::jsonb, '{number}', to_jsonb(nextval('order_number')))) RETURNING number`,
      values: [JSON.stringify(order)],
    });
    const [row] = rows;
    if (row === undefined) throw new Error("an insert that returns no row");
    return { ...order, number: row.number };
  },
  save: async (client, order) => {
    await client.query({
      name: "orders: save",
      text: `INSERT INTO shop_order (record) VALUES ($1::jsonb)
             ON CONFLICT (id) DO UPDATE SET record = excluded.record`,
      values: [JSON.stringify(order)],
    });
  },
  timesOrdered: async (on, customerId) => {
    const { rows } = await on.query<{ orders: number }>({
      name: "orders: times ordered",
      text: `SELECT count(*)::int AS orders FROM shop_order
             WHERE customer_id = $1 AND status <> 'failed' AND status <> 'pending'`,
      values: [customerId],
    });
    return rows[0]?.orders ?? 0;
  },
  pendingOf: (client, customerId) =>
    first(
      client,
      "orders: pending",
      `SELECT record FROM shop_order WHERE customer_id = $1 AND status = 'pending' LIMIT 1`,
      [customerId],
    ),
  isOrdered: async (client, customerId, cartVersion) => {
    const { rowCount } = await client.query({
      name: "orders: ordered",
      text: "SELECT FROM shop_order WHERE customer_id = $1 AND cart_version = $2 AND status <> 'failed' LIMIT 1",
      values: [customerId, cartVersion],
    });
    return rowCount !== 0;
  },
  unfinished: async (pool, limit, besides = []) => {
    const { rows } = await pool.query<{ record: OrderRecord }>(
      `SELECT record FROM shop_order
       JOIN handover.slot ON slot.capability = $1 AND slot.slot = shop_order.slot AND slot.owner
       WHERE status IN ('pending', 'cancelling') AND id <> ALL ($3) ORDER BY placed_at, id LIMIT $2`,
      [ORDERS, limit, besides],
    );
    return rows.map(({ record }) => record);
  },
  replace: async (client, slot, canonical) => {
    const records = canonical.map(({ record }) => record);
    const stray = z
      .array(OrderRecord)
      .parse(records)
      .find(({ customerId }) => orderSlot(customerId) !== slot);
    if (stray !== undefined) throw new Error(`the order ${stray.id} is not of slot ${slot}`);
    await client.query("DELETE FROM shop_order WHERE slot = $1", [slot]);
    // As they came, not as the schema reads them: it trims.
    await client.query("INSERT INTO shop_order (record) SELECT jsonb_array_elements($1::jsonb)", [
      JSON.stringify(records),
    ]);
  },
};

async function first(
  on: Pool | PoolClient,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<OrderRecord | undefined> {
  const { rows } = await on.query<{ record: OrderRecord }>({ name, text, values: [...values] });
  return rows[0]?.record;
}
