import type { OrderFailure } from "@banyan/contracts/events/orders.ts";
import type { Money } from "@banyan/contracts/http/catalog.ts";
import type {
  Order,
  OrderLine,
  OrderPage,
  OrderPayment,
  OrderQuery,
  OrderSummary,
} from "@banyan/contracts/http/orders.ts";
import { orderNumber } from "@banyan/shop/orders/view.ts";
import type { Pool, PoolClient } from "pg";
import { paymentsOf } from "../payments/payments.ts";

interface OrderRow {
  readonly id: string;
  readonly number: number;
  readonly customer_id: string;
  readonly status: Order["status"];
  readonly placed_at: Date;
  readonly cancelled_at: Date | null;
  readonly ship_name: string;
  readonly ship_street: string;
  readonly ship_postcode: string;
  readonly ship_city: string;
  readonly ship_country: string;
  /** A bigint comes as text; sums of money stay below 2^53 here. */
  readonly total_amount: string;
  readonly currency: string;
  readonly failure: OrderFailure | null;
}

interface LineRow {
  readonly line: number;
  readonly sku: string;
  readonly name: string;
  readonly unit_amount: number;
  readonly quantity: number;
}

const COLUMNS = `id, number, customer_id, status, placed_at, cancelled_at, ship_name, ship_street, ship_postcode,
  ship_city, ship_country, total_amount, currency, failure`;

/** The order whole, or undefined. Whose it is must be checked by who shows it. */
export async function orderOf(database: Pool | PoolClient, id: string): Promise<Order | undefined> {
  const { rows } = await database.query<OrderRow>(`SELECT ${COLUMNS} FROM shop_order WHERE id = $1`, [id]);
  const [row] = rows;
  if (row === undefined) return undefined;
  const lines = await database.query<LineRow>(
    "SELECT line, sku, name, unit_amount, quantity FROM order_line WHERE order_id = $1 ORDER BY line",
    [id],
  );
  const { customerId, total, payment, failure, ...head } = summaryOf(row, await paymentsOf(database, [id]));
  return {
    ...head,
    customerId,
    shipTo: {
      name: row.ship_name,
      street: row.ship_street,
      postcode: row.ship_postcode,
      city: row.ship_city,
      country: row.ship_country,
    },
    lines: lines.rows.map((line) => lineOf(line, row.currency)),
    total,
    payment,
    failure,
  };
}

/** A page of a customer's orders, the newest first. A checkout that failed made none. */
export async function ordersOf(
  database: Pool | PoolClient,
  customerId: string,
  { page, perPage }: OrderQuery,
): Promise<OrderPage> {
  const counted = await database.query<{ count: string }>(
    "SELECT count(*) FROM shop_order WHERE customer_id = $1 AND status <> 'failed'",
    [customerId],
  );
  const { rows } = await database.query<OrderRow>(
    `SELECT ${COLUMNS} FROM shop_order WHERE customer_id = $1 AND status <> 'failed'
     ORDER BY placed_at DESC, id DESC LIMIT $2 OFFSET $3`,
    [customerId, perPage, (page - 1) * perPage],
  );
  const payments = await paymentsOf(
    database,
    rows.map(({ id }) => id),
  );
  return {
    items: rows.map((row) => summaryOf(row, payments)),
    page,
    perPage,
    total: Number(counted.rows[0]?.count ?? 0),
  };
}

function summaryOf(row: OrderRow, payments: ReadonlyMap<string, OrderPayment>): OrderSummary {
  const payment = payments.get(row.id);
  if (payment === undefined) throw new Error(`the order ${row.id} has no payment`);
  return {
    id: row.id,
    number: orderNumber(row.number),
    status: row.status,
    placedAt: row.placed_at.toISOString(),
    cancelledAt: row.cancelled_at?.toISOString() ?? null,
    customerId: row.customer_id,
    total: { amount: Number(row.total_amount), currency: row.currency },
    payment,
    failure: row.failure === null ? null : { code: row.failure.code, detail: row.failure.detail },
  };
}

function lineOf({ line, sku, name, unit_amount, quantity }: LineRow, currency: string): OrderLine {
  const money = (amount: number): Money => ({ amount, currency });
  return {
    line,
    sku,
    name,
    unitPrice: money(unit_amount),
    quantity,
    lineTotal: money(unit_amount * quantity),
  };
}
