import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { PoolClient } from "pg";

/** `recordChanges` notifies here at commit; the payload is `<capability>:<slot>`. A wake-up, never the truth. */
export const OUTBOX_CHANNEL = "outbox_written";

/**
 * Locks the slot's row until the transaction ends and answers its `seq`. Call it before the business rows are read:
 * who waits here then reads what the writer before it committed. READ COMMITTED only (§5.2).
 * An unknown slot is BYN-DATA-006.
 */
export async function lockSlot(
  client: PoolClient,
  capability: string,
  slot: number,
): Promise<{ seq: number }> {
  const [row] = (
    await client.query<{ seq: string }>(
      "SELECT seq FROM slot WHERE capability = $1 AND slot = $2 FOR UPDATE",
      [capability, slot],
    )
  ).rows;
  if (row === undefined) throw unknownSlot(capability, slot);
  return { seq: Number(row.seq) };
}

/**
 * Locks several slots of a capability in ascending order, which is the one order that can't deadlock (40P01), and
 * answers their `seq` by slot. Call it once, before any other slot lock of the transaction.
 */
export async function lockSlots(
  client: PoolClient,
  capability: string,
  slots: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const wanted = [...new Set(slots)].sort((a, b) => a - b);
  const locked = new Map<number, number>();
  for (const slot of wanted) locked.set(slot, (await lockSlot(client, capability, slot)).seq);
  return locked;
}

/**
 * Writes all that this transaction changes in one slot: locks the slot's row, takes the next `seq` and inserts exactly
 * one outbox row (§5.2). The lock is held to the commit, so `seq` is gapless and commits in order: a reader that has
 * seen n has seen all before it. No changes: no row, and `seq` stays. A second call for the slot in one transaction is
 * BYN-DATA-007, an unknown slot BYN-DATA-006.
 */
export async function recordChanges(
  client: PoolClient,
  capability: string,
  slot: number,
  changes: readonly unknown[],
): Promise<{ seq: number }> {
  const { seq } = await lockSlot(client, capability, slot);
  if (changes.length === 0) return { seq };
  const [row] = (
    await client.query<{ seq: string }>(
      `WITH next AS (
         UPDATE slot SET seq = seq + 1, written_in = pg_current_xact_id()
         WHERE capability = $1 AND slot = $2 AND written_in IS DISTINCT FROM pg_current_xact_id()
         RETURNING seq
       ), written AS (
         INSERT INTO outbox (capability, slot, seq, payload)
         SELECT $1, $2, next.seq, $3::jsonb FROM next RETURNING seq
       )
       SELECT seq, pg_notify($4, $1 || ':' || $2::text) FROM written`,
      [capability, slot, JSON.stringify({ changes }), OUTBOX_CHANNEL],
    )
  ).rows;
  if (row === undefined) {
    throw new BanyanError(
      "BYN-DATA-007",
      `a transaction wrote to slot ${slot} of ${capability} twice; record all its changes in one call`,
    );
  }
  return { seq: Number(row.seq) };
}

function unknownSlot(capability: string, slot: number): BanyanError {
  return new BanyanError("BYN-DATA-006", `there is no row for slot ${slot} of ${capability}`);
}
