import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { INVENTORY } from "@banyan/contracts/events/inventory.ts";
import { ORDERS } from "@banyan/contracts/events/orders.ts";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import type { Pool, PoolClient } from "pg";
import { z } from "zod";

/**
 * `transaction`: the shop of 2015, one transaction with the card processor and the mail server inside. `saga`: orders and
 * stock have owners by slot, and each of their changes is a guarded write (design §5).
 */
export const CheckoutMode = z.enum(["transaction", "saga"]);
export type CheckoutMode = z.output<typeof CheckoutMode>;

/** The capabilities that a database of the saga has opened, in the order in which they are opened. */
const OWNED = [ORDERS, INVENTORY] as const;

/**
 * Makes a migrated database fit for the mode. The first `saga` opens what is to be owned, here first; from then on there
 * is no way back, for the transaction would write past the guard and the copies would never hear of it. No process of the
 * old mode may still run.
 * @throws BYN-SHOP-033: `transaction` on a database that was opened
 */
export async function enterMode(pool: Pool, mode: CheckoutMode): Promise<void> {
  if (mode === "saga") {
    const opened = await Promise.all(OWNED.map((capability) => isOpened(pool, capability)));
    if (opened.includes(false)) await inTransaction(pool, openOwned);
    return;
  }
  if (await isOpened(pool, ORDERS)) {
    throw new BanyanError("BYN-SHOP-033", "its orders have owners: only CHECKOUT=saga may write them");
  }
}

/** For a process that works on what `saga` has opened. BYN-SHOP-033 when nothing was opened yet. */
export async function mustBeOpened(pool: Pool): Promise<void> {
  for (const capability of OWNED) {
    if (await isOpened(pool, capability)) continue;
    throw new BanyanError(
      "BYN-SHOP-033",
      `${capability} was never opened: start the shop with CHECKOUT=saga`,
    );
  }
}

async function openOwned(client: PoolClient): Promise<void> {
  // Of two shops that start at once the second finds all done.
  await client.query("LOCK TABLE handover.sent IN EXCLUSIVE MODE");
  for (const capability of OWNED) {
    if (await isOpened(client, capability)) continue;
    if (capability === ORDERS) await takeOverCancels(client);
    await client.query("SELECT handover.open($1, true)", [capability]);
  }
}

/** Cancellings of the old kind that did not end: resumed, as all that is `cancelling`. */
async function takeOverCancels(client: PoolClient): Promise<void> {
  await client.query(
    `UPDATE shop_order o SET status = 'cancelling', cancelled_at = begun.at
     FROM (SELECT order_id, min(started_at) AS at FROM cancel_attempt GROUP BY order_id) begun
     WHERE o.id = begun.order_id AND o.status = 'placed'`,
  );
  await client.query("DELETE FROM cancel_attempt");
}

async function isOpened(on: Pool | PoolClient, capability: string): Promise<boolean> {
  const { rowCount } = await on.query("SELECT FROM handover.slot WHERE capability = $1 LIMIT 1", [
    capability,
  ]);
  return rowCount === 1;
}
