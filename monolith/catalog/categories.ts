import type { Category } from "@banyan/contracts/http/catalog.ts";
import type { Pool } from "pg";

/** A row of `category`. */
export interface CategoryRow {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly parent_id: number | null;
}

const COLUMNS = "id, slug, name, parent_id";

export async function categoryBySlug(pool: Pool, slug: string): Promise<CategoryRow | undefined> {
  return (await pool.query<CategoryRow>(`SELECT ${COLUMNS} FROM category WHERE slug = $1`, [slug])).rows[0];
}

/** By slug in byte order (the column's collation is C). */
export async function childrenOf(pool: Pool, id: number): Promise<CategoryRow[]> {
  return (
    await pool.query<CategoryRow>(`SELECT ${COLUMNS} FROM category WHERE parent_id = $1 ORDER BY slug`, [id])
  ).rows;
}

export async function topCategories(pool: Pool): Promise<CategoryRow[]> {
  return (
    await pool.query<CategoryRow>(`SELECT ${COLUMNS} FROM category WHERE parent_id IS NULL ORDER BY slug`)
  ).rows;
}

/** The way from the top down to this category, itself last. */
export async function breadcrumbOf(pool: Pool, id: number): Promise<{ slug: string; name: string }[]> {
  const way: { slug: string; name: string }[] = [];
  for (let next: number | null = id; next !== null; ) {
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
  const categories: Category[] = [];
  for (const top of await topCategories(pool)) {
    const family = [top, ...(await childrenOf(pool, top.id))];
    const { rows } = await pool.query<{ category_id: number; count: string }>(
      "SELECT category_id, count(*) FROM product WHERE category_id = ANY ($1) GROUP BY category_id",
      [family.map(({ id }) => id)],
    );
    const counts = new Map(rows.map((row) => [row.category_id, Number(row.count)]));
    const all = rows.reduce((sum, { count }) => sum + Number(count), 0);
    for (const { id, slug, name } of family) {
      categories.push({ slug, name, products: id === top.id ? all : (counts.get(id) ?? 0) });
    }
  }
  return categories.sort((a, b) => (a.slug < b.slug ? -1 : 1));
}
