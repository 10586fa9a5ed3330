import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { INVENTORY } from "@banyan/contracts/events/inventory.ts";
import type { Response } from "express";
import type { Pool } from "pg";

const TRY_AGAIN_S = 5;

/**
 * For lists, which are of this side's rows, owned or copied: refuses (BYN-SHOP-035, with `Retry-After`) while one of the
 * slots, or of all, is neither: what it lacks would look like nothing on hand.
 */
export async function mustFollow(pool: Pool, response: Response, slots?: readonly number[]): Promise<void> {
  const { rowCount } = await pool.query(
    `SELECT FROM handover.slot
     WHERE capability = $1 AND state <> 'following' AND ($2::int[] IS NULL OR slot = ANY ($2)) LIMIT 1`,
    [INVENTORY, slots ?? null],
  );
  if (rowCount === 0) return;
  response.set("retry-after", String(TRY_AGAIN_S));
  throw new BanyanError("BYN-SHOP-035", "parts of the stock are not copied here yet");
}
