import { CategoryRecord } from "@banyan/contracts/events/catalog.ts";
import type { CanonicalRow } from "@banyan/platform/log/capability.ts";
import type { PoolClient } from "pg";

/**
 * Makes the categories these. Rows that stay the same are not touched (derived tables hang on them); one that vanished
 * but still has products stays until a back-fill has replaced those.
 */
export async function replaceCategories(client: PoolClient, rows: readonly CanonicalRow[]): Promise<void> {
  const records = rows.map((row) => CategoryRecord.parse(row.record));
  await client.query(
    `INSERT INTO category (slug, name, parent)
     SELECT slug, name, parent FROM jsonb_to_recordset($1::jsonb) AS record (slug text, name text, parent text)
     ON CONFLICT (slug) DO UPDATE SET name = excluded.name, parent = excluded.parent
     WHERE (category.name, category.parent) IS DISTINCT FROM (excluded.name, excluded.parent)`,
    [JSON.stringify(records)],
  );
  await client.query(
    `DELETE FROM category WHERE slug <> ALL ($1)
       AND NOT EXISTS (SELECT FROM product WHERE product.category = category.slug)`,
    [records.map((record) => record.slug)],
  );
}
