import type { Log } from "@banyan/platform/logging/log.ts";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import type { CardProcessor } from "@banyan/shop/checkout/partners.ts";
import type { Pool, PoolClient } from "pg";
import { undoCharge } from "./undo-charge.ts";

/** Written before the order's transaction begins, so that it outlives it: after a crash it says what to ask for. */
export async function openAttempt(pool: Pool, paymentId: string, now: Date): Promise<void> {
  await pool.query("INSERT INTO charge_attempt (payment_id, started_at) VALUES ($1, $2)", [paymentId, now]);
}

/** True if it was open: inside the order's transaction anything else means that the charge was given back meanwhile. */
export async function closeAttempt(database: Pool | PoolClient, paymentId: string): Promise<boolean> {
  const { rowCount } = await database.query("DELETE FROM charge_attempt WHERE payment_id = $1", [paymentId]);
  return rowCount === 1;
}

/**
 * Gives back what was charged for no order: attempts from before `before` that nobody has in hand. One that is still
 * waiting for its turn is safe to meet: its charge will find the refund, and be declined. Answers how many were settled.
 */
export async function settleAttempts(
  pool: Pool,
  { cards, log, before }: { readonly cards: CardProcessor; readonly log: Log; readonly before: Date },
): Promise<number> {
  let settled = 0;
  let last = "";
  for (;;) {
    const paymentId = await inTransaction(pool, async (client) => {
      const { rows } = await client.query<{ id: string }>(
        `SELECT payment_id AS id FROM charge_attempt WHERE started_at < $1 AND payment_id > $2
         ORDER BY payment_id LIMIT 1 FOR UPDATE SKIP LOCKED`,
        [before, last],
      );
      const id = rows[0]?.id;
      if (id !== undefined && (await undoCharge(cards, { paymentId: id, failure: undefined, log }))) {
        await closeAttempt(client, id);
        settled++;
      }
      return id;
    });
    if (paymentId === undefined) return settled;
    last = paymentId;
  }
}
