import type { PoolClient } from "pg";
import { CURRENCY } from "../catalog/edits.ts";
import type { SeedOrder } from "./orders.ts";
import type { SeedStock } from "./stock.ts";

const ROWS_AT_ONCE = 5_000;

export async function insertStock(client: PoolClient, stock: readonly SeedStock[]): Promise<void> {
  // A product may have been removed since an older seed put it there; its books were closed then.
  await client.query(
    `INSERT INTO stock (sku, on_hand, updated_at)
     SELECT sku, on_hand, updated_at FROM unnest($1::text[], $2::int[], $3::timestamptz[]) AS row (sku, on_hand, updated_at)
     WHERE EXISTS (SELECT FROM product WHERE id = sku) ON CONFLICT (sku) DO NOTHING`,
    [stock.map(({ sku }) => sku), stock.map(({ onHand }) => onHand), stock.map(({ updatedAt }) => updatedAt)],
  );
  // And what an administrator has added since then has none yet.
  await client.query(
    "INSERT INTO stock (sku, on_hand, updated_at) SELECT id, 0, updated_at FROM product ON CONFLICT (sku) DO NOTHING",
  );
}

/** The history of orders, with their payments; none of them was ever sent to the card processor, and no mail was. */
export async function insertOrders(client: PoolClient, orders: readonly SeedOrder[]): Promise<void> {
  for (let from = 0; from < orders.length; from += ROWS_AT_ONCE) {
    const some = orders.slice(from, from + ROWS_AT_ONCE);
    const column = <Value>(of: (order: SeedOrder) => Value): Value[] => some.map(of);
    await client.query(
      `INSERT INTO shop_order (id, number, customer_id, status, placed_at, cancelled_at, ship_name, ship_street,
                               ship_postcode, ship_city, ship_country, total_amount, currency)
       SELECT *, $13 FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[],
                                 $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[])`,
      [
        column(({ id }) => id),
        column(({ number }) => number),
        column(({ customerId }) => customerId),
        column(({ status }) => status),
        column(({ placedAt }) => placedAt),
        column(({ cancelledAt }) => cancelledAt),
        column(({ shipTo }) => shipTo.name),
        column(({ shipTo }) => shipTo.street),
        column(({ shipTo }) => shipTo.postcode),
        column(({ shipTo }) => shipTo.city),
        column(({ shipTo }) => shipTo.country),
        column(({ totalAmount }) => totalAmount),
        CURRENCY,
      ],
    );
    const lines = some.flatMap(({ id, lines }) =>
      lines.map((line, index) => ({ id, number: index + 1, line })),
    );
    await client.query(
      `INSERT INTO order_line (order_id, line, sku, name, unit_amount, quantity)
       SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::int[], $6::smallint[])`,
      [
        lines.map(({ id }) => id),
        lines.map(({ number }) => number),
        lines.map(({ line }) => line.sku),
        lines.map(({ line }) => line.name),
        lines.map(({ line }) => line.unitAmount),
        lines.map(({ line }) => line.quantity),
      ],
    );
    await client.query(
      `INSERT INTO payment (id, order_id, status, amount, currency, card_last4, charged_at, refunded_at)
       SELECT id, order_id, CASE WHEN refunded_at IS NULL THEN 'charged' ELSE 'refunded' END, amount, $7, card_last4,
              charged_at, refunded_at
       FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::timestamptz[], $6::timestamptz[])
         AS row (id, order_id, amount, card_last4, charged_at, refunded_at)`,
      [
        column(({ paymentId }) => paymentId),
        column(({ id }) => id),
        column(({ totalAmount }) => totalAmount),
        column(({ cardLast4 }) => cardLast4),
        column(({ placedAt }) => placedAt),
        column(({ cancelledAt }) => cancelledAt),
        CURRENCY,
      ],
    );
  }
  const last = orders.at(-1)?.number;
  // The next odd one: even numbers are the other side's to give.
  if (last !== undefined) await client.query("SELECT setval('order_number', ($1 + 1) | 1, false)", [last]);
}
