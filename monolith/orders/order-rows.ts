import { ORDERS, type OrderRecord } from "@banyan/contracts/events/orders.ts";
import { rowsIn } from "@banyan/platform/log/canonical.ts";
import type { NewOrderRecord, OrderRows } from "@banyan/shop/orders/order-rows.ts";
import type { Pool, PoolClient } from "pg";
import { isPlaced, mailsDueOf } from "../notifications/due.ts";

/** The orders in the three tables that the shop has had since 2015: `shop_order`, `order_line` and `payment`. */
export const orderRows: OrderRows = {
  projection: rowsIn("order_record"),
  find: async (on, id) => {
    const [record] = await recordsOf(on, "FROM order_record WHERE id = $1", [id]);
    return record;
  },
  insert: async (client, order) => {
    const [number] = await saveAll(client, [order]);
    if (number === undefined) throw new Error("an insert that returns no row");
    return { ...order, number };
  },
  save: async (client, order) => {
    await saveAll(client, [order]);
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
  pendingOf: async (client, customerId) => {
    const [record] = await recordsOf(
      client,
      `FROM shop_order o JOIN order_record r ON r.id = o.id
       WHERE o.customer_id = $1 AND o.status = 'pending' LIMIT 1`,
      [customerId],
    );
    return record;
  },
  isOrdered: async (client, customerId, cartVersion) => {
    const { rowCount } = await client.query(
      "SELECT FROM shop_order WHERE customer_id = $1 AND cart_version = $2 AND status <> 'failed' LIMIT 1",
      [customerId, cartVersion],
    );
    return rowCount === 1;
  },
  unfinished: (pool, limit, besides = []) =>
    recordsOf(
      pool,
      `FROM shop_order o
       JOIN handover.slot s ON s.capability = $1 AND s.slot = o.slot AND s.owner
       JOIN order_record r ON r.id = o.id
       WHERE o.status IN ('pending', 'cancelling') AND o.id <> ALL ($3) ORDER BY o.placed_at, o.id LIMIT $2`,
      [ORDERS, limit, besides],
    ),
  replace: async (client, slot, rows) => {
    const kept = rows.map(({ id }) => id);
    for (const [table, key] of PARTS) {
      await client.query(
        `DELETE FROM ${table} WHERE ${key} IN (SELECT id FROM shop_order WHERE slot = $1 AND id <> ALL ($2))`,
        [slot, kept],
      );
    }
    await saveAll(
      client,
      rows.map(({ record }) => record as OrderRecord),
    );
  },
};

/** What an order stands in, in the order in which it is removed. */
const PARTS = [
  ["order_line", "order_id"],
  ["payment", "order_id"],
  ["shop_order", "id"],
] as const;

async function recordsOf(
  on: Pool | PoolClient,
  from: string,
  values: readonly unknown[],
): Promise<OrderRecord[]> {
  const { rows } = await on.query<{ record: OrderRecord }>(`SELECT record ${from}`, [...values]);
  return rows.map(({ record }) => record);
}

/**
 * One statement for however many orders, each made exactly what is given; one that has no number gets this side's next.
 * A payment's times are not in the record, so those that stand stay.
 */
const SAVE = `
  WITH given AS MATERIALIZED (
    SELECT id, coalesce(number, nextval('order_number')) AS number, "customerId", status, "placedAt", "cancelledAt",
           "shipTo", lines, "totalAmount", currency, payment, "cartVersion",
           nullif(failure, 'null') AS failure, nullif(request, 'null') AS request
    FROM jsonb_to_recordset($1::jsonb) AS r (
      id text, number integer, "customerId" text, status text, "placedAt" timestamptz, "cancelledAt" timestamptz,
      "shipTo" jsonb, lines jsonb, "totalAmount" bigint, currency text, payment jsonb, "cartVersion" integer,
      failure jsonb, request jsonb)
  ), given_line AS (
    SELECT given.id AS order_id, l.*
    FROM given, jsonb_to_recordset(lines)
      AS l (line smallint, sku text, name text, "unitAmount" integer, quantity smallint)
  ), lines_saved AS (
    INSERT INTO order_line (order_id, line, sku, name, unit_amount, quantity)
    SELECT order_id, line, sku, name, "unitAmount", quantity FROM given_line
    ON CONFLICT (order_id, line) DO UPDATE
      SET sku = excluded.sku, name = excluded.name, unit_amount = excluded.unit_amount, quantity = excluded.quantity
      WHERE (order_line.sku, order_line.name, order_line.unit_amount, order_line.quantity)
        IS DISTINCT FROM (excluded.sku, excluded.name, excluded.unit_amount, excluded.quantity)
  ), lines_gone AS (
    DELETE FROM order_line mine USING given
    WHERE mine.order_id = given.id
      AND NOT EXISTS (SELECT FROM given_line g WHERE g.order_id = mine.order_id AND g.line = mine.line)
  ), paid AS (
    INSERT INTO payment (id, order_id, status, amount, currency, card_last4)
    SELECT payment ->> 'id', id, payment ->> 'status', "totalAmount", currency, payment ->> 'cardLast4' FROM given
    ON CONFLICT (order_id) DO UPDATE
      SET id = excluded.id, status = excluded.status, amount = excluded.amount, currency = excluded.currency,
          card_last4 = excluded.card_last4,
          refunded_at = CASE WHEN excluded.status = 'refunded' THEN payment.refunded_at END
  )
  INSERT INTO shop_order (id, number, customer_id, status, placed_at, cancelled_at, ship_name, ship_street,
                          ship_postcode, ship_city, ship_country, total_amount, currency, cart_version, failure, request)
  SELECT id, number, "customerId", status, "placedAt", "cancelledAt", "shipTo" ->> 'name', "shipTo" ->> 'street',
         "shipTo" ->> 'postcode', "shipTo" ->> 'city', "shipTo" ->> 'country', "totalAmount", currency, "cartVersion",
         failure, request
  FROM given
  ON CONFLICT (id) DO UPDATE
    SET number = excluded.number, customer_id = excluded.customer_id, status = excluded.status,
        placed_at = excluded.placed_at, cancelled_at = excluded.cancelled_at, ship_name = excluded.ship_name,
        ship_street = excluded.ship_street, ship_postcode = excluded.ship_postcode, ship_city = excluded.ship_city,
        ship_country = excluded.ship_country, total_amount = excluded.total_amount, currency = excluded.currency,
        cart_version = excluded.cart_version, failure = excluded.failure, request = excluded.request
  RETURNING number`;

/**
 * Answers their numbers. What an order becomes by it, whoever wrote it, is what people are told by mail: the mails are due
 * with the row.
 */
async function saveAll(
  client: PoolClient,
  orders: readonly (NewOrderRecord & Partial<Pick<OrderRecord, "number">>)[],
): Promise<number[]> {
  const told = orders.filter(({ status }) => isPlaced(status)).map(({ id }) => id);
  const before = await statusesOf(client, told);
  const { rows } = await client.query<{ number: number }>({
    name: "orders: save",
    text: SAVE,
    values: [JSON.stringify(orders)],
  });
  const numbers = rows.map(({ number }) => number);
  const written = orders.map((order, i) => ({
    before: before.get(order.id),
    after: { ...order, number: numbers[i] ?? 0 },
  }));
  await mailsDueOf(client, written, new Date());
  return numbers;
}

async function statusesOf(
  client: PoolClient,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Pick<OrderRecord, "status">>> {
  if (ids.length === 0) return new Map();
  const { rows } = await client.query<Pick<OrderRecord, "id" | "status">>({
    name: "orders: statuses",
    text: "SELECT id, status FROM shop_order WHERE id = ANY ($1)",
    values: [ids],
  });
  return new Map(rows.map(({ id, status }) => [id, { status }]));
}
