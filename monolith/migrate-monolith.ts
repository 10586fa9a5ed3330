import { join } from "node:path";
import { HANDOVER_TABLES } from "@banyan/platform/handover/tables.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import type { Pool } from "pg";

/**
 * Migrates the shop's database: the handover's tables first, which its own build on. Answers the names applied now.
 * @throws BYN-DATA-001
 */
export async function migrateMonolith(pool: Pool): Promise<string[]> {
  return [
    ...(await migrate(pool, HANDOVER_TABLES)),
    ...(await migrate(pool, join(import.meta.dirname, "migrations"))),
  ];
}
