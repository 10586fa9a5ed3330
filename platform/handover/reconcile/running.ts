import type { PoolClient } from "pg";

// Any constant: the first half of the advisory locks of reconciles.
const CLASS = 7_226_927;

/** Marks, to the end of this transaction at the owner, that the slot is being reconciled: no handover starts then. */
export async function markReconcile(client: PoolClient, capability: string, slot: number): Promise<void> {
  await client.query("SELECT pg_advisory_xact_lock_shared($1, hashtext($2))", [
    CLASS,
    `${capability}:${slot}`,
  ]);
}

/** Is the slot being reconciled? When it is not, no reconcile of it starts before this transaction ends. */
export async function reconcileRuns(client: PoolClient, capability: string, slot: number): Promise<boolean> {
  const { rows } = await client.query<{ free: boolean }>(
    "SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS free",
    [CLASS, `${capability}:${slot}`],
  );
  return rows[0]?.free !== true;
}
