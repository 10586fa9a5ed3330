import { join } from "node:path";
import { HANDOVER_TABLES } from "@banyan/platform/handover/tables.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { createStockStore, type StockStore } from "@banyan/shop/inventory/stock-store.ts";
import type { Pool } from "pg";
import { stockRows } from "./stock/stock-rows.ts";

const MIGRATIONS = join(import.meta.dirname, "migrations");
const POOL_CONNECTIONS = 10;
/** No transaction waits for anything but the database, so these are far more than any of them takes. */
const LIMITS = { idleInTransactionMs: 30_000, lockMs: 5_000, statementMs: 10_000 } as const;

export interface OpenInventory {
  readonly pool: Pool;
  readonly store: StockStore;
  close(): Promise<void>;
}

/**
 * Migrates the database and opens what both processes of this side stand on. `name` is the process, for the database's
 * list of connections. Nothing is left open when it throws.
 */
export async function openInventory(databaseUrl: string, name: string, log: Log): Promise<OpenInventory> {
  await migrated(databaseUrl, name, log);
  const pool = createPool(databaseUrl, { max: POOL_CONNECTIONS, name, ...LIMITS }, log);
  return { pool, store: createStockStore(pool, stockRows, Date.now), close: () => pool.end() };
}

/** With a connection of its own: a migration of a large table may take longer than a request may. */
async function migrated(url: string, name: string, log: Log): Promise<void> {
  const pool = createPool(url, { max: 1, name: `${name} migrations` }, log);
  try {
    const applied = await migrateInventory(pool);
    if (applied.length > 0) log.info({ applied }, "migrated");
  } finally {
    await pool.end();
  }
}

/** The handover's tables, then this side's own, with none of its slots owned. Answers the names applied now. */
export async function migrateInventory(pool: Pool): Promise<string[]> {
  return [...(await migrate(pool, HANDOVER_TABLES)), ...(await migrate(pool, MIGRATIONS))];
}
