import { HANDOVER_TABLES } from "@banyan/platform/handover/tables.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import type { Pool } from "pg";

/** Opens these capabilities in a database, with all slots its own. */
export async function openOwned(pool: Pool, ...capabilities: readonly string[]): Promise<void> {
  await migrate(pool, HANDOVER_TABLES);
  for (const capability of capabilities) {
    await pool.query(
      "SELECT handover.open($1, true) WHERE NOT EXISTS (SELECT FROM handover.slot WHERE capability = $1)",
      [capability],
    );
  }
}

/** A slot's row as a test wants it. Not a handover: nobody else becomes its owner. */
export async function setSlot(
  pool: Pool,
  [capability, slot]: readonly [string, number],
  row: { readonly owner: boolean; readonly seq?: number; readonly state?: "following" | "filling" | "empty" },
): Promise<void> {
  const { rowCount } = await pool.query(
    "UPDATE handover.slot SET owner = $3, seq = $4, state = $5 WHERE capability = $1 AND slot = $2",
    [capability, slot, row.owner, row.seq ?? 0, row.state ?? "following"],
  );
  if (rowCount !== 1) throw new Error(`no slot ${slot} of ${capability}`);
}
