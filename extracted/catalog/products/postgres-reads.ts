import type {
  Category,
  CategoryDetail,
  CategoryStep,
  Product,
  ProductQuery,
  ProductSummary,
} from "@banyan/contracts/http/catalog.ts";
import type { Pool } from "pg";
import type { CatalogReads } from "./catalog-reads.ts";
import * as sql from "./statements.ts";

/** What a summary is made of. */
interface SummaryRow {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly price_amount: number;
  readonly currency: string;
  readonly available: boolean;
}

interface ProductRow extends SummaryRow {
  readonly description: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly version: number;
  readonly updated_at: Date;
  readonly breadcrumb: readonly CategoryStep[];
  readonly related: readonly SummaryRow[];
}

/** Rows of a page, each with the total; one row with nothing but the total when the page is empty. */
interface ListRow extends SummaryRow {
  readonly total: number;
}
type EmptyListRow = { readonly total: number; readonly id: null };

/** Every answer is one round trip with one prepared statement: a connection plans each of them once. */
export function postgresReads(pool: Pool): CatalogReads {
  const rowsOf = async <Row extends object>(
    statement: sql.Statement,
    values: readonly unknown[],
  ): Promise<Row[]> => (await pool.query<Row>({ ...statement, values: [...values] })).rows;

  const list = async ({ q, category, page, perPage }: ProductQuery) => {
    const at = [(page - 1) * perPage, perPage];
    const rows = await (q === undefined
      ? category === undefined
        ? rowsOf<ListRow | EmptyListRow>(sql.WHOLE_SHOP, at)
        : rowsOf<ListRow | EmptyListRow>(sql.AISLE, [category, ...at])
      : category === undefined
        ? rowsOf<ListRow | EmptyListRow>(sql.SEARCH, [q, ...at])
        : rowsOf<ListRow | EmptyListRow>(sql.SEARCH_IN_AISLE, [category, q, ...at]));
    return pageOf(rows, page, perPage);
  };

  return {
    list,
    categories: async () => {
      const rows = await rowsOf<Category>(sql.CATEGORIES, []);
      return { items: rows.map(({ slug, name, parent, products }) => ({ slug, name, parent, products })) };
    },
    category: async (slug) => {
      const [row] = await rowsOf<CategoryDetail>(sql.CATEGORY, [slug]);
      if (row === undefined) return undefined;
      const { name, breadcrumb, children } = row;
      return { slug, name, breadcrumb: breadcrumb.map(stepOf), children: children.map(stepOf) };
    },
    product: async (id) => {
      const [row] = await rowsOf<ProductRow>(sql.PRODUCT, [id]);
      return row === undefined ? undefined : productOf(row);
    },
  };
}

/** No row at all means that there is no such category. */
function pageOf(rows: readonly (ListRow | EmptyListRow)[], page: number, perPage: number) {
  const [first] = rows;
  if (first === undefined) return undefined;
  const items = rows.flatMap((row) => (row.id === null ? [] : [summaryOf(row)]));
  return { items, page, perPage, total: first.total };
}

function productOf(row: ProductRow): Product {
  return {
    ...summaryOf(row),
    description: row.description,
    attributes: row.attributes,
    breadcrumb: row.breadcrumb.map(stepOf),
    related: row.related.map(summaryOf),
    version: row.version,
    updatedAt: row.updated_at.toISOString(),
  };
}

function summaryOf({ id, name, category, price_amount, currency, available }: SummaryRow): ProductSummary {
  return { id, name, category, price: { amount: price_amount, currency }, available };
}

/** In the contract's key order: jsonb has its own. */
function stepOf({ slug, name }: CategoryStep): CategoryStep {
  return { slug, name };
}
