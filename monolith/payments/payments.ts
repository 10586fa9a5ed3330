import type { Money } from "@banyan/contracts/http/catalog.ts";
import type { OrderPayment } from "@banyan/contracts/http/orders.ts";
import type { Pool, PoolClient } from "pg";

export interface NewPayment {
  /** The card processor's id of the charge too. */
  readonly id: string;
  readonly orderId: string;
  readonly total: Money;
  readonly cardLast4: string;
}

/** Notes a charge inside the transaction of its order. */
export async function recordPayment(client: PoolClient, payment: NewPayment, now: Date): Promise<void> {
  const { id, orderId, total, cardLast4 } = payment;
  await client.query(
    `INSERT INTO payment (id, order_id, status, amount, currency, card_last4, charged_at)
     VALUES ($1, $2, 'charged', $3, $4, $5, $6)`,
    [id, orderId, total.amount, total.currency, cardLast4, now],
  );
}

/** Notes that an order's charge was given back, inside the transaction of the order. */
export async function recordRefund(client: PoolClient, paymentId: string, now: Date): Promise<void> {
  await client.query("UPDATE payment SET status = 'refunded', refunded_at = $2 WHERE id = $1", [
    paymentId,
    now,
  ]);
}

/** The payments of these orders, by the order's id. */
export async function paymentsOf(
  database: Pool | PoolClient,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, OrderPayment>> {
  const { rows } = await database.query<OrderPayment & { orderId: string }>(
    `SELECT order_id AS "orderId", id, status, card_last4 AS "cardLast4" FROM payment WHERE order_id = ANY ($1)`,
    [orderIds],
  );
  return new Map(rows.map(({ orderId, ...payment }) => [orderId, payment]));
}
