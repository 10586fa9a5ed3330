import type { Pool } from "pg";
import type { Trouble } from "../../log/copy-row.ts";
import { inTransaction } from "../../postgres/pool.ts";
import { lockSlot, writeSlot } from "./slot-row.ts";

/**
 * Quarantines a copy only if, under its lock, it is still a `following` non-owner at the `seq` and epoch at which it was
 * found wrong (§5.5). An owner is never quarantined: it keeps serving. Answers whether it did; the way out is a re-fill.
 */
export async function quarantine(
  own: Pool,
  capability: string,
  seen: { readonly slot: number; readonly seq: number; readonly epoch: number },
  trouble: Trouble,
): Promise<boolean> {
  return inTransaction(own, async (client) => {
    const row = await lockSlot(client, capability, seen.slot);
    const still = !row.owner && row.state === "following" && row.seq === seen.seq && row.epoch === seen.epoch;
    if (!still) return false;
    await writeSlot(client, capability, { ...row, state: "quarantined", trouble });
    return true;
  });
}
