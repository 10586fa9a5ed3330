import type { ProductSummary } from "@banyan/contracts/http/catalog.ts";
import type { Pool, PoolClient } from "pg";

interface SummaryRow {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly price_amount: number;
  readonly currency: string;
  readonly available: boolean;
}

/** The products of these ids as lists show them, by id; what is not in the catalog is left out. */
export async function productSummaries(
  database: Pool | PoolClient,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ProductSummary>> {
  if (ids.length === 0) return new Map();
  const { rows } = await database.query<SummaryRow>(
    `SELECT product.id, product.name, category.slug AS category, price_amount, currency, available
     FROM product JOIN category ON category.id = category_id WHERE product.id = ANY ($1)`,
    [ids],
  );
  return new Map(
    rows.map(({ id, name, category, price_amount: amount, currency, available }) => [
      id,
      { id, name, category, price: { amount, currency }, available },
    ]),
  );
}
