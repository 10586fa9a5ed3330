import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import type { Pool, PoolClient } from "pg";

/** One request's wish to cancel. Of two at once each has its own: the one that gives up leaves the other's alone. */
export interface CancelAttempt {
  readonly id: string;
  readonly orderId: string;
}

/**
 * Written and committed before the refund is asked for, so that it outlives the cancelling transaction: after a crash
 * it says what to finish. False when the order is not `placed`; waits for a cancel that has the order in hand.
 */
export async function openCancel(pool: Pool, { id, orderId }: CancelAttempt, now: Date): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      "SELECT FROM shop_order WHERE id = $1 AND status = 'placed' FOR SHARE",
      [orderId],
    );
    if (rowCount !== 1) return false;
    await client.query("INSERT INTO cancel_attempt (id, order_id, started_at) VALUES ($1, $2, $3)", [
      id,
      orderId,
      now,
    ]);
    return true;
  });
}

/** Takes one attempt back: nothing was asked of the card processor. */
export async function withdrawCancel(pool: Pool, { id }: CancelAttempt): Promise<void> {
  await pool.query("DELETE FROM cancel_attempt WHERE id = $1", [id]);
}

/** Removes every attempt of a locked order. */
export async function closeCancels(client: PoolClient, orderId: string): Promise<void> {
  await client.query("DELETE FROM cancel_attempt WHERE order_id = $1", [orderId]);
}

/** The first order after `after`, by id, whose cancelling was begun before `before` and did not end. */
export async function nextUnfinished(
  pool: Pool,
  { before, after }: { readonly before: Date; readonly after: string },
): Promise<string | undefined> {
  const { rows } = await pool.query<{ orderId: string }>(
    `SELECT order_id AS "orderId" FROM cancel_attempt WHERE started_at < $1 AND order_id > $2
     ORDER BY order_id LIMIT 1`,
    [before, after],
  );
  return rows[0]?.orderId;
}
