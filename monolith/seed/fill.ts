import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import type { Pool, PoolClient } from "pg";
import { CURRENCY } from "../catalog/edits.ts";
import { type SeedCatalog, type SeedCategory, type SeedProduct, seedCatalog } from "./catalog.ts";
import { DEMO_PASSWORD_HASH, type SeedCustomer, seedCustomers } from "./customers.ts";
import { insertOrders, insertStock } from "./insert-shop.ts";
import { seedOrders } from "./orders.ts";
import { seedStock } from "./stock.ts";

export interface SeedNumbers {
  readonly seed: number;
  readonly products: number;
  readonly customers: number;
  readonly orders: number;
}

export interface Seeded {
  /** False when the database already held the demo data of the same numbers. */
  readonly filled: boolean;
  readonly categories: number;
}

const ROWS_AT_ONCE = 1_000;

/** What was there: nothing, the demo data of a shop that had no orders yet, or all of it. */
type Before = "nothing" | "without-orders" | "all";

/**
 * Fills a migrated database in one transaction, or leaves it as it is when that was done before with the same numbers.
 * Other numbers are BYN-SHOP-010: what is there may have been edited since. A database that was seeded before the shop
 * had stock and orders gets these. No outbox rows: a copy starts by back-fill. The orders end with `lastDay` (YYYY-MM-DD,
 * UTC); those that are there stay, whatever day it is now.
 */
export async function fill(pool: Pool, numbers: SeedNumbers, lastDay: string): Promise<Seeded> {
  const { seed, products, customers, orders } = numbers;
  const catalog = seedCatalog(seed, products);
  const before = await inTransaction(pool, async (client) => {
    await client.query("LOCK TABLE seeding IN EXCLUSIVE MODE");
    const found = await whatIsThere(client, numbers);
    if (found === "all") return found;
    const people = seedCustomers(seed, customers);
    if (found === "nothing") {
      await insertCatalog(client, catalog);
      await insertCustomers(client, people);
      await client.query("INSERT INTO seeding (seed, products, customers) VALUES ($1, $2, $3)", [
        seed,
        products,
        customers,
      ]);
    }
    await insertStock(client, seedStock(seed, catalog.products));
    const past = seedOrders(seed, orders, { products: catalog.products, customers: people }, lastDay);
    await insertOrders(client, past);
    await client.query("UPDATE seeding SET orders = $1", [orders]);
    return found;
  });
  // VACUUM too: else the first readers would pay for the hint bits of fresh rows, in the middle of a measurement.
  if (before !== "all") {
    await pool.query(
      "VACUUM (ANALYZE) product, category, customer, slot, stock, shop_order, order_line, payment",
    );
  }
  return { filled: before !== "all", categories: catalog.categories.length };
}

async function whatIsThere(client: PoolClient, wanted: SeedNumbers): Promise<Before> {
  const { rows } = await client.query<{
    seed: string;
    products: number;
    customers: number;
    orders: number | null;
  }>("SELECT seed, products, customers, orders FROM seeding");
  const [found] = rows;
  if (found === undefined) return "nothing";
  const same =
    Number(found.seed) === wanted.seed &&
    found.products === wanted.products &&
    found.customers === wanted.customers &&
    (found.orders === null || found.orders === wanted.orders);
  if (same) return found.orders === null ? "without-orders" : "all";
  const { seed, products, customers, orders } = found;
  throw new BanyanError(
    "BYN-SHOP-010",
    `it was seeded with SEED=${seed} PRODUCTS=${products} CUSTOMERS=${customers}${orders === null ? "" : ` ORDERS=${orders}`}`,
  );
}

async function insertCatalog(client: PoolClient, { categories, products }: SeedCatalog): Promise<void> {
  const column = columnOf<SeedCategory>(categories);
  await client.query(
    "INSERT INTO category (id, slug, name, parent_id) SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::int[])",
    [column("id"), column("slug"), column("name"), column("parentId")],
  );
  for (let from = 0; from < products.length; from += ROWS_AT_ONCE) {
    const rows = products.slice(from, from + ROWS_AT_ONCE);
    const column = columnOf<SeedProduct>(rows);
    await client.query(
      `INSERT INTO product (id, slot, name, description, category_id, price_amount, currency, available, popularity,
                            attributes, version, updated_at)
       SELECT id, slot, name, description, category_id, price_amount, $12, available, popularity, attributes, version, updated_at
       FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::int[], $6::int[], $7::boolean[], $8::int[],
                   $9::jsonb[], $10::int[], $11::timestamptz[])
         AS row (id, slot, name, description, category_id, price_amount, available, popularity, attributes, version, updated_at)`,
      [
        column("id"),
        column("slot"),
        column("name"),
        column("description"),
        column("categoryId"),
        column("priceAmount"),
        column("available"),
        column("popularity"),
        rows.map(({ attributes }) => JSON.stringify(attributes)),
        column("version"),
        column("updatedAt"),
        CURRENCY,
      ],
    );
  }
}

async function insertCustomers(client: PoolClient, customers: readonly SeedCustomer[]): Promise<void> {
  const column = columnOf(customers);
  await client.query(
    `INSERT INTO customer (id, email, name, role, created_at, password_hash)
     SELECT id, email, name, role, created_at, $6
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) AS row (id, email, name, role, created_at)`,
    [column("id"), column("email"), column("name"), column("role"), column("createdAt"), DEMO_PASSWORD_HASH],
  );
}

function columnOf<Row>(rows: readonly Row[]): <Key extends keyof Row>(key: Key) => Row[Key][] {
  return (key) => rows.map((row) => row[key]);
}
