import { join } from "node:path";
import { HANDOVER_TABLES } from "@banyan/platform/handover/tables.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import type { Pool } from "pg";

/** Gives a database the tables of this shop, the handover's before its own; answers the names of what was applied now. */
export async function migrateShop(pool: Pool): Promise<string[]> {
  const handover = await migrate(pool, HANDOVER_TABLES);
  return [...handover, ...(await migrate(pool, join(import.meta.dirname, "migrations")))];
}
