/** A statement that `pg` prepares once on each connection, by its name (never one name for two texts). */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

const SUMMARY =
  "product.id, product.name, product.category, product.price_amount, product.currency, product.available";

/** $1 id */
export const PRODUCT: Statement = {
  name: "catalog-product",
  text: `SELECT ${SUMMARY}, product.description, product.attributes, product.version, product.updated_at,
      aisle.breadcrumb, coalesce(related.items, '[]') AS related
    FROM product
    JOIN aisle ON aisle.slug = product.category
    LEFT JOIN LATERAL (
      SELECT json_agg(near) AS items FROM (
        SELECT id, name, category, price_amount, currency, available
        FROM product AS other
        WHERE other.category = product.category AND other.id <> product.id
        ORDER BY other.popularity DESC, other.id LIMIT 4
      ) AS near
    ) AS related ON true
    WHERE product.id = $1`,
};

export const CATEGORIES: Statement = {
  name: "catalog-categories",
  text: `SELECT aisle.slug, aisle.name, aisle.way[cardinality(aisle.way) - 1] AS parent,
      coalesce(sum(tally.products), 0)::int AS products
    FROM aisle LEFT JOIN tally ON tally.category = aisle.slug
    GROUP BY aisle.slug ORDER BY aisle.slug`,
};

/** $1 slug */
export const CATEGORY: Statement = {
  name: "catalog-category",
  text: "SELECT name, breadcrumb, children FROM aisle WHERE slug = $1",
};

/*
 * Lists. Each has one row for the total (by LEFT JOIN, so that a page beyond the end has it too) and, where there are
 * products, one for each. Of an unknown category there is no row.
 */

/** $1 offset, $2 limit */
export const WHOLE_SHOP: Statement = {
  name: "catalog-whole-shop",
  text: `SELECT counted.total, page.*
    FROM (SELECT coalesce(sum(products), 0)::int AS total FROM tally WHERE category = '') AS counted
    LEFT JOIN (${shelfPage("''", "$1", "$2")}) AS page ON true
    ORDER BY page.popularity DESC, page.id`,
};

/** $1 category, $2 offset, $3 limit */
export const AISLE: Statement = {
  name: "catalog-aisle",
  text: `SELECT counted.total, page.*
    FROM aisle
    CROSS JOIN (SELECT coalesce(sum(products), 0)::int AS total FROM tally WHERE category = $1) AS counted
    LEFT JOIN (${shelfPage("$1", "$2", "$3")}) AS page ON true
    WHERE aisle.slug = $1
    ORDER BY page.popularity DESC, page.id`,
};

/** $1 q, $2 offset, $3 limit */
export const SEARCH: Statement = {
  name: "catalog-search",
  text: `WITH hit AS MATERIALIZED (${hits("$1")})
    SELECT counted.total, page.*
    FROM (SELECT count(*)::int AS total FROM hit) AS counted
    LEFT JOIN (${hitPage("$2", "$3")}) AS page ON true
    ORDER BY page.rank DESC, page.id`,
};

/** $1 category, $2 q, $3 offset, $4 limit */
export const SEARCH_IN_AISLE: Statement = {
  name: "catalog-search-in-aisle",
  text: `WITH hit AS MATERIALIZED (
      ${hits("$2")} AND EXISTS (SELECT FROM shelf WHERE shelf.product = product.id AND shelf.category = $1)
    )
    SELECT counted.total, page.*
    FROM aisle
    CROSS JOIN (SELECT count(*)::int AS total FROM hit) AS counted
    LEFT JOIN (${hitPage("$3", "$4")}) AS page ON true
    WHERE aisle.slug = $1
    ORDER BY page.rank DESC, page.id`,
};

function shelfPage(category: string, offset: string, limit: string): string {
  return `SELECT shelf.popularity, ${SUMMARY}
      FROM (SELECT product, popularity FROM shelf WHERE category = ${category}
            ORDER BY popularity DESC, product OFFSET ${offset}::int LIMIT ${limit}::int) AS shelf
      JOIN product ON product.id = shelf.product`;
}

/** Only ids and ranks are sorted and counted; the products themselves are read for the page alone. */
function hits(q: string): string {
  return `SELECT product.id, ts_rank(product.search, query) AS rank
      FROM websearch_to_tsquery('english', ${q}) AS query, product
      WHERE product.search @@ query`;
}

function hitPage(offset: string, limit: string): string {
  return `SELECT best.rank, ${SUMMARY}
      FROM (SELECT id, rank FROM hit ORDER BY rank DESC, id OFFSET ${offset}::int LIMIT ${limit}::int) AS best
      JOIN product ON product.id = best.id`;
}
