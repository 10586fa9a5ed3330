import type { SalesQuery, SalesReport } from "@banyan/contracts/http/reports.ts";
import type { PoolClient } from "pg";
import { CURRENCY } from "../catalog/edits.ts";
import type { Figures } from "./copies.ts";

interface DayRow {
  readonly day: string;
  readonly orders: number;
  readonly cancelled: number;
  /** Sums of bigint and products of integers come as text; they stay below 2^53 here. */
  readonly pieces: string;
  readonly revenue: string;
}

/**
 * Sales by day, counted from the orders and their lines each time: there is no index on the day an order was placed, and
 * no table of sums. It reads every order of the shop's life whatever the range.
 */
export async function salesReport(
  client: PoolClient,
  { from, to }: SalesQuery,
): Promise<Figures<SalesReport>> {
  const { rows } = await client.query<DayRow>(
    `SELECT to_char(days.day, 'YYYY-MM-DD') AS day,
            count(DISTINCT o.id) FILTER (WHERE o.status = 'placed')::int AS orders,
            count(DISTINCT o.id) FILTER (WHERE o.status IN ('cancelling', 'cancelled'))::int AS cancelled,
            coalesce(sum(l.quantity) FILTER (WHERE o.status = 'placed'), 0) AS pieces,
            coalesce(sum(l.unit_amount::bigint * l.quantity) FILTER (WHERE o.status = 'placed'), 0) AS revenue
     FROM generate_series($1::date::timestamp, $2::date::timestamp, '1 day') AS days (day)
     LEFT JOIN shop_order o ON date_trunc('day', o.placed_at AT TIME ZONE 'UTC') = days.day AND o.currency = $3
     LEFT JOIN order_line l ON l.order_id = o.id
     GROUP BY days.day
     ORDER BY days.day`,
    [from, to, CURRENCY],
  );
  const days = rows.map((row) => ({
    day: row.day,
    orders: row.orders,
    cancelled: row.cancelled,
    pieces: Number(row.pieces),
    revenue: { amount: Number(row.revenue), currency: CURRENCY },
  }));
  const sum = (figure: (day: (typeof days)[number]) => number) =>
    days.reduce((total, day) => total + figure(day), 0);
  return {
    from,
    to,
    days,
    total: {
      orders: sum((day) => day.orders),
      cancelled: sum((day) => day.cancelled),
      pieces: sum((day) => day.pieces),
      revenue: { amount: sum((day) => day.revenue.amount), currency: CURRENCY },
    },
  };
}
