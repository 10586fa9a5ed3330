import type { StockReport, StockReportQuery } from "@banyan/contracts/http/reports.ts";
import type { PoolClient } from "pg";
import { CURRENCY } from "../catalog/edits.ts";
import type { Figures } from "./copies.ts";

const PACE_DAYS = 30;
const DAY_MS = 86_400_000;

interface SummaryRow {
  readonly skus: number;
  readonly sold_out: number;
  readonly pieces: string;
  readonly value: string;
}

interface StockRow {
  readonly sku: string;
  readonly name: string;
  readonly on_hand: number;
  readonly sold: number;
  readonly days_left: number | null;
  readonly value: string;
}

const STOCK = `stock s JOIN product p ON p.id = s.sku AND p.currency = $1`;

/** What is on hand, and for how long at the pace of the last 30 days. `now` ends the 30 days. */
export async function stockReport(
  client: PoolClient,
  { page, perPage }: StockReportQuery,
  now: Date,
): Promise<Figures<StockReport>> {
  const summaries = await client.query<SummaryRow>(
    `SELECT count(*)::int AS skus,
            count(*) FILTER (WHERE s.on_hand = 0)::int AS sold_out,
            coalesce(sum(s.on_hand), 0) AS pieces,
            coalesce(sum(s.on_hand::bigint * p.price_amount), 0) AS value
     FROM ${STOCK}`,
    [CURRENCY],
  );
  const { rows } = await client.query<StockRow>(
    `SELECT s.sku, p.name, s.on_hand, coalesce(sold.pieces, 0)::int AS sold,
            floor(s.on_hand * ${PACE_DAYS}::numeric / sold.pieces)::int AS days_left,
            s.on_hand::bigint * p.price_amount AS value
     FROM ${STOCK}
     LEFT JOIN (
       SELECT l.sku, sum(l.quantity) AS pieces
       FROM order_line l JOIN shop_order o ON o.id = l.order_id
       WHERE o.status = 'placed' AND o.placed_at > $2 AND o.placed_at <= $3
       GROUP BY l.sku
     ) sold ON sold.sku = s.sku
     ORDER BY s.on_hand::numeric / sold.pieces NULLS LAST, s.sku
     LIMIT $4 OFFSET $5`,
    [CURRENCY, new Date(now.getTime() - PACE_DAYS * DAY_MS), now, perPage, (page - 1) * perPage],
  );
  const [summary] = summaries.rows;
  if (summary === undefined) throw new Error("a count that returns no row");
  const money = (amount: string) => ({ amount: Number(amount), currency: CURRENCY });
  return {
    asOf: now.toISOString(),
    summary: {
      skus: summary.skus,
      soldOut: summary.sold_out,
      pieces: Number(summary.pieces),
      value: money(summary.value),
    },
    items: rows.map((row) => ({
      sku: row.sku,
      name: row.name,
      onHand: row.on_hand,
      soldIn30Days: row.sold,
      daysLeft: row.days_left,
      value: money(row.value),
    })),
    page,
    perPage,
    total: summary.skus,
  };
}
