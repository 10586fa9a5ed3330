import { randomBytes } from "node:crypto";
import { INVENTORY } from "@banyan/contracts/events/inventory.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import type { Pool } from "pg";
import { migrateInventory } from "./open-inventory.ts";

export const silent = createLog("test", "silent");

export interface InventoryDatabase {
  readonly url: string;
  readonly pool: Pool;
  remove(): Promise<void>;
}

/** An inventory's database with nothing in it, for one test file. Its slots are as they are made: empty copies. */
export async function createInventoryDatabase(adminUrl: string): Promise<InventoryDatabase> {
  const admin = createPool(adminUrl, { max: 1, name: "test-admin" }, silent);
  const name = `inventory_test_${randomBytes(6).toString("hex")}`;
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  const address = new URL(adminUrl);
  address.pathname = `/${name}`;
  const pool = createPool(address.href, { max: 5, name: "test" }, silent);
  await migrateInventory(pool);
  return {
    url: address.href,
    pool,
    remove: async () => {
      await pool.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

/** As if all slots had been handed over to this side; only those of `but` are the other side's, and followed here. */
export async function ownAll(pool: Pool, but: readonly number[] = []): Promise<void> {
  await pool.query(
    "UPDATE handover.slot SET owner = NOT slot = ANY ($2), state = 'following' WHERE capability = $1",
    [INVENTORY, but],
  );
}

/** A valid SKU, different for each number. */
export function skuNumber(n: number): string {
  return `0190a000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
}
