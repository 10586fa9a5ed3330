import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Product, ProductPage, ProductQuery, ProductSummary } from "@banyan/contracts/http/catalog.ts";
import type { Pool } from "pg";
import { breadcrumbOf, categoryBySlug, childrenOf } from "./categories.ts";

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
}

const SUMMARY = "product.id, product.name, price_amount, currency, available";
const WHOLE = `${SUMMARY}, category_id, description, attributes, version, updated_at`;

/** The product as its own page shows it, or undefined. */
export async function productById(pool: Pool, id: string): Promise<Product | undefined> {
  const [row] = (await pool.query<ProductRow>(`SELECT ${WHOLE} FROM product WHERE id = $1`, [id])).rows;
  if (row === undefined) return undefined;
  const breadcrumb = await breadcrumbOf(pool, row.category_id);
  const category = breadcrumb.at(-1)?.slug;
  if (category === undefined) throw new Error(`product ${id} has no category`);
  return {
    ...summaryOf(row, category),
    description: row.description,
    attributes: row.attributes,
    breadcrumb,
    related: await relatedTo(pool, row, category),
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
    const category = await categoryBySlug(pool, query.category);
    if (category === undefined) throw new BanyanError("BYN-SHOP-003", `no category ${query.category}`);
    const children = await childrenOf(pool, category.id);
    values.push([category, ...children].map(({ id }) => id));
    conditions.push(`category_id = ANY ($${values.length})`);
  }
  if (query.q !== undefined) {
    values.push(query.q);
    const asked = `websearch_to_tsquery('english', $${values.length})`;
    conditions.push(`search @@ ${asked}`);
    order = `ts_rank(search, ${asked}) DESC, product.id`;
  }
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  const total = await pool.query<{ count: string }>(`SELECT count(*) FROM product${where}`, values);
  const { rows } = await pool.query<SummaryRow & { category: string }>(
    `SELECT ${SUMMARY}, category.slug AS category FROM product JOIN category ON category.id = category_id${where} ORDER BY ${order} LIMIT $${values.length + 1} OFFSET $${values.length + 2}`,
    [...values, query.perPage, (query.page - 1) * query.perPage],
  );
  return {
    items: rows.map((row) => summaryOf(row, row.category)),
    page: query.page,
    perPage: query.perPage,
    total: Number(total.rows[0]?.count ?? 0),
  };
}

/** The most popular others of its category. */
async function relatedTo(pool: Pool, product: ProductRow, category: string): Promise<ProductSummary[]> {
  const { rows } = await pool.query<{ id: string }>(
    "SELECT id FROM product WHERE category_id = $1 AND id <> $2 ORDER BY popularity DESC, id LIMIT $3",
    [product.category_id, product.id, RELATED],
  );
  const related: ProductSummary[] = [];
  for (const { id } of rows) {
    const [row] = (await pool.query<SummaryRow>(`SELECT ${SUMMARY} FROM product WHERE id = $1`, [id])).rows;
    if (row !== undefined) related.push(summaryOf(row, category));
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
