import type { BestSellersQuery, BestSellersReport } from "@banyan/contracts/http/reports.ts";
import type { PoolClient } from "pg";
import { CURRENCY } from "../catalog/edits.ts";
import type { Figures } from "./copies.ts";

interface SellerRow {
  readonly sku: string;
  readonly name: string;
  readonly orders: number;
  readonly pieces: string;
  readonly revenue: string;
}

/** What sold most in a range of days, from every line of every order: order lines have no index but their key. */
export async function bestSellersReport(
  client: PoolClient,
  { from, to, limit }: BestSellersQuery,
): Promise<Figures<BestSellersReport>> {
  const { rows } = await client.query<SellerRow>(
    `SELECT l.sku,
            (array_agg(l.name ORDER BY o.number DESC, l.line DESC))[1] AS name,
            count(DISTINCT o.id)::int AS orders,
            sum(l.quantity) AS pieces,
            sum(l.unit_amount::bigint * l.quantity) AS revenue
     FROM order_line l
     JOIN shop_order o ON o.id = l.order_id
     WHERE o.status = 'placed' AND o.currency = $3
       AND (o.placed_at AT TIME ZONE 'UTC')::date BETWEEN $1::date AND $2::date
     GROUP BY l.sku
     ORDER BY sum(l.quantity) DESC, l.sku
     LIMIT $4`,
    [from, to, CURRENCY, limit],
  );
  return {
    from,
    to,
    items: rows.map(({ sku, name, orders, pieces, revenue }) => ({
      sku,
      name,
      orders,
      pieces: Number(pieces),
      revenue: { amount: Number(revenue), currency: CURRENCY },
    })),
  };
}
