import type { Category, CategoryDetail } from "@banyan/contracts/http/catalog.ts";
import type { Pool } from "pg";

/** A row of `category`. */
export interface CategoryRow {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly parent_id: number | null;
}

const COLUMNS = "id, slug, name, parent_id";

/** `GET /api/categories/:slug`; undefined for an unknown one. */
export async function categoryDetail(pool: Pool, slug: string): Promise<CategoryDetail | undefined> {
  const { rows } = await pool.query<CategoryRow>(`SELECT ${COLUMNS} FROM category WHERE slug = $1`, [slug]);
  const [category] = rows;
  if (category === undefined) return undefined;
  return {
    slug: category.slug,
    name: category.name,
    breadcrumb: await breadcrumbOf(pool, category),
    children: await childrenOf(pool, category.id),
  };
}

/** By slug in byte order (the column's collation is C). */
async function childrenOf(pool: Pool, id: number): Promise<{ slug: string; name: string }[]> {
  return (
    await pool.query<{ slug: string; name: string }>(
      "SELECT slug, name FROM category WHERE parent_id = $1 ORDER BY slug",
      [id],
    )
  ).rows;
}

/** The category and its children; none for an unknown slug. */
export async function familyOf(pool: Pool, slug: string): Promise<CategoryRow[]> {
  return (
    await pool.query<CategoryRow>(
      `SELECT ${COLUMNS} FROM category WHERE slug = $1 OR parent_id = (SELECT id FROM category WHERE slug = $1)`,
      [slug],
    )
  ).rows;
}

/** The way from the top down to this category, itself last. */
export async function breadcrumbOf(
  pool: Pool,
  category: Pick<CategoryRow, "slug" | "name" | "parent_id">,
): Promise<{ slug: string; name: string }[]> {
  const way = [{ slug: category.slug, name: category.name }];
  for (let next = category.parent_id; next !== null; ) {
    const { rows }: { rows: CategoryRow[] } = await pool.query<CategoryRow>(
      `SELECT ${COLUMNS} FROM category WHERE id = $1`,
      [next],
    );
    const [level] = rows;
    if (level === undefined) break;
    way.unshift({ slug: level.slug, name: level.name });
    next = level.parent_id;
  }
  return way;
}

/** `GET /api/categories`: each with the products of its children too. There are two levels. */
export async function listCategories(pool: Pool): Promise<Category[]> {
  const { rows } = await pool.query<CategoryRow & { count: string }>(
    `SELECT ${COLUMNS}, (SELECT count(*) FROM product WHERE category_id = category.id) FROM category ORDER BY slug`,
  );
  return rows.map(({ id, slug, name, parent_id }) => ({
    slug,
    name,
    parent: rows.find((row) => row.id === parent_id)?.slug ?? null,
    products: rows
      .filter((row) => row.id === id || row.parent_id === id)
      .reduce((sum, { count }) => sum + Number(count), 0),
  }));
}
