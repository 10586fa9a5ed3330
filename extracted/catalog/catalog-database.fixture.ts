import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { slotOf } from "@banyan/contracts/slot.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import type { Pool } from "pg";

export const silent = createLog("test", "silent");

export interface CatalogDatabase {
  readonly url: string;
  readonly name: string;
  readonly pool: Pool;
  /** Connected to another database of the server. */
  readonly admin: Pool;
  remove(): Promise<void>;
}

/** A catalog's database with its tables and nothing in them, for one test file. */
export async function createCatalogDatabase(adminUrl: string): Promise<CatalogDatabase> {
  const admin = createPool(adminUrl, { max: 2, name: "test-admin" }, silent);
  const name = `catalog_test_${randomBytes(6).toString("hex")}`;
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  const address = new URL(adminUrl);
  address.pathname = `/${name}`;
  const pool = createPool(address.href, { max: 4, name: "test" }, silent);
  await migrate(pool, join(import.meta.dirname, "migrations"));
  return {
    url: address.href,
    name,
    pool,
    admin,
    remove: async () => {
      await pool.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

export interface SampleProduct {
  readonly id: string;
  readonly category: string;
  readonly popularity: number;
  readonly name: string;
  readonly priceAmount: number;
}

/** A valid id, different for each number. */
export function idOf(n: number): string {
  return `0190a000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
}

export function sampleProduct(n: number, change: Partial<SampleProduct> = {}): SampleProduct {
  return {
    id: idOf(n),
    category: "cups",
    popularity: 100 - n,
    name: `Cup ${n}`,
    priceAmount: 1_000,
    ...change,
  };
}

/** `kitchen` with `cups` and `pans` below it. */
export async function saveSampleCategories(pool: Pool): Promise<void> {
  await pool.query(
    "INSERT INTO category (slug, name, parent) VALUES ('kitchen', 'Kitchen', NULL), ('cups', 'Cups', 'kitchen'), ('pans', 'Pans', 'kitchen')",
  );
}

/** Writes products as the follower does, whole. */
export async function saveSampleProducts(pool: Pool, products: readonly SampleProduct[]): Promise<void> {
  for (const { id, category, popularity, name, priceAmount } of products) {
    await pool.query(
      `INSERT INTO product (id, slot, name, description, category, price_amount, currency, available, popularity,
         attributes, version, updated_at)
       VALUES ($1, $2, $3, 'A plain thing.', $4, $5, 'EUR', true, $6, '{"Colour":"Blue"}', 1, '2026-01-01T00:00:00Z')
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, category = excluded.category,
         price_amount = excluded.price_amount, popularity = excluded.popularity`,
      [id, slotOf("catalog-data", id), name, category, priceAmount, popularity],
    );
  }
}
