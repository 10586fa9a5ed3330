import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Availability, StockPage, StockQuery, StockRow } from "@banyan/contracts/http/inventory.ts";
import type { Pool } from "pg";
import { productSummaries } from "../catalog/summaries.ts";

interface LevelRow {
  readonly sku: string;
  readonly on_hand: number;
  readonly updated_at: Date;
}

/** How many there are of each SKU, in the order asked for, each once; unknown ones are left out. */
export async function availabilityOf(pool: Pool, skus: readonly string[]): Promise<Availability[]> {
  const { rows } = await pool.query<{ sku: string; on_hand: number }>(
    "SELECT sku, on_hand FROM stock WHERE sku = ANY ($1)",
    [skus],
  );
  const onHand = new Map(rows.map((row) => [row.sku, row.on_hand]));
  return [...new Set(skus)].flatMap((sku) => {
    const available = onHand.get(sku);
    return available === undefined ? [] : [{ sku, available }];
  });
}

/** A page of the warehouse's books, the least first. */
export async function listStock(pool: Pool, { below, page, perPage }: StockQuery): Promise<StockPage> {
  const where = below === undefined ? "" : "WHERE on_hand < $1";
  const values = below === undefined ? [] : [below];
  const counted = await pool.query<{ count: string }>(`SELECT count(*) FROM stock ${where}`, values);
  const { rows } = await pool.query<LevelRow>(
    `SELECT sku, on_hand, updated_at FROM stock ${where} ORDER BY on_hand, sku
     LIMIT $${values.length + 1} OFFSET $${values.length + 2}`,
    [...values, perPage, (page - 1) * perPage],
  );
  return { items: await named(pool, rows), page, perPage, total: Number(counted.rows[0]?.count ?? 0) };
}

/** Sets what was counted in the warehouse. An unknown SKU is BYN-SHOP-003. */
export async function setStock(pool: Pool, sku: string, onHand: number, now: Date): Promise<StockRow> {
  const { rows } = await pool.query<LevelRow>(
    "UPDATE stock SET on_hand = $2, updated_at = $3 WHERE sku = $1 RETURNING sku, on_hand, updated_at",
    [sku, onHand, now],
  );
  const [row] = await named(pool, rows);
  if (row === undefined) throw new BanyanError("BYN-SHOP-003", "no such SKU");
  return row;
}

/** The books know SKUs; names are the catalog's. */
async function named(pool: Pool, rows: readonly LevelRow[]): Promise<StockRow[]> {
  const products = await productSummaries(
    pool,
    rows.map(({ sku }) => sku),
  );
  return rows.map(({ sku, on_hand: onHand, updated_at }) => ({
    sku,
    name: products.get(sku)?.name ?? sku,
    onHand,
    updatedAt: updated_at.toISOString(),
  }));
}
