import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Product, ProductPage, ProductQuery, ProductSummary } from "@banyan/contracts/http/catalog.ts";
import type { Pool } from "pg";
import { breadcrumbOf, familyOf } from "./categories.ts";

const RELATED = 4;

/** What every row of `product` is read with; the category's slug comes from elsewhere. */
interface SummaryRow {
  readonly id: string;
  readonly name: string;
  readonly price_amount: number;
  readonly currency: string;
  readonly available: boolean;
}

interface ProductRow extends SummaryRow {
  readonly category_id: number;
  readonly description: string;
  readonly attributes: Record<string, string>;
  readonly version: number;
  readonly updated_at: Date;
  readonly category_slug: string;
  readonly category_name: string;
  readonly parent_id: number | null;
}

const SUMMARY = "product.id, product.name, price_amount, currency, available";
const WHOLE = `${SUMMARY}, category_id, description, attributes, version, updated_at,
  category.slug AS category_slug, category.name AS category_name, parent_id`;
const WITH_CATEGORY = "product JOIN category ON category.id = category_id";

/** The product as its own page shows it, or undefined. */
export async function productById(pool: Pool, id: string): Promise<Product | undefined> {
  const { rows } = await pool.query<ProductRow>(
    `SELECT ${WHOLE} FROM ${WITH_CATEGORY} WHERE product.id = $1`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { category_slug: slug, category_name: name, parent_id } = row;
  return {
    ...summaryOf(row, slug),
    description: row.description,
    attributes: row.attributes,
    breadcrumb: await breadcrumbOf(pool, { slug, name, parent_id }),
    related: await relatedTo(pool, row),
    version: row.version,
    updatedAt: row.updated_at.toISOString(),
  };
}

/** A page of products. An unknown category is BYN-SHOP-003. */
export async function listProducts(pool: Pool, query: ProductQuery): Promise<ProductPage> {
  const conditions: string[] = [];
  const values: unknown[] = [];
  let order = "popularity DESC, product.id";
  if (query.category !== undefined) {
    const family = await familyOf(pool, query.category);
    if (family.length === 0) throw new BanyanError("BYN-SHOP-003", `no category ${query.category}`);
    values.push(family.map(({ id }) => id));
    conditions.push(`category_id = ANY ($${values.length})`);
  }
  if (query.q !== undefined) {
    values.push(query.q);
    const asked = `websearch_to_tsquery('english', $${values.length})`;
    conditions.push(`search @@ ${asked}`);
    order = `ts_rank(search, ${asked}) DESC, product.id`;
  }
  const from = `${WITH_CATEGORY}${conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`}`;
  const { rows } = await pool.query<SummaryRow & { category: string; total: string }>(
    `SELECT ${SUMMARY}, category.slug AS category, count(*) OVER () AS total FROM ${from}
     ORDER BY ${order} LIMIT $${values.length + 1} OFFSET $${values.length + 2}`,
    [...values, query.perPage, (query.page - 1) * query.perPage],
  );
  return {
    items: rows.map((row) => summaryOf(row, row.category)),
    page: query.page,
    perPage: query.perPage,
    total: Number(rows[0]?.total ?? (query.page === 1 ? 0 : await countAll(pool, from, values))),
  };
}

/** For a page after the last one, which has no row to tell it. */
async function countAll(pool: Pool, from: string, values: readonly unknown[]): Promise<string> {
  const { rows } = await pool.query<{ count: string }>(`SELECT count(*) FROM ${from}`, [...values]);
  return rows[0]?.count ?? "0";
}

/** The most popular others of its category. */
async function relatedTo(pool: Pool, product: ProductRow): Promise<ProductSummary[]> {
  const { rows } = await pool.query<{ id: string }>(
    "SELECT id FROM product WHERE category_id = $1 AND id <> $2 ORDER BY popularity DESC, id LIMIT $3",
    [product.category_id, product.id, RELATED],
  );
  const related: ProductSummary[] = [];
  for (const { id } of rows) {
    const [row] = (await pool.query<SummaryRow>(`SELECT ${SUMMARY} FROM product WHERE id = $1`, [id])).rows;
    if (row !== undefined) related.push(summaryOf(row, product.category_slug));
  }
  return related;
}

function summaryOf(row: SummaryRow, category: string): ProductSummary {
  return {
    id: row.id,
    name: row.name,
    category,
    price: { amount: row.price_amount, currency: row.currency },
    available: row.available,
  };
}
