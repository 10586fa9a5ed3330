import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { INVENTORY } from "@banyan/contracts/events/inventory.ts";
import { MisdirectedError } from "@banyan/platform/handover/write/misdirected.ts";
import { stockSlot } from "@banyan/shop/inventory/slot.ts";
import type { Pool } from "pg";

interface Level {
  readonly owner: boolean;
  readonly epoch: string;
  readonly on_hand: number | null;
}

/**
 * How many there are of a SKU at its owner; undefined for one without books. One statement is one snapshot: what is
 * answered was true while this side owned it.
 * @throws MisdirectedError where this side does not own it
 */
export async function ownedLevel(pool: Pool, sku: string): Promise<number | undefined> {
  const slot = stockSlot(sku);
  const { rows } = await pool.query<Level>(
    `SELECT held.owner, held.epoch, stock.on_hand FROM handover.slot held LEFT JOIN stock ON stock.sku = $3
     WHERE held.capability = $1 AND held.slot = $2`,
    [INVENTORY, slot, sku],
  );
  const [row] = rows;
  if (row === undefined) throw new BanyanError("BYN-DATA-006", `there is no row for slot ${slot}`);
  const { owner, epoch, on_hand } = row;
  if (!owner) {
    throw new MisdirectedError({
      reason: "not-owner",
      capability: INVENTORY,
      slot,
      epoch: Number(epoch),
    });
  }
  return on_hand ?? undefined;
}
